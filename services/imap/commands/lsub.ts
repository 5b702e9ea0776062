import { isRefusal } from '../../domain/refusals.ts';
import { listedMailboxes, pathsAbove } from '../listed-mailboxes.ts';
import type { CommandOf } from '../protocol/command.ts';
import { hierarchySeparator, quotedMailboxText } from '../protocol/mailbox-name.ts';
import { ok, type Reply, replyTo, unavailable } from '../replies.ts';
import type { Session } from '../session.ts';
import { patternsOf } from './list.ts';

/**
 * RFC 3501 §6.3.9: the subscribed ones; one that is not itself subscribed and has subscribed ones below it is
 * shown as `\Noselect` where those do not match the pattern themselves.
 */
export async function lsub(session: Session, { reference, pattern }: CommandOf<'LSUB'>): Promise<Reply> {
  if (!(await session.mayReveal())) return unavailable;
  const patterns = patternsOf(session, reference, [pattern]);
  const matches = (path: string): boolean => patterns.some((each) => each.matches(path));
  const state = await session.mailstore();
  if (isRefusal(state)) return replyTo(state);
  const subscribed = listedMailboxes(state).filter(({ mailbox }) => mailbox.subscribed);
  const shown = new Map(subscribed.filter(({ path }) => matches(path)).map(({ path }) => [path, '']));
  for (const { path } of subscribed) {
    if (shown.has(path)) continue;
    const above = pathsAbove(path).find(matches);
    if (above !== undefined && !shown.has(above)) shown.set(above, '\\Noselect');
  }
  for (const [path, attributes] of shown) {
    session.tell(`LSUB (${attributes}) "${hierarchySeparator}" ${quotedMailboxText(path, session.mode)}`);
  }
  session.owner.recorder.acted('list', null);
  return ok('Listed');
}
