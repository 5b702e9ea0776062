/** What the pages ask of JMAP objects (RFC 8621 §2, §4). */

export type Role = 'inbox' | 'drafts' | 'sent' | 'archive' | 'junk' | 'trash';

export interface Mailbox {
  readonly id: string;
  readonly name: string;
  readonly parentId: string | null;
  readonly role: Role | null;
  readonly sortOrder: number;
  readonly totalEmails: number;
  readonly unreadEmails: number;
}

export interface Address {
  readonly name: string | null;
  readonly email: string;
}

export type Marks = Readonly<Record<string, true>>;

/** Where a mail is and how it is marked: all that changes of it. */
export interface EmailPlace {
  readonly id: string;
  readonly mailboxIds: Marks;
  readonly keywords: Marks;
}

/** What a list shows. Texts are null of a mail that was erased. */
export interface EmailHead extends EmailPlace {
  readonly blobId: string;
  readonly threadId: string;
  readonly size: number;
  readonly receivedAt: string;
  readonly from?: readonly Address[] | null;
  readonly to?: readonly Address[] | null;
  readonly subject?: string | null;
  readonly hasAttachment?: boolean;
  readonly preview?: string;
}

export interface BodyPart {
  readonly partId: string | null;
  readonly blobId: string | null;
  readonly size: number;
  readonly name: string | null;
  readonly type: string;
  readonly disposition: string | null;
  readonly cid: string | null;
  readonly charset?: string | null;
  readonly location?: string | null;
}

interface Finding {
  readonly result: string;
  readonly domain: string;
}

/** Whether the mail comes from where it says. */
export interface Origin {
  readonly verdict: 'proved' | 'disproved' | 'unproved' | 'open';
  readonly spf: Finding;
  readonly dkim: {
    readonly result: string;
    readonly signatures: readonly (Finding & { readonly selector: string; readonly reason: string })[];
  };
  readonly dmarc: Finding & { readonly policy: string | null };
  readonly arc: Finding;
}

export interface Email extends EmailHead {
  /** Null where it was not checked. */
  readonly authentication?: Origin | null;
  readonly cc?: readonly Address[] | null;
  readonly bcc?: readonly Address[] | null;
  readonly replyTo?: readonly Address[] | null;
  readonly sentAt?: string | null;
  /** Without angle brackets. */
  readonly messageId?: readonly string[] | null;
  readonly inReplyTo?: readonly string[] | null;
  readonly references?: readonly string[] | null;
  readonly textBody?: readonly BodyPart[];
  readonly htmlBody?: readonly BodyPart[];
  readonly attachments?: readonly BodyPart[];
  readonly bodyValues?: Readonly<Record<string, { readonly value: string; readonly isTruncated: boolean }>>;
}

export const headProperties = [
  'blobId',
  'threadId',
  'mailboxIds',
  'keywords',
  'size',
  'receivedAt',
  'from',
  'to',
  'subject',
  'hasAttachment',
  'preview',
] as const;

export const emailProperties = [
  ...headProperties,
  'cc',
  'bcc',
  'replyTo',
  'sentAt',
  'messageId',
  'inReplyTo',
  'references',
  'textBody',
  'htmlBody',
  'attachments',
  'bodyValues',
  'authentication',
] as const;

export const isUnread = ({ keywords }: EmailPlace): boolean => !keywords['$seen'];
export const isStarred = ({ keywords }: EmailPlace): boolean => keywords['$flagged'] === true;

/** What people call somebody: the name, or the address where there is none. */
export function calledName({ name, email }: Address): string {
  return name?.trim() || email;
}

/** Empty where there is nobody. */
export function calledNames(people: readonly Address[] | null | undefined): string {
  return (people ?? []).map(calledName).join(', ');
}
