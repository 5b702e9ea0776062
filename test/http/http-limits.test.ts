import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { startHttp } from '../../services/http/http-server.ts';
import { actOf } from '../../services/http/route-access.ts';
import { createRoutes } from '../../services/http/routes.ts';
import { healthy } from './healthy-parts.ts';
import { partsOf, plain, secure, serving, settings } from './http-house.ts';

describe('limits', () => {
  test('a body over the limit is refused', async () => {
    const app = createRoutes(partsOf(), { ...settings, redirectPort: null, maxBodyOctets: 100 });
    app.post('/echo', actOf('readState'), async ({ body }) => body);
    const payload = (length: number) => ({ text: 'x'.repeat(length) });
    const answer = (length: number) => app.inject({ method: 'POST', url: '/echo', payload: payload(length) });
    assert.equal((await answer(10)).statusCode, 200);
    const refused = await answer(200);
    assert.equal(refused.statusCode, 413);
    assert.equal(typeof refused.json().detail, 'string');
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
      { headersTimeoutMs: 100 },
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
