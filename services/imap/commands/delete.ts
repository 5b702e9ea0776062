import { isRefusal } from '../../domain/refusals.ts';
import type { CommandOf } from '../protocol/command.ts';
import { ok, type Reply, replyTo } from '../replies.ts';
import type { Session } from '../session.ts';

/** RFC 9051 §6.3.5. A session that deletes the mailbox it has selected has none selected afterwards. */
export async function deleteMailbox(session: Session, { mailbox }: CommandOf<'DELETE'>): Promise<Reply> {
  const found = await session.mailbox(mailbox);
  if (isRefusal(found)) return replyTo(found);
  const path = session.path(mailbox) as string;
  const outcome = await session.execute({ kind: 'deleteMailbox', path });
  if (isRefusal(outcome)) return replyTo(outcome);
  if (session.selected?.mailbox.id === found.id) {
    session.deselect();
    session.tell('OK [CLOSED] The selected mailbox is gone');
  }
  session.owner.recorder.acted('delete', found.id);
  return ok('Deleted');
}
