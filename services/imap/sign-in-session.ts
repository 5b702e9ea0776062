import { isRefusal, type Refusal } from '../domain/refusals.ts';
import { capabilityText, mayLogIn } from './capabilities.ts';
import { ok, type Reply, refused, replyTo } from './replies.ts';
import type { Session } from './session.ts';

/** Failed logins after which the connection is closed. */
export const maxFailedLogins = 5;

/** Whether this connection takes passwords now; the reply that says no otherwise. */
export function refusalToLogIn(session: Session): Reply | null {
  if (mayLogIn(session)) return null;
  return refused('Begin TLS before you send a password', 'PRIVACYREQUIRED');
}

/** Checks a login and a password, and makes the session the account's (LOGIN, AUTHENTICATE). */
export async function signInSession(session: Session, login: string, password: string): Promise<Reply> {
  session.enterHouseOf(login);
  const { services, connection } = session;
  const signedIn = await services.signIn.signIn({ login, password, peer: connection.peer, protocol: 'imap' });
  if (isRefusal(signedIn)) return refuseLogin(session, signedIn);
  const { program } = session;
  const recorder = services.recorder.openSession({
    account: signedIn.account,
    protocol: 'imap',
    peer: connection.peer,
    program,
  });
  session.user = { ...signedIn, recorder };
  const refusal = session.onSignedIn(session);
  if (refusal !== null) {
    session.user = null;
    await recorder.close('refused');
    return refusal;
  }
  return ok('Logged in', `CAPABILITY ${capabilityText(session)}`);
}

function refuseLogin(session: Session, refusal: Refusal): Reply {
  session.failedLogins++;
  session.services.recorder.peerRefused('imap', session.connection.peer, refusal.refused);
  return replyTo(refusal);
}
