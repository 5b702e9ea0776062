/** Every route and every JMAP method, asked for by every role: what docs/roles.md says is what is answered. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { type Role, roles } from '../../../services/domain/account.ts';
import { apiContract } from '../../../services/http/api/contract/api-contract.ts';
import { mailMethods } from '../../../services/http/jmap/mail-methods.ts';
import { type AskedRoute, routesAskedFor } from '../../../services/http/route-access.ts';
import { uuidOf } from '../../support/given-when-then.ts';
import { accountOf, authorisationOf, openRolesHouse } from './roles-house.ts';

type Column = Role | 'anybody';

/** `own`, `all` or empty, by act and column: read off the page that people read. */
function publishedTable(): (act: string, column: Column) => string {
  const lines = readFileSync(new URL('../../../docs/roles.md', import.meta.url), 'utf8').split('\n');
  const rows = lines
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const [head = [], ...body] = rows;
  return (act, column) => {
    const row = body.find(([name]) => name === `\`${act}\``);
    assert.ok(row, `${act} is in docs/roles.md`);
    return row[head.indexOf(column)]!;
  };
}

const published = publishedTable();

const installations = new Set(
  Object.values(apiContract)
    .filter(({ concerns }) => concerns === 'installation')
    .map(({ method, path }) => `${method} ${path}`),
);

function isAllowed({ method, url, act }: AskedRoute, column: Column): boolean {
  const cell = published(act, column);
  return cell === 'all' || (cell === 'own' && !installations.has(`${method} ${url}`));
}

const columns: readonly Column[] = ['anybody', ...roles];

describe('every route', () => {
  test('lets in whom docs/roles.md names, and nobody else', async () => {
    const app = await openRolesHouse();
    const wrong: string[] = [];
    const asked = routesAskedFor(app).filter(({ method }) => method !== 'HEAD');
    assert.ok(asked.length > 20, 'the routes were found');
    for (const route of asked) {
      for (const column of columns) {
        const headers = column === 'anybody' ? {} : { authorization: authorisationOf(column) };
        const url = route.url.replaceAll(/:\w+/g, uuidOf(7));
        const { statusCode } = await app.inject({ method: route.method as 'GET', url, headers });
        const isRefused = [401, 403].includes(statusCode);
        // Nobody is signed in by a session that was not asked for: the answer to wrong credentials is 401 as well.
        if (route.act === 'signIn') continue;
        if (isRefused === isAllowed(route, column))
          wrong.push(`${route.method} ${route.url} ${column} ${statusCode}`);
      }
    }
    await app.close();
    assert.deepEqual(wrong, []);
  });
});

describe('every JMAP method', () => {
  test('knows no account but the caller’s own, whatever the role', async () => {
    const app = await openRolesHouse();
    const using = ['core', 'mail', 'submission'].map((name) => `urn:ietf:params:jmap:${name}`);
    const accountless = ['Core/echo'];
    const wrong: string[] = [];
    for (const role of roles) {
      const other = accountOf(roles.find((each) => each !== role)!);
      for (const name of mailMethods.keys()) {
        const args = { accountId: other, fromAccountId: other };
        const { statusCode, body } = await app.inject({
          method: 'POST',
          url: '/jmap/api',
          headers: { authorization: authorisationOf(role), 'content-type': 'application/json' },
          payload: JSON.stringify({ using, methodCalls: [[name, args, 'a']] }),
        });
        const [[, answer]] = JSON.parse(body).methodResponses;
        if (statusCode !== 200 || (answer.type !== 'accountNotFound' && !accountless.includes(name)))
          wrong.push(`${role} ${name}: ${statusCode} ${body}`);
      }
    }
    await app.close();
    assert.deepEqual(wrong, []);
  });
});
