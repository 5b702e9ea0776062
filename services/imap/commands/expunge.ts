import { isRefusal } from '../../domain/refusals.ts';
import type { CommandOf } from '../protocol/command.ts';
import { ok, type Reply, refused, replyTo } from '../replies.ts';
import type { Session } from '../session.ts';

/** EXPUNGE and UID EXPUNGE (RFC 9051 §6.4.3, §6.4.9). What went is told with the other changes. */
export async function expunge(session: Session, command: CommandOf<'EXPUNGE'>): Promise<Reply> {
  const { view } = session;
  if (view.readOnly) return refused('The mailbox is open for looking only', 'NOPERM');
  // Only what this client knows of: another may have delivered and deleted meanwhile.
  const uids = command.uids === null ? [1, view.numbers.largestUid] : view.selectUids(command.uids);
  const outcome = await session.execute({ kind: 'expungeDeleted', mailbox: view.mailbox.id, uids });
  if (isRefusal(outcome)) return replyTo(outcome);
  if (outcome.events.length > 0) session.owner.recorder.acted('expunge', view.mailbox.id);
  // RFC 7162 §3.1.2.2: so that the client knows up to where it has followed.
  if (session.mode.qresync) return ok('Expunged', `HIGHESTMODSEQ ${view.mailbox.changedModseq}`);
  return ok('Expunged');
}
