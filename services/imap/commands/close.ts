import { isRefusal } from '../../domain/refusals.ts';
import { ok, type Reply, replyTo } from '../replies.ts';
import type { Session } from '../session.ts';

/** RFC 9051 §6.4.1: what bears \Deleted goes without a word, unless the mailbox was only looked at. */
export async function close(session: Session): Promise<Reply> {
  const { mailbox, readOnly, numbers } = session.view;
  if (!readOnly) {
    const uids = [1, numbers.largestUid];
    const outcome = await session.execute({ kind: 'expungeDeleted', mailbox: mailbox.id, uids });
    if (isRefusal(outcome)) return replyTo(outcome);
    if (outcome.events.length > 0) session.owner.recorder.acted('expunge', mailbox.id);
  }
  session.deselect();
  return ok('Closed');
}
