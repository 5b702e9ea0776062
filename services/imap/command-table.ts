import { authenticate } from './commands/authenticate.ts';
import { capability } from './commands/capability.ts';
import { close } from './commands/close.ts';
import { create } from './commands/create.ts';
import { deleteMailbox } from './commands/delete.ts';
import { enable } from './commands/enable.ts';
import { expunge } from './commands/expunge.ts';
import { fetch } from './commands/fetch.ts';
import { id } from './commands/id.ts';
import { idle } from './commands/idle.ts';
import { list } from './commands/list.ts';
import { login } from './commands/login.ts';
import { logout } from './commands/logout.ts';
import { lsub } from './commands/lsub.ts';
import { namespace } from './commands/namespace.ts';
import { noop } from './commands/noop.ts';
import { rename } from './commands/rename.ts';
import { search } from './commands/search.ts';
import { select } from './commands/select.ts';
import { startTls } from './commands/starttls.ts';
import { status } from './commands/status.ts';
import { store } from './commands/store.ts';
import { subscribe } from './commands/subscribe.ts';
import { transfer } from './commands/transfer.ts';
import { unselect } from './commands/unselect.ts';
import type { CommandOf, ImapCommand, Verb } from './protocol/command.ts';
import type { Reply } from './replies.ts';
import type { Session, SessionState } from './session.ts';

/** Null: the handler has replied itself. */
export type Handler<V extends Verb> = (
  session: Session,
  command: CommandOf<V>,
  tag: string,
) => Reply | null | Promise<Reply | null>;

interface Entry<V extends Verb> {
  readonly states: readonly SessionState[];
  readonly run: Handler<V>;
}

const anyState: readonly SessionState[] = ['notAuthenticated', 'authenticated', 'selected'];
const beforeLogin: readonly SessionState[] = ['notAuthenticated'];
const afterLogin: readonly SessionState[] = ['authenticated', 'selected'];
const inMailbox: readonly SessionState[] = ['selected'];

/** Every command: when it may come (RFC 9051 §3, §6) and what does it. APPEND is run by `serve-session.ts`. */
const table: { readonly [V in Verb]: Entry<V> } = {
  CAPABILITY: { states: anyState, run: capability },
  NOOP: { states: anyState, run: noop },
  LOGOUT: { states: anyState, run: logout },
  ID: { states: anyState, run: id },
  STARTTLS: { states: beforeLogin, run: (session, _, tag) => startTls(session, tag) },
  LOGIN: { states: beforeLogin, run: login },
  AUTHENTICATE: { states: beforeLogin, run: authenticate },
  // RFC 9051 §6.3.1: before a mailbox is selected.
  ENABLE: { states: ['authenticated'], run: enable },
  SELECT: { states: afterLogin, run: select },
  EXAMINE: { states: afterLogin, run: select },
  CREATE: { states: afterLogin, run: create },
  DELETE: { states: afterLogin, run: deleteMailbox },
  RENAME: { states: afterLogin, run: rename },
  SUBSCRIBE: { states: afterLogin, run: subscribe },
  UNSUBSCRIBE: { states: afterLogin, run: subscribe },
  LIST: { states: afterLogin, run: list },
  LSUB: { states: afterLogin, run: lsub },
  NAMESPACE: { states: afterLogin, run: namespace },
  STATUS: { states: afterLogin, run: status },
  IDLE: { states: afterLogin, run: idle },
  CHECK: { states: inMailbox, run: noop },
  CLOSE: { states: inMailbox, run: close },
  UNSELECT: { states: inMailbox, run: unselect },
  EXPUNGE: { states: inMailbox, run: expunge },
  SEARCH: { states: inMailbox, run: search },
  FETCH: { states: inMailbox, run: fetch },
  STORE: { states: inMailbox, run: store },
  COPY: { states: inMailbox, run: transfer },
  MOVE: { states: inMailbox, run: transfer },
};

/** What runs a command; null where it may not come in that state. */
export function handlerOf(command: ImapCommand, state: SessionState): Handler<Verb> | null {
  const entry = table[command.verb];
  return entry.states.includes(state) ? (entry.run as Handler<Verb>) : null;
}

/**
 * May EXPUNGE be told with the reply to this command? Not where the client may have sent message numbers of the
 * old count behind it (RFC 9051 §7.5.1).
 */
export function mayTellExpunges(command: ImapCommand): boolean {
  const answersByNumber = command.verb === 'FETCH' || command.verb === 'STORE' || command.verb === 'SEARCH';
  return !(answersByNumber && !command.byUid);
}
