import { findMailbox } from '../../domain/mailstore-naming.ts';
import { isRefusal } from '../../domain/refusals.ts';
import { roleOfSpecialUse } from '../listed-mailboxes.ts';
import type { CommandOf } from '../protocol/command.ts';
import { ok, type Reply, refused, replyTo } from '../replies.ts';
import type { Session } from '../session.ts';

/** RFC 9051 §6.3.4, with special uses (RFC 6154 §3) and MAILBOXID (RFC 8474 §4.1). */
export async function create(session: Session, { mailbox, uses }: CommandOf<'CREATE'>): Promise<Reply> {
  const path = session.path(mailbox);
  if (typeof path !== 'string') return replyTo(path);
  const role = uses.length === 0 ? 'none' : uses.length === 1 ? roleOfSpecialUse(uses[0]!) : null;
  if (role === null) return refused('A mailbox cannot have this use here', 'USEATTR');
  const state = await session.mailstore();
  if (isRefusal(state)) return replyTo(state);
  const before = findMailbox(state, path);
  const outcome = await session.execute({ kind: 'createMailbox', path, role });
  if (isRefusal(outcome)) {
    const isRoleTaken = outcome.refused === 'mailboxExists' && before === undefined && role !== 'none';
    return isRoleTaken ? refused('Another mailbox has this use', 'USEATTR') : replyTo(outcome);
  }
  const made = findMailbox(outcome.state, path);
  session.owner.recorder.acted('create', made?.id ?? null);
  return made === undefined ? ok('Made') : ok('Made', `MAILBOXID (${made.id})`);
}
