/** Sessions of one account have an end: the one used longest ago goes, and nobody else's. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRefusal } from '../../services/domain/refusals.ts';
import { type HttpSession, type HttpSessionParts, HttpSessions } from '../../services/http/http-sessions.ts';

const maxSessionsOfAccount = 50;

/** Whoever comes is signed in as the account of that name; what ended, in the order in which it did. */
function sessionsNoting(ended: string[]): HttpSessions {
  const parts = {
    signIn: {
      signIn: async ({ login }: { login: string }) => ({ account: login, roles: [] }),
      onRevoked: () => () => {},
    },
    recorder: {
      openSession: ({ account, program }: { account: string; program: string }) => ({
        session: program,
        close: async (reason: string) => void ended.push(`${account} ${program} ${reason}`),
      }),
    },
    mail: {},
    plaintextAuth: 'always',
  };
  return new HttpSessions(parts as unknown as HttpSessionParts);
}

async function enter(sessions: HttpSessions, login: string, program: string): Promise<HttpSession> {
  const session = await sessions.byPassword(login, 'secret', {
    peer: '127.0.0.1',
    program,
    isEncrypted: true,
  });
  if (isRefusal(session)) assert.fail(session.refused);
  return session;
}

test('a program that changes its name with each request ends its own sessions', async (t) => {
  const ended: string[] = [];
  const sessions = sessionsNoting(ended);
  t.after(() => sessions.close());
  await enter(sessions, 'other', 'mail');
  for (let i = 0; i < maxSessionsOfAccount; i++) await enter(sessions, 'wang', `program ${i}`);
  await enter(sessions, 'wang', 'program 0');
  assert.deepEqual(ended, [], 'there is room for so many');
  await enter(sessions, 'wang', 'one more');
  await enter(sessions, 'wang', 'and another');
  assert.deepEqual(ended, ['wang program 1 idle', 'wang program 2 idle'], 'those used longest ago');
});
