/** Where the draft is kept, and what is doubtful about it, in words. Pure. */
import { clockTime } from '../../i18n/dates.ts';
import type { Messages } from '../../i18n/en.ts';
import type { Doubt } from './before-sending.ts';
import { type Draft, recipientsOf } from './draft.ts';
import type { Keeping } from './draft-keeper.ts';

export function keepingText(keeping: Keeping, words: Messages): string {
  switch (keeping.place) {
    case 'saving':
      return words.savingDraft;
    case 'server':
      return words.savedAt(clockTime(keeping.atMs));
    case 'device':
      return words.keptOnDevice(clockTime(keeping.atMs));
    default:
      return '';
  }
}

export function doubtText(doubt: Doubt, draft: Draft, words: Messages): string {
  const said: Readonly<Record<Doubt, string>> = {
    noSubject: words.doubtNoSubject,
    forgottenFile: words.doubtForgottenFile,
    manyRecipients: words.doubtManyRecipients(recipientsOf(draft).length),
  };
  return said[doubt];
}
