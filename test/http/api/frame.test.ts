/** What every route of `/api/` does alike: validation that names the member, records before answers, rates, revisions. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { InjectOptions } from 'fastify';
import { Refused, refuse } from '../../../services/domain/refusals.ts';
import { apiContract } from '../../../services/http/api/contract/api-contract.ts';
import type { RouteDeclaration } from '../../../services/http/api/contract/route-declaration.ts';
import { TokenBuckets } from '../../../services/http/api/token-buckets.ts';
import type { HttpParts } from '../../../services/http/http-server.ts';
import { uuidOf } from '../../support/given-when-then.ts';
import { authorisationOf, openRolesHouse } from './roles-house.ts';

type Api = Partial<Record<keyof HttpParts['api'], unknown>>;

async function asked(request: InjectOptions, api: Api = {}, said: string[] = [], mayReveal = true) {
  const app = await openRolesHouse(api as Partial<HttpParts['api']>, said, mayReveal);
  const headers = { authorization: authorisationOf('administrator'), ...request.headers };
  const answer = await app.inject({ ...request, headers });
  await app.close();
  return answer;
}

const emptyDirectory: Api = {
  settle: async () => {},
  directory: { accounts: () => ({ rows: [], total: 0 }), aliases: () => [] },
};

describe('a request of a wrong form', () => {
  test('is answered by a problem that names each member', async () => {
    const answer = await asked({
      method: 'POST',
      url: '/api/accounts',
      payload: { adress: 'x', quotaOctets: '5', roles: ['king'] },
    });
    assert.equal(answer.statusCode, 400);
    assert.match(String(answer.headers['content-type']), /^application\/problem\+json/);
    const { title, status, code, problems } = answer.json();
    assert.deepEqual([title, status, code], ['Bad Request', 400, 'requestInvalid']);
    const named = problems.map(({ in: place, field }: { in: string; field: string }) => `${place} ${field}`);
    assert.deepEqual(named.sort(), ['body address', 'body adress', 'body quotaOctets', 'body roles › 1']);
  });

  test('reads numbers of an address, and says where one is none', async () => {
    const answer = await asked({ method: 'GET', url: '/api/accounts?limit=many' });
    assert.deepEqual([answer.statusCode, answer.json().problems[0].field], [400, 'limit']);
    const fine = await asked({ method: 'GET', url: '/api/accounts?limit=5' }, emptyDirectory);
    assert.deepEqual([fine.statusCode, fine.json()], [200, { items: [], next: null, total: 0 }]);
  });

  test('that is no JSON, or leads nowhere, is a problem too', async () => {
    const headers = { 'content-type': 'application/json' };
    const torn = await asked({ method: 'POST', url: '/api/accounts', headers, payload: '{"address":' });
    assert.deepEqual([torn.statusCode, torn.json().status], [400, 400]);
    const nowhere = await asked({ method: 'GET', url: '/api/nothing' });
    assert.match(String(nowhere.headers['content-type']), /^application\/problem\+json/);
    assert.deepEqual([nowhere.statusCode, nowhere.json().status], [404, 404]);
  });
});

describe('a refusal', () => {
  test('names the member that it is about', async () => {
    const administration = {
      addAccount: async () => {
        throw new Refused(refuse('addressTaken', 'wang@acme.example'));
      },
    };
    const payload = { address: 'wang@acme.example' };
    const answer = await asked({ method: 'POST', url: '/api/accounts', payload }, { administration });
    assert.equal(answer.statusCode, 409);
    const { code, about, problems } = answer.json();
    assert.deepEqual([code, about, problems[0].field], ['addressTaken', 'wang@acme.example', 'address']);
  });

  test('of what failed inside says nothing of it', async () => {
    const administration = { addAccount: () => Promise.reject(new Error('the secret of the disk')) };
    const payload = { address: 'wang@acme.example' };
    const answer = await asked({ method: 'POST', url: '/api/accounts', payload }, { administration });
    assert.equal(answer.statusCode, 500);
    assert.ok(!answer.body.includes('secret'));
  });
});

describe('what is shown', () => {
  test('is recorded before it is looked up', async () => {
    const said: string[] = [];
    const accounts = () => {
      said.push('looked up');
      return { rows: [], total: 0 };
    };
    const directory = { accounts };
    await asked({ method: 'GET', url: '/api/accounts' }, { ...emptyDirectory, directory }, said);
    assert.deepEqual(said, ['shown listAccounts 0 -', 'looked up']);
  });

  test('is not shown where it cannot be recorded', async () => {
    const said: string[] = [];
    const directory = { accounts: () => said.push('looked up') };
    const answer = await asked(
      { method: 'GET', url: '/api/accounts' },
      { ...emptyDirectory, directory },
      said,
      false,
    );
    assert.equal(answer.statusCode, 503);
    assert.ok(!said.includes('looked up'));
  });
});

describe('revisions', () => {
  const state = { status: 'active', roles: new Set(['staff']), sendAs: new Map(), quotaOctets: 0 };
  const url = `/api/accounts/${uuidOf(5)}`;

  test('are shown as ETag and come back as If-Match', async () => {
    const shown = {
      ...emptyDirectory,
      usedOctets: () => 0,
      accounts: { show: async () => ({ state, revision: 7 }) },
    };
    assert.equal((await asked({ method: 'GET', url }, shown)).headers.etag, '"7"');
    const seen: unknown[] = [];
    const accounts = { change: async (...args: unknown[]) => seen.push(args[3]) };
    const headers = { 'if-match': '"7"' };
    assert.equal((await asked({ method: 'PATCH', url, headers, payload: {} }, { accounts })).statusCode, 204);
    assert.deepEqual(seen, [7]);
  });

  test('that are none of ours are refused', async () => {
    const headers = { 'if-match': 'W/"x"' };
    const accounts = { change: async () => {} };
    const answer = await asked({ method: 'PATCH', url, headers, payload: {} }, { accounts });
    assert.deepEqual([answer.statusCode, answer.json().problems[0].field], [400, 'If-Match']);
  });
});

describe('rates', () => {
  test('give out what they hold, then one after the other, each asker for itself', () => {
    const limit = new TokenBuckets({
      read: { burst: 2, perMinute: 60 },
      change: { burst: 1, perMinute: 60 },
      find: { burst: 1, perMinute: 60 },
    });
    assert.deepEqual(
      [0, 0, 0].map(() => limit.take('wang', 'read', 1000)),
      [0, 0, 1],
    );
    assert.equal(limit.take('li', 'read', 1000), 0);
    assert.equal(limit.take('wang', 'change', 1000), 0);
    assert.equal(limit.take('wang', 'read', 2000), 0);
    assert.equal(limit.take('wang', 'read', 2000), 1);
  });

  test('nobody takes the directory along: finding people is counted apart, and slower', async () => {
    const app = await openRolesHouse({
      settle: async () => {},
      directory: { like: () => [], groups: () => [] },
    } as unknown as Partial<HttpParts['api']>);
    const headers = { authorization: authorisationOf('staff') };
    const found: number[] = [];
    for (let n = 0; n < 65; n++)
      found.push((await app.inject({ url: `/api/directory?search=ab${n}`, headers })).statusCode);
    const other = { authorization: authorisationOf('auditor') };
    const next = await app.inject({ url: '/api/directory?search=zh', headers: other });
    await app.close();
    assert.deepEqual([...new Set(found)], [200, 429]);
    assert.equal(next.statusCode, 200);
  });

  test('answer 429 with the time to wait', async () => {
    const app = await openRolesHouse(emptyDirectory as Partial<HttpParts['api']>);
    const headers = { authorization: authorisationOf('administrator') };
    const answers = await Promise.all(
      Array.from({ length: 300 }, () => app.inject({ method: 'GET', url: '/api/accounts', headers })),
    );
    await app.close();
    const refused = answers.filter(({ statusCode }) => statusCode === 429);
    assert.ok(refused.length > 0 && refused.length <= 100, `${refused.length} refused`);
    assert.match(String(refused[0]!.headers['retry-after']), /^\d+$/);
  });
});

describe('the contract', () => {
  const declared: readonly RouteDeclaration[] = Object.values(apiContract);

  test('has a sentence for every route, and declares what its path names', () => {
    for (const { path, method, summary, params, body } of declared) {
      assert.match(summary, /^[A-Z].*\.$/s, path);
      const named = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name!);
      assert.deepEqual(Object.keys(params?.properties ?? {}).sort(), named.sort(), path);
      assert.ok(!(method === 'GET' && body), `${path}: a GET has no body`);
    }
  });

  test('has each method and path once', () => {
    const keys = declared.map(({ method, path }) => `${method} ${path}`);
    assert.deepEqual(keys, [...new Set(keys)]);
  });
});
