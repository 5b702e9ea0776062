import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage, type RequestOptions } from 'node:http';
import { get as secureGet } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { fastify } from 'fastify';
import { readConfig } from '../../services/config.ts';
import type { HealthReadings } from '../../services/http/health-readings.ts';
import {
  defaultHttpSettings,
  type HttpParts,
  type HttpSettings,
  type RunningHttp,
  startHttp,
} from '../../services/http/http-server.ts';
import { addPages } from '../../services/http/pages.ts';
import { actOf, askForRoutes } from '../../services/http/route-access.ts';
import { createRoutes } from '../../services/http/routes.ts';
import { loadCertificate } from '../../services/start/certificate.ts';
import { healthy, sourcesOf } from './healthy-parts.ts';
import { noSessions, untouched } from './no-sessions.ts';

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let folder: string;
let tls: HttpParts['tls'];
const settings: HttpSettings = {
  ...defaultHttpSettings,
  hostname: 'mail.acme.example',
  listen: '127.0.0.1',
  httpPort: 0,
  httpsPort: 0,
  closeTimeoutMs: 1000,
};

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muniment-http-'));
  const environment = { MUNIMENT_DATA: folder, MUNIMENT_HOSTNAME: 'mail.acme.example' };
  const { keyPem, certPem } = await loadCertificate(readConfig(environment, null));
  tls = { key: keyPem, cert: certPem };
});

after(() => rmSync(folder, { recursive: true }));

function partsOf(readings: HealthReadings = healthy, faults: unknown[] = []): HttpParts {
  return {
    tls,
    health: sourcesOf(readings),
    meters: [],
    sessions: noSessions(),
    jmap: untouched,
    listening: () => [{ name: 'IMAP <TLS>', port: 1993 }],
    report: (failure) => faults.push(failure),
  };
}

async function serving(
  work: (running: RunningHttp) => Promise<void>,
  parts = partsOf(),
  over: Partial<HttpSettings> = {},
) {
  const running = await startHttp(parts, { ...settings, ...over });
  try {
    await work(running);
  } finally {
    await running.close();
  }
}

function answerOf(
  send: (got: (message: IncomingMessage) => void) => {
    on(event: 'error', failed: (error: Error) => void): unknown;
  },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    send((message) => {
      text(message).then(
        (body) => resolve({ status: message.statusCode!, headers: message.headers, body }),
        reject,
      );
    }).on('error', reject);
  });
}

function plain(port: number | null, path: string, options: RequestOptions = {}): Promise<Answer> {
  return answerOf((got) => get({ host: '127.0.0.1', port, path, agent: false, ...options }, got));
}

function secure(port: number | null, path: string): Promise<Answer> {
  return answerOf((got) =>
    secureGet({ host: '127.0.0.1', port, path, agent: false, rejectUnauthorized: false }, got),
  );
}

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

  test('what is not there is 404, as JSON', async () => {
    await serving(async ({ httpPort }) => {
      const { status, body } = await plain(httpPort, '/nothing');
      assert.deepEqual([status, JSON.parse(body)], [404, { error: 'There is nothing here.' }]);
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

describe('limits', () => {
  test('a body over the limit is refused', async () => {
    const app = createRoutes(partsOf(), { ...settings, redirectPort: null, maxBodyOctets: 100 });
    app.post('/echo', actOf('readState'), async ({ body }) => body);
    const payload = (length: number) => ({ text: 'x'.repeat(length) });
    const answer = (length: number) => app.inject({ method: 'POST', url: '/echo', payload: payload(length) });
    assert.equal((await answer(10)).statusCode, 200);
    const refused = await answer(200);
    assert.equal(refused.statusCode, 413);
    assert.equal(typeof refused.json().error, 'string');
    await app.close();
  });

  test('headers over the limit are refused', async () => {
    await serving(async ({ httpPort }) => {
      assert.equal(
        (await plain(httpPort, '/healthz', { headers: { 'x-long': 'x'.repeat(20_000) } })).status,
        431,
      );
    });
  });

  test('a request that never ends is ended', async () => {
    await serving(
      async ({ httpPort }) => {
        const socket = connect(httpPort!, '127.0.0.1');
        socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ');
        assert.match(await text(socket), /^HTTP\/1\.1 408 |^$/);
      },
      partsOf(),
      { requestTimeoutMs: 100 },
    );
  });

  test('octets that are no HTTP disturb nobody', async () => {
    await serving(async ({ httpPort, httpsPort }) => {
      for (const port of [httpPort!, httpsPort!]) {
        const socket = connect(port, '127.0.0.1');
        socket.on('error', () => {});
        socket.end(Buffer.from('\x16\x03\x01\0\xff EHLO x\r\n\r\n', 'latin1'));
        await text(socket).catch(() => {});
      }
      assert.equal((await plain(httpPort, '/healthz')).status, 200);
      assert.equal((await secure(httpsPort, '/healthz')).status, 200);
    });
  });
});

describe('starting and closing', () => {
  test('what is under way is answered', async () => {
    let release = () => {};
    const waiting = new Promise<void>((resolve) => {
      release = resolve;
    });
    let asked = () => {};
    const underWay = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const parts = partsOf();
    const projections = async () => {
      asked();
      await waiting;
      return healthy.projections!;
    };
    const slow = { ...parts, health: { ...parts.health, projections } };
    const running = await startHttp(slow, settings);
    const answer = plain(running.httpPort, '/healthz', { headers: { connection: 'keep-alive' } });
    await underWay;
    const closing = running.close();
    release();
    assert.equal((await answer).status, 200);
    await closing;
    await assert.rejects(plain(running.httpPort, '/healthz'), { code: 'ECONNREFUSED' });
  });

  test('a connection that is kept for another request does not hold it up', { timeout: 20_000 }, async () => {
    const parts = partsOf();
    let release = () => {};
    const waiting = new Promise<void>((resolve) => {
      release = resolve;
    });
    const projections = () => waiting.then(() => healthy.projections!);
    const slow = { ...parts, health: { ...parts.health, projections } };
    const running = await startHttp(slow, { ...settings, closeTimeoutMs: 3_600_000 });
    const socket = connect(running.httpPort!, '127.0.0.1');
    socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    const answer = text(socket);
    await plain(running.httpPort, '/');
    const closing = running.close();
    release();
    assert.match(await answer, /^HTTP\/1\.1 200 /);
    await closing;
  });

  test('what does not end is cut off after the time given', async () => {
    const running = await startHttp(partsOf(), { ...settings, closeTimeoutMs: 50 });
    const socket = connect(running.httpPort!, '127.0.0.1');
    socket.write('POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nx');
    const ended = text(socket).catch(() => '');
    await new Promise((resolve) => socket.once('connect', resolve));
    await running.close();
    await ended;
  });

  test('a port that is taken is said, and nothing listens', async () => {
    await serving(async ({ httpPort, httpsPort }) => {
      await assert.rejects(startHttp(partsOf(), { ...settings, httpPort, httpsPort: 0 }), {
        code: 'EADDRINUSE',
      });
      assert.equal((await plain(httpPort, '/healthz')).status, 200);
      assert.ok(httpsPort);
    });
  });

  test('each listener can be off', async () => {
    await serving(
      async ({ httpPort, httpsPort }) => {
        assert.equal(httpsPort, null);
        assert.equal((await plain(httpPort, '/healthz')).status, 200);
      },
      partsOf(),
      { httpsPort: null },
    );
  });
});
