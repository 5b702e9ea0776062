/** What is recorded of messages that are shown: where one stands in several mailboxes, the first counts. */
import type { MailstoreState } from '../../domain/mailstore-state.ts';
import type { Uuid } from '../../domain/values.ts';
import { type EmailRow, isShown } from './email-row.ts';
import type { MailAccount } from './mail-account.ts';

export interface ShownMessage {
  readonly mailbox: Uuid;
  readonly uid: number;
}

export function bySelectedMailbox(
  rows: readonly EmailRow[],
  account: MailAccount,
  state: MailstoreState,
): ShownMessage[] {
  return rows.flatMap(({ id }) => {
    const first = account.places(state, id).find(isShown);
    return first ? [{ mailbox: first.mailbox.id, uid: first.mailbox.rows.uidAt(first.place) }] : [];
  });
}
