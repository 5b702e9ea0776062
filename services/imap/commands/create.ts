import { meantPath, roleOfPath } from '../../domain/known-names.ts';
import type { MailboxRole } from '../../domain/mailstore.ts';
import { findMailbox } from '../../domain/mailstore-naming.ts';
import type { MailstoreState } from '../../domain/mailstore-state.ts';
import { isRefusal } from '../../domain/refusals.ts';
import { roleOfSpecialUse, specialUseOf } from '../listed-mailboxes.ts';
import type { CommandOf } from '../protocol/command.ts';
import { hierarchySeparator, quotedMailboxText } from '../protocol/mailbox-name.ts';
import { ok, type Reply, refused, replyTo } from '../replies.ts';
import type { Session } from '../session.ts';

/**
 * RFC 9051 §6.3.4, with special uses (RFC 6154 §3) and MAILBOXID (RFC 8474 §4.1). A name that mail programs know for a
 * use which another mailbox has already (`Sent Items` beside Sent) is taken for that mailbox's, and the client is told
 * its name. One that nobody has the use of gets it.
 */
export async function create(session: Session, { mailbox, uses }: CommandOf<'CREATE'>): Promise<Reply> {
  const path = session.path(mailbox);
  if (typeof path !== 'string') return replyTo(path);
  const wanted = uses.length === 0 ? 'none' : uses.length === 1 ? roleOfSpecialUse(uses[0]!) : null;
  if (wanted === null) return refused('A mailbox cannot have this use here', 'USEATTR');
  const state = await session.mailstore();
  if (isRefusal(state)) return replyTo(state);
  const meant = meantPath(state, path);
  if (meant !== path && findMailbox(state, meant)) return madeAs(session, state, path, meant);
  const role = wanted === 'none' ? freeRole(state, meant) : wanted;
  const before = findMailbox(state, meant);
  const outcome = await session.execute({ kind: 'createMailbox', path: meant, role });
  if (isRefusal(outcome)) {
    const isRoleTaken = outcome.refused === 'mailboxExists' && before === undefined && role !== 'none';
    return isRoleTaken ? refused('Another mailbox has this use', 'USEATTR') : replyTo(outcome);
  }
  const made = findMailbox(outcome.state, meant);
  session.owner.recorder.acted('create', made?.id ?? null);
  if (meant !== path) return madeAs(session, outcome.state, path, meant);
  return made === undefined ? ok('Made') : ok('Made', `MAILBOXID (${made.id})`);
}

/** What the name is known for, as far as no mailbox has that use. */
function freeRole({ mailboxes }: MailstoreState, path: string): MailboxRole {
  const role = roleOfPath(path);
  return [...mailboxes.values()].some((mailbox) => mailbox.role === role) ? 'none' : role;
}

/** It is there, under another name: RFC 9051 §6.3.9.7 has OLDNAME for those who know it. */
function madeAs(session: Session, state: MailstoreState, asked: string, meant: string): Reply {
  const found = findMailbox(state, meant)!;
  const [name, old] = [meant, asked].map((path) => quotedMailboxText(path, session.mode));
  const oldName = session.mode.rev2 ? ` ("OLDNAME" (${old}))` : '';
  session.tell(`LIST (${specialUseOf(found) ?? ''}) "${hierarchySeparator}" ${name}${oldName}`);
  return ok('It has another name here', `MAILBOXID (${found.id})`);
}
