/** Signing in and out for browsers: `/api/session`. */
import { isRefusal, Refused } from '../../domain/refusals.ts';
import type { Handlers } from './api-call.ts';
import type { sessionRoutes } from './contract/session.ts';

export const sessionHandlers: Handlers<typeof sessionRoutes> = {
  async signIn(call, { sessions }) {
    const { login, password } = call.body;
    const outcome = await sessions.signIn(login, password, call.asker);
    if (isRefusal(outcome)) throw new Refused(outcome);
    call.setToken(outcome.token);
  },
  showSession({ caller }) {
    const { account, address, realName, roles } = caller.signedIn;
    return { account, address, realName, roles: [...roles] };
  },
  /** Whoever finds an open session cannot take the account over. */
  async changeOwnPassword({ body, caller, asker, actor }, { accounts, signIn }) {
    const { account, address } = caller.signedIn;
    const { current: given, password } = body;
    const known = await signIn.signIn({
      login: address,
      password: given,
      peer: asker.peer,
      protocol: 'http',
    });
    if (isRefusal(known)) throw new Refused(known);
    await accounts.setPassword(account, password, actor);
  },
  async signOut(call, { sessions }) {
    if (call.token !== null) await sessions.signOut(call.token);
    call.setToken(null);
  },
};
