import { pathOf } from '../../domain/mailstore-naming.ts';
import { isRefusal } from '../../domain/refusals.ts';
import { mailboxStatus } from '../mailbox-status.ts';
import type { CommandOf } from '../protocol/command.ts';
import { ok, type Reply, replyTo, unavailable } from '../replies.ts';
import type { Session } from '../session.ts';

/** RFC 9051 §6.3.11. */
export async function status(session: Session, { mailbox, items }: CommandOf<'STATUS'>): Promise<Reply> {
  const found = await session.mailbox(mailbox);
  if (isRefusal(found)) return replyTo(found);
  const state = await session.mailstore();
  if (isRefusal(state)) return replyTo(state);
  if (!(await session.mayReveal())) return unavailable;
  session.tell(mailboxStatus(session, found, pathOf(state, found), items));
  session.owner.recorder.acted('status', found.id);
  return ok('That is how it is');
}
