/** Mail of others is opened with a reason that is on record before an octet of it is looked up. */
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import type { HttpParts } from '../../../services/http/http-server.ts';
import { MailOpenings } from '../../../services/http/mail-openings.ts';
import { uuidOf } from '../../support/given-when-then.ts';
import { accountOf, authorisationOf, openRolesHouse, type Said } from './roles-house.ts';

const message = uuidOf(7);

describe('a mail of others', () => {
  let app: FastifyInstance | null = null;
  afterEach(() => app?.close());

  async function house(said: Said, mayReveal = true): Promise<FastifyInstance> {
    const api = {
      settle: async () => {},
      traces: {
        trace: () => ({
          submitter: accountOf('staff'),
          recipientList: [{ account: accountOf('supervisor') }],
        }),
      },
      supervisedMail: async () => {
        said.push('octets looked up');
        return Buffer.from('the mail');
      },
    } as unknown as HttpParts['api'];
    app = await openRolesHouse(api, said, mayReveal);
    return app;
  }

  const headers = { authorization: authorisationOf('auditor') };
  const read = { method: 'GET', url: `/api/messages/${message}/mail`, headers } as const;
  const open = (reason: string) =>
    ({ method: 'POST', url: `/api/messages/${message}/openings`, headers, payload: { reason } }) as const;

  test('is not shown without a reason', async () => {
    const said: Said = [];
    const closed = await (await house(said)).inject(read);
    assert.deepEqual([closed.statusCode, closed.json().code], [403, 'reasonMissing']);
    assert.deepEqual(said, []);
    for (const wordless of ['', '  \n ']) {
      const refused = await app!.inject(open(wordless));
      assert.deepEqual([refused.statusCode, refused.json().problems[0].field], [400, 'reason']);
    }
  });

  test('is shown when it stands in the record who opened it and why, for sender and recipient', async () => {
    const said: Said = [];
    await house(said);
    assert.equal((await app!.inject(open(' an audit '))).statusCode, 200);
    assert.equal((await app!.inject(read)).body, 'the mail');
    const shown = `shown openMail 2 ${message} an audit`;
    assert.deepEqual(said, [shown, shown, 'octets looked up']);
  });

  test('stays closed where the record cannot be written', async () => {
    const said: Said = [];
    await house(said, false);
    assert.equal((await app!.inject(open('an audit'))).statusCode, 503);
    assert.equal((await app!.inject(read)).json().code, 'reasonMissing');
    assert.ok(!said.includes('octets looked up'));
  });

  test('is open to the session that opened it, and to no other', async () => {
    await house([]);
    await app!.inject(open('an audit'));
    const other = { ...headers, 'user-agent': 'another program' };
    assert.equal((await app!.inject({ ...read, headers: other })).json().code, 'reasonMissing');
  });
});

describe('openings of a session', () => {
  test('end after an hour', () => {
    const openings = new MailOpenings();
    const untilMs = openings.open(message, 'an audit', 1000);
    assert.equal(untilMs, 1000 + 3_600_000);
    assert.equal(openings.reasonFor(message, untilMs - 1), 'an audit');
    assert.equal(openings.reasonFor(message, untilMs), null);
  });

  test('are at most five hundred: the first is closed for one more', () => {
    const openings = new MailOpenings();
    for (let n = 0; n <= 500; n++) openings.open(uuidOf(n), 'an audit', 0);
    assert.equal(openings.reasonFor(uuidOf(0), 1), null);
    assert.equal(openings.reasonFor(uuidOf(1), 1), 'an audit');
  });
});
