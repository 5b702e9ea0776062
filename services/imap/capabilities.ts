/** What the server says it can do (RFC 9051 §7.2.2). */
import { isLoopback } from '../networks.ts';
import type { Session } from './session.ts';

const always = ['IMAP4rev1', 'IMAP4rev2', 'LITERAL-', 'SASL-IR', 'ID', 'ENABLE'] as const;

/** After the login. Extensions that IMAP4rev2 has in its base are named for clients of IMAP4rev1. */
const signedIn = [
  'BINARY',
  'CHILDREN',
  'CONDSTORE',
  'CREATE-SPECIAL-USE',
  'ESEARCH',
  'IDLE',
  'LIST-EXTENDED',
  'LIST-STATUS',
  'MOVE',
  'NAMESPACE',
  'OBJECTID',
  'QRESYNC',
  'SEARCHRES',
  'SPECIAL-USE',
  'STATUS=SIZE',
  'UIDPLUS',
  'UNSELECT',
  'UTF8=ACCEPT',
  'WITHIN',
] as const;

/** The capabilities of this session in its present state, separated by spaces. */
export function capabilityText(session: Session): string {
  const names: string[] = [...always];
  if (session.user === null) {
    if (!session.connection.secure) names.push('STARTTLS');
    names.push(mayLogIn(session) ? 'AUTH=PLAIN' : 'LOGINDISABLED');
  } else {
    const { maxMessageOctets } = session.services.settings;
    names.push(...signedIn, maxMessageOctets > 0 ? `APPENDLIMIT=${maxMessageOctets}` : 'APPENDLIMIT');
  }
  return names.join(' ');
}

/** May a password be sent on this connection? */
export function mayLogIn({ connection, services }: Session): boolean {
  const { plaintextAuth } = services.settings;
  if (connection.secure || plaintextAuth === 'always') return true;
  return plaintextAuth === 'loopback' && isLoopback(connection.peer);
}
