/** Why a mail was not sent, by the field that it is to be mended in (RFC 8621 §7.5). Pure. */
import type { Messages } from '../../i18n/en.ts';

export interface SetErrorObject {
  readonly type: string;
  readonly description?: string;
  readonly properties?: readonly string[];
  readonly invalidRecipients?: readonly string[];
  readonly maxSize?: number;
  readonly maxRecipients?: number;
  readonly notFound?: readonly string[];
}

export type FaultField = 'from' | 'to' | 'files' | 'text';

export interface FieldFaults {
  /** In words, by field. */
  readonly said: Readonly<Partial<Record<FaultField, string>>>;
  /** Addresses that were not taken, whichever field they stand in. */
  readonly refused: readonly string[];
}

export const noFaults: FieldFaults = { said: {}, refused: [] };

export function faultsOfRefusal(error: SetErrorObject, words: Messages): FieldFaults {
  const { description = '', invalidRecipients = [] } = error;
  const at = (field: FaultField, text: string): FieldFaults => ({ said: { [field]: text }, refused: [] });
  switch (error.type) {
    case 'invalidRecipients':
      return { said: { to: words.recipientsRefused(description) }, refused: invalidRecipients };
    case 'noRecipients':
      return at('to', words.noRecipients);
    case 'tooManyRecipients':
      return at('to', words.tooManyRecipients(error.maxRecipients ?? 0));
    case 'forbiddenFrom':
    case 'forbiddenMailFrom':
      return at('from', words.senderRefused);
    case 'tooLarge':
      return at('files', words.mailTooLarge);
    case 'blobNotFound':
      return at('files', words.filesLost);
    case 'overQuota':
      return at('text', words.mailboxFull);
    default:
      return at('text', words.notSent(description));
  }
}
