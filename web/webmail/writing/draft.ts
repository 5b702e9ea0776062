/** A mail that is being written. Pure. */
import type { Address } from '../email.ts';

export type RecipientField = 'to' | 'cc' | 'bcc';
export const recipientFields = ['to', 'cc', 'bcc'] as const satisfies readonly RecipientField[];

export interface DraftFile {
  /** Of this page; the server knows none. */
  readonly key: string;
  readonly name: string;
  readonly type: string;
  /** Octets. */
  readonly size: number;
  /** Null until it is on the server. */
  readonly blobId: string | null;
  /** Of a picture that stands in the text (RFC 2392). */
  readonly cid: string | null;
}

export interface Draft {
  /** Of the copy that this device keeps. */
  readonly key: string;
  /** Null: the first one that there is. */
  readonly identityId: string | null;
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
  readonly bcc: readonly Address[];
  readonly subject: string;
  readonly isRich: boolean;
  /** As it goes into the mail; empty where the mail is plain. */
  readonly html: string;
  readonly text: string;
  readonly files: readonly DraftFile[];
  /** Message-IDs without brackets (RFC 5322 §3.6.4). */
  readonly inReplyTo: readonly string[];
  readonly references: readonly string[];
  /** The mail that is answered or passed on, marked so when this one is sent. */
  readonly source: { readonly id: string; readonly keyword: '$answered' | '$forwarded' } | null;
  /** The approval after which the mail came back that this one is made from. */
  readonly resubmits: string | null;
  /** Of the server's copy; null: there is none yet. */
  readonly emailId: string | null;
}

export function emptyDraft(isRich: boolean): Draft {
  return {
    key: crypto.randomUUID(),
    identityId: null,
    to: [],
    cc: [],
    bcc: [],
    subject: '',
    isRich,
    html: '',
    text: '',
    files: [],
    inReplyTo: [],
    references: [],
    source: null,
    resubmits: null,
    emailId: null,
  };
}

export function recipientsOf({ to, cc, bcc }: Draft): Address[] {
  return [...to, ...cc, ...bcc];
}

/** Nothing in it that anybody would miss. */
export function isBlank(draft: Draft): boolean {
  const hasText = draft.text.trim() !== '' || /<img\b/i.test(draft.html);
  return recipientsOf(draft).length === 0 && draft.subject === '' && draft.files.length === 0 && !hasText;
}
