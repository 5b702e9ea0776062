import { pathOf } from '../../domain/mailstore-naming.ts';
import { isRefusal } from '../../domain/refusals.ts';
import type { CommandOf } from '../protocol/command.ts';
import { ok, type Reply, replyTo } from '../replies.ts';
import type { Session } from '../session.ts';

/** SUBSCRIBE and UNSUBSCRIBE (RFC 9051 §6.3.7, §6.3.8). */
export async function subscribe(session: Session, { verb, mailbox }: CommandOf<'SUBSCRIBE'>): Promise<Reply> {
  const found = await session.mailbox(mailbox);
  if (isRefusal(found)) return replyTo(found);
  const state = await session.mailstore();
  if (isRefusal(state)) return replyTo(state);
  const subscribed = verb === 'SUBSCRIBE';
  const outcome = await session.execute({ kind: 'subscribe', path: pathOf(state, found), subscribed });
  if (isRefusal(outcome)) return replyTo(outcome);
  session.owner.recorder.acted('subscribe', found.id);
  return ok(subscribed ? 'Subscribed' : 'No longer subscribed');
}
