/** Where in a mail a rule has found something, in words. Pure. */
import type { Messages } from '../../i18n/en.ts';
import type { Hit } from './found-text.ts';

/** `fileName`: of the part that it stands in; empty where it has none. */
export function placeWord(hit: Pick<Hit, 'in'>, fileName: string, words: Messages): string {
  switch (hit.in) {
    case 'subject':
      return words.foundInSubject;
    case 'body':
      return words.foundInBody;
    case 'attachments':
      return words.foundInFile(fileName);
    case 'attachmentNames':
      return words.foundInFileName;
    default:
      return hit.in.startsWith('header:') ? words.foundInHeader : words.foundInAddresses;
  }
}
