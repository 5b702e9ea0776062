/** The routes of a house in which everybody signs in under the name of their role, for tests of who may do what. */
import type { FastifyInstance } from 'fastify';
import type { Role } from '../../../services/domain/account.ts';
import { roles } from '../../../services/domain/account.ts';
import { refuse } from '../../../services/domain/refusals.ts';
import type { HttpParts } from '../../../services/http/http-server.ts';
import { type HttpSessionParts, HttpSessions } from '../../../services/http/http-sessions.ts';
import { createRoutes } from '../../../services/http/routes.ts';
import type { Credentials } from '../../../services/sign-in/sign-in.ts';
import { uuidOf } from '../../support/given-when-then.ts';
import { partsOf, settings } from '../http-house.ts';

export function accountOf(role: Role): string {
  return uuidOf(100 + roles.indexOf(role));
}

export function authorisationOf(role: Role): string {
  return `Basic ${Buffer.from(`${role}:password`).toString('base64')}`;
}

/** What the recorder was told, in the order of the telling, with what else `said` is given. */
export type Said = string[];

async function signIn({ login }: Credentials) {
  const role = roles.find((each) => each === login);
  if (!role) return refuse('credentialsWrong');
  return {
    account: accountOf(role),
    domain: uuidOf(1),
    address: `${role}@acme.example`,
    realName: role,
    roles: [...new Set(['staff', role] as const)],
    quotaOctets: 0,
    maxMessageOctets: 0,
    maxRecipients: 0,
    maxSessions: 0,
  };
}

/** Closed by its opener. */
export async function openRolesHouse(
  api: Partial<HttpParts['api']> = {},
  said: Said = [],
  mayReveal = true,
): Promise<FastifyInstance> {
  const recorder = {
    openSession: () => ({
      shown: (
        act: string,
        owners: readonly string[],
        message: string | null,
        _query: string,
        _sealed = false,
        reason = '',
      ) => said.push(`shown ${act} ${owners.length} ${message ?? '-'} ${reason}`.trimEnd()),
      mayReveal: () => false,
      untilMayReveal: async () => mayReveal,
      close: async () => {},
    }),
    peerRefused: () => {},
  };
  const parts = {
    signIn: { signIn, onRevoked: () => () => {} },
    recorder,
    mail: {},
    plaintextAuth: 'always',
  };
  const sessions = new HttpSessions(parts as unknown as HttpSessionParts);
  const app = createRoutes(
    { ...partsOf(), sessions, api: api as HttpParts['api'] },
    { ...settings, redirectPort: null },
  );
  app.addHook('onClose', () => sessions.close());
  await app.ready();
  return app;
}
