/**
 * The small part of a mailstore's state as it is stored: everything but the rows, as one JSON text. Members that
 * are plain values go in and come back whatever they are called, so that a new one is not forgotten here.
 */

import type { PageSource } from '../services/domain/mailbox-rows.ts';
import { MailboxRows, type PageHead } from '../services/domain/mailbox-rows.ts';
import { emptyMailstore, type Mailbox, type MailstoreState } from '../services/domain/mailstore-state.ts';
import type { Uuid } from '../services/domain/values.ts';

type StoredMailbox = Omit<Mailbox, 'rows' | 'expunged' | 'emptiedPages'> & { readonly nextPage: number };

type StoredHead = Omit<MailstoreState, 'mailboxes' | 'deletedMailboxes' | 'dirty' | 'source'> & {
  readonly mailboxes: readonly StoredMailbox[];
};

export function encodeHead(state: MailstoreState): string {
  const { mailboxes, deletedMailboxes, dirty, source, ...plain } = state;
  const head: StoredHead = { ...plain, mailboxes: [...mailboxes.values()].map(storedMailbox) };
  return JSON.stringify(head);
}

function storedMailbox({ rows, expunged, emptiedPages, ...plain }: Mailbox): StoredMailbox {
  return { ...plain, nextPage: rows.nextNumber };
}

/** `pagesOf` brings the heads of a mailbox's pages, `source` their content when it is asked for. */
export function decodeHead(
  text: string,
  pagesOf: (mailbox: Uuid) => PageHead[],
  source: PageSource,
): MailstoreState {
  const { mailboxes, ...plain } = JSON.parse(text) as StoredHead;
  const state: MailstoreState = { ...emptyMailstore(plain.account, source), ...plain };
  for (const { nextPage, ...mailbox } of mailboxes) {
    const rows = new MailboxRows(mailbox.id, pagesOf(mailbox.id), source, nextPage);
    state.mailboxes.set(mailbox.id, { ...mailbox, rows, expunged: [], emptiedPages: [] });
  }
  return state;
}
