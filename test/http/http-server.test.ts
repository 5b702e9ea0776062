import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fastify } from 'fastify';
import { addPages } from '../../services/http/pages.ts';
import { askForRoutes } from '../../services/http/route-access.ts';
import { createRoutes } from '../../services/http/routes.ts';
import { healthy } from './healthy-parts.ts';
import { folder, partsOf, plain, secure, serving, settings } from './http-house.ts';
import { noSessions } from './no-sessions.ts';

describe('health', () => {
  test('is told as JSON on both listeners', async () => {
    await serving(async ({ httpPort, httpsPort }) => {
      for (const answer of [await plain(httpPort, '/healthz'), await secure(httpsPort, '/healthz')]) {
        assert.equal(answer.status, 200);
        const report = JSON.parse(answer.body);
        assert.equal(report.state, 'ok');
        assert.deepEqual(
          report.projections.each.map(({ name }: { name: string }) => name),
          ['directory', 'message-counters'],
        );
      }
    });
  });

  test('is 503 when something is red', async () => {
    await serving(
      async ({ httpPort }) => {
        const { status, body } = await plain(httpPort, '/healthz');
        assert.deepEqual([status, JSON.parse(body).state], [503, 'red']);
      },
      partsOf({ ...healthy, disk: null }),
    );
  });

  test('is read once for all who ask at the same time', async () => {
    let times = 0;
    const parts = partsOf();
    const recorder = () => {
      times++;
      return healthy.recorder!;
    };
    const counting = { ...parts, health: { ...parts.health, recorder } };
    await serving(async ({ httpPort }) => {
      await Promise.all(Array.from({ length: 20 }, () => plain(httpPort, '/healthz')));
      assert.equal(times, 1);
    }, counting);
  });
});

describe('metrics', () => {
  test('are for this machine and those whom the administrator names', async () => {
    const app = createRoutes(partsOf(), {
      ...settings,
      redirectPort: 8443,
      trustedProxies: ['192.0.2.1'],
      metricsReaders: ['198.51.100.0/24'],
    });
    const ask = (remoteAddress: string, forwarded?: string) =>
      app.inject({
        url: '/metrics',
        remoteAddress,
        headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
      });
    assert.equal((await ask('127.0.0.1')).statusCode, 200);
    assert.match((await ask('127.0.0.1')).body, /^muniment_health_state 0$/m);
    assert.equal((await ask('192.0.2.1', '203.0.113.9')).statusCode, 403);
    assert.equal((await ask('127.0.0.1', '203.0.113.9')).statusCode, 403);
    assert.equal((await ask('192.0.2.1', '198.51.100.7')).statusCode, 200);
    await app.close();
  });

  test('count requests by class of status', async () => {
    await serving(async ({ httpPort }) => {
      await plain(httpPort, '/nothing');
      await plain(httpPort, '/status');
      const { body } = await plain(httpPort, '/metrics');
      assert.match(body, /^muniment_http_requests_total\{status="4xx"\} 1$/m);
    });
  });
});

describe('plain HTTP from elsewhere', () => {
  const routes = (redirectPort: number | null, trustedProxies: string[] = []) =>
    createRoutes(partsOf(), { ...settings, redirectPort, trustedProxies });

  test('is sent to HTTPS, whatever it asks for', async () => {
    const app = routes(8443);
    for (const url of ['/', '/healthz', '/nothing?x=1']) {
      const answer = await app.inject({
        url,
        remoteAddress: '203.0.113.9',
        headers: { host: 'mail.acme.example:8080' },
      });
      assert.equal(answer.statusCode, 308);
      assert.equal(answer.headers.location, `https://mail.acme.example:8443${url}`);
    }
    await app.close();
  });

  test('is refused where HTTPS is off', async () => {
    const app = routes(null);
    assert.equal((await app.inject({ url: '/', remoteAddress: '203.0.113.9' })).statusCode, 403);
    await app.close();
  });

  test('is not made inside by what it says of itself', async () => {
    const app = routes(8443);
    const headers = { 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'https' };
    assert.equal((await app.inject({ url: '/', remoteAddress: '203.0.113.9', headers })).statusCode, 308);
    await app.close();
  });

  test('is served to a reverse proxy', async () => {
    const app = routes(8443, ['203.0.113.9']);
    assert.equal((await app.inject({ url: '/status', remoteAddress: '203.0.113.9' })).statusCode, 200);
    await app.close();
  });
});

describe('every answer', () => {
  test('carries the security headers; HSTS only where it is encrypted', async () => {
    await serving(async ({ httpPort, httpsPort }) => {
      for (const path of ['/', '/status', '/healthz', '/nothing']) {
        const { headers } = await plain(httpPort, path);
        assert.equal(headers['x-content-type-options'], 'nosniff');
        assert.match(String(headers['content-security-policy']), /default-src 'none'/);
        assert.equal(headers['strict-transport-security'], undefined);
        assert.match((await secure(httpsPort, path)).headers['strict-transport-security']!, /max-age/);
      }
    });
  });

  test('the page says what runs, escaped, and allows its own style only', async () => {
    await serving(async ({ httpPort }) => {
      const { status, headers, body } = await plain(httpPort, '/status');
      assert.equal(status, 200);
      assert.match(body, /mail\.acme\.example/);
      assert.match(body, /IMAP &#60;TLS&#62;<\/td><td>1993/);
      assert.match(String(headers['content-security-policy']), /style-src 'sha256-[A-Za-z0-9+/]+=*';/);
    });
  });

  test('what is not there is 404, as a problem', async () => {
    await serving(async ({ httpPort }) => {
      const { status, body } = await plain(httpPort, '/nothing');
      const problem = { title: 'Not Found', status: 404, detail: 'There is nothing here.' };
      assert.deepEqual([status, JSON.parse(body)], [404, problem]);
    });
  });

  test('a fault of ours is told to the log and not to the peer', async () => {
    const faults: unknown[] = [];
    const parts = partsOf(healthy, faults);
    const failing = {
      ...parts,
      listening: () => {
        throw new Error('secret detail');
      },
    };
    await serving(async ({ httpPort }) => {
      const { status, body } = await plain(httpPort, '/status');
      assert.equal(status, 500);
      assert.doesNotMatch(body, /secret/);
      assert.equal((faults[0] as Error).message, 'secret detail');
    }, failing);
  });
});

describe('the pages', () => {
  test('what is there is served under a policy of its own; what lies beside it is not', async () => {
    const app = fastify();
    const pages = mkdtempSync(join(tmpdir(), 'muniment-pages-'));
    mkdirSync(join(pages, 'assets'));
    for (const name of ['index.html', 'mail-frame.html', 'assets/start-1a2b.js', 'secret.txt'])
      writeFileSync(join(pages, name), name);
    askForRoutes(app, noSessions());
    addPages(app, pages);
    const ask = (url: string) => app.inject({ url });
    const start = await ask('/');
    assert.equal(start.body, 'index.html');
    assert.match(
      String(start.headers['content-security-policy']),
      /script-src 'self';.*frame-ancestors 'none'/,
    );
    assert.doesNotMatch(String(start.headers['content-security-policy']), /unsafe/);
    const asset = await ask('/assets/start-1a2b.js');
    assert.deepEqual(
      [asset.body, asset.headers['cache-control']],
      ['assets/start-1a2b.js', 'public, max-age=31536000, immutable'],
    );
    const frame = String((await ask('/mail-frame')).headers['content-security-policy']);
    assert.match(frame, /default-src 'none'.*img-src data: blob:;.*sandbox allow-same-origin/);
    assert.match(
      String((await ask('/mail-frame-with-pictures')).headers['content-security-policy']),
      /img-src data: blob: https: http:;/,
    );
    for (const url of [
      '/secret.txt',
      '/assets/../secret.txt',
      '/assets/%2e%2e/secret.txt',
      '/assets/nothing.js',
    ])
      assert.ok((await ask(url)).statusCode >= 400, url);
    await app.close();
    rmSync(pages, { recursive: true });
  });

  test('where they have not been built, one is led to what runs', async () => {
    const app = fastify();
    askForRoutes(app, noSessions());
    addPages(app, folder);
    const answer = await app.inject({ url: '/' });
    assert.deepEqual([answer.statusCode, answer.headers.location], [302, '/status']);
    await app.close();
  });
});
