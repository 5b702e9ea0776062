/** What somebody is asked before a mail leaves, and what it cannot leave without. Pure. */
import { isPlausible } from './address-text.ts';
import { type Draft, type RecipientField, recipientFields, recipientsOf } from './draft.ts';
import { withoutQuotes } from './html-text.ts';

export type Doubt = 'noSubject' | 'forgottenFile' | 'manyRecipients';

/** More than so many are asked about. */
const manyRecipients = 20;
const fileWords =
  /附件|附檔|附上|随附|隨附|见附|見附|夹带|夾帶|附加檔案|\battach(?:ed|ment|ments|ing)?\b|\benclosed\b/i;

export function doubtsAbout(draft: Draft): Doubt[] {
  const said = `${draft.subject}\n${withoutQuotes(ownText(draft.text))}`;
  const hasFile = draft.files.some(({ cid }) => cid === null);
  const doubts: readonly (readonly [Doubt, boolean])[] = [
    ['noSubject', draft.subject.trim() === ''],
    ['forgottenFile', !hasFile && fileWords.test(said) && draft.source?.keyword !== '$forwarded'],
    ['manyRecipients', recipientsOf(draft).length > manyRecipients],
  ];
  return doubts.flatMap(([doubt, holds]) => (holds ? [doubt] : []));
}

export type Fault =
  | { readonly field: RecipientField; readonly kind: 'wrongAddress'; readonly addresses: readonly string[] }
  | { readonly field: 'to'; readonly kind: 'noRecipients' }
  | { readonly field: 'files'; readonly kind: 'stillUploading' };

/** By field; as long as there is one the mail is not sent. */
export function faultsOf(draft: Draft): Fault[] {
  const faults: Fault[] = recipientFields.flatMap((field) => {
    const addresses = draft[field].filter((each) => !isPlausible(each)).map(({ email }) => email);
    return addresses.length > 0 ? [{ field, kind: 'wrongAddress', addresses }] : [];
  });
  if (recipientsOf(draft).length === 0) faults.push({ field: 'to', kind: 'noRecipients' });
  if (draft.files.some(({ blobId }) => blobId === null))
    faults.push({ field: 'files', kind: 'stillUploading' });
  return faults;
}

/** The line before an answered mail says who wrote it, and what was quoted may speak of files. */
function ownText(text: string): string {
  const quote = text.search(/\n---------- .+ ----------\n/);
  return quote < 0 ? text : text.slice(0, quote);
}
