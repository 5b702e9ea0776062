import { untaggedStatus } from '../protocol/reply.ts';
import { ok, type Reply } from '../replies.ts';
import type { Session } from '../session.ts';

/** RFC 9051 §6.1.3. */
export function logout(session: Session): Reply {
  session.connection.out.text(untaggedStatus('BYE', 'Good-bye'));
  session.loggedOut = true;
  return ok('Logged out');
}
