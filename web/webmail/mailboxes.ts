/** Mailboxes in the order and under the names that people see. Pure. */
import type { Messages } from '../i18n/en.ts';
import type { Mailbox } from './email.ts';

/** Levels below the top are indented; a mailbox whose parent is gone stands at the top. */
export interface ShownMailbox {
  readonly mailbox: Mailbox;
  readonly depth: number;
}

export function shownMailboxes(mailboxes: readonly Mailbox[], language: string): ShownMailbox[] {
  const { compare } = new Intl.Collator(language, { numeric: true });
  const known = new Set(mailboxes.map(({ id }) => id));
  const below = (parent: string | null, depth: number): ShownMailbox[] =>
    mailboxes
      .filter(({ parentId }) => (parentId !== null && known.has(parentId) ? parentId : null) === parent)
      .sort((a, b) => a.sortOrder - b.sortOrder || compare(a.name, b.name))
      .flatMap((mailbox) => [{ mailbox, depth }, ...below(mailbox.id, depth + 1)]);
  return below(null, 0);
}

/** Those that every account has are called in the reader's language. */
export function mailboxName({ role, name }: Mailbox, words: Messages): string {
  return role === null ? name : words[role];
}
