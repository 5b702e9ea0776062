import type { CommandOf } from '../protocol/command.ts';
import { continuation } from '../protocol/reply.ts';
import { plainCredentials } from '../protocol/sasl-plain.ts';
import { bad, type Reply, refused } from '../replies.ts';
import type { Session } from '../session.ts';
import { refusalToLogIn, signInSession } from '../sign-in-session.ts';

/** RFC 9051 §6.2.2 with SASL PLAIN (RFC 4616). */
export async function authenticate(session: Session, command: CommandOf<'AUTHENTICATE'>): Promise<Reply> {
  if (command.mechanism !== 'PLAIN') return refused('This mechanism is not offered', 'CANNOT');
  const refusal = refusalToLogIn(session);
  if (refusal !== null) return refusal;
  const response = command.initialResponse ?? (await askForResponse(session));
  if (response === null || response === '*') return bad('The login was given up');
  const credentials = plainCredentials(response);
  if (credentials === null) return bad('This is no PLAIN response');
  const { authorize, login, password } = credentials;
  if (authorize !== '' && authorize !== login) {
    return refused('You cannot act for another account', 'AUTHORIZATIONFAILED');
  }
  return signInSession(session, login, password);
}

function askForResponse({ connection }: Session): Promise<string | null> {
  // RFC 9051 §6.2.2: the challenge is empty, and the space stays.
  connection.out.text(continuation(''));
  return connection.nextLine();
}
