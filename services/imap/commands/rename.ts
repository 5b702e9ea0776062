import { isRefusal } from '../../domain/refusals.ts';
import type { CommandOf } from '../protocol/command.ts';
import { ok, type Reply, replyTo } from '../replies.ts';
import type { Session } from '../session.ts';

/** RFC 9051 §6.3.6. Of INBOX the messages move and it stays. */
export async function rename(session: Session, { from, to }: CommandOf<'RENAME'>): Promise<Reply> {
  const found = await session.mailbox(from);
  if (isRefusal(found)) return replyTo(found);
  const path = session.path(from) as string;
  const newPath = session.path(to);
  if (typeof newPath !== 'string') return replyTo(newPath);
  const outcome = await session.execute({ kind: 'renameMailbox', path, newPath });
  if (isRefusal(outcome)) return replyTo(outcome);
  session.owner.recorder.acted('rename', found.id);
  return ok('Renamed');
}
