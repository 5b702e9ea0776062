/** Which mails a list shows, as a filter of `Email/query` (RFC 8621 §4.4.1). Pure. */

export type QuickFilter = 'all' | 'unread' | 'flagged' | 'attachment';

export interface MailQuery {
  readonly mailbox: string;
  readonly words: string;
  readonly quick: QuickFilter;
  /** One row a conversation. */
  readonly collapseThreads: boolean;
}

const quickConditions: Readonly<Record<QuickFilter, Readonly<Record<string, unknown>>>> = {
  all: {},
  unread: { notKeyword: '$seen' },
  flagged: { hasKeyword: '$flagged' },
  attachment: { hasAttachment: true },
};

export function filterOf({ mailbox, words, quick }: MailQuery): Readonly<Record<string, unknown>> {
  const text = words.trim();
  return { inMailbox: mailbox, ...quickConditions[quick], ...(text && { text }) };
}

/** Whether it leaves mails of the mailbox out. */
export function isNarrowed({ words, quick }: MailQuery): boolean {
  return words.trim() !== '' || quick !== 'all';
}
