import type { CommandOf } from '../protocol/command.ts';
import type { Reply } from '../replies.ts';
import type { Session } from '../session.ts';
import { refusalToLogIn, signInSession } from '../sign-in-session.ts';

/** RFC 9051 §6.2.3. */
export async function login(session: Session, { user, password }: CommandOf<'LOGIN'>): Promise<Reply> {
  return refusalToLogIn(session) ?? (await signInSession(session, user, password));
}
