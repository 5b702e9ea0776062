/** Signing in and out for browsers: `/api/session`. */
import { isRefusal, Refused } from '../../domain/refusals.ts';
import type { Handlers } from './api-call.ts';
import type { sessionRoutes } from './contract/session.ts';
import { prove } from './second-factor-handlers.ts';

export const sessionHandlers: Handlers<typeof sessionRoutes> = {
  async signIn(call, { sessions }) {
    const { login, password, code = null } = call.body;
    const outcome = await sessions.signIn({ login, password, code }, call.asker);
    if (isRefusal(outcome)) throw new Refused(outcome);
    call.setToken(outcome.token);
  },
  async showSession({ caller }, { accounts }) {
    const { account, address, realName, roles } = caller.signedIn;
    const { language } = (await accounts.show(account)).state;
    return { account, address, realName, roles: [...roles], language };
  },
  async chooseLanguage({ caller, body, actor }, { accounts }) {
    const command = { kind: 'setLanguage', language: body.language } as const;
    await accounts.carryOut(caller.signedIn.account, [command], actor, undefined);
  },
  /** Whoever finds an open session cannot take the account over. */
  async changeOwnPassword({ body, caller, asker, actor }, { accounts, signIn }) {
    await prove({ caller, asker }, signIn, body.current, 'proved');
    await accounts.setPassword(caller.signedIn.account, body.password, actor);
  },
  async signOut(call, { sessions }) {
    if (call.token !== null) await sessions.signOut(call.token);
    call.setToken(null);
  },
};
