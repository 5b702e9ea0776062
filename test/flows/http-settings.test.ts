/** The settings of the HTTP door reach it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { RealServer } from '../support/real-server.ts';

describe('settings of HTTP', () => {
  let server: RealServer;
  before(async () => {
    server = await RealServer.start([], {
      MUNIMENT_MAX_CONNECTIONS: '5',
      MUNIMENT_TRUSTED_PROXIES: '10.0.0.0/8',
      MUNIMENT_METRICS_READERS: '192.0.2.0/24',
    });
  });
  after(() => server.dispose());

  async function metricsFor(forwardedFor: string): Promise<number> {
    const { status } = await fetch(`http://127.0.0.1:${server.ports.http}/metrics`, {
      headers: { 'x-forwarded-for': forwardedFor, connection: 'close' },
    });
    return status;
  }

  test('metrics are for the networks that the administrator names, asked for by proxies that he trusts', async () => {
    assert.equal(await metricsFor('192.0.2.9'), 200);
    assert.equal(await metricsFor('198.51.100.9'), 403);
    assert.equal(await metricsFor('192.0.2.9, 10.1.1.1'), 200);
    assert.equal(await metricsFor('192.0.2.9, 198.51.100.1'), 403, 'another proxy is not believed');
  });

  test('no more connections than MUNIMENT_MAX_CONNECTIONS', async () => {
    const open: Socket[] = [];
    const closed: Socket[] = [];
    for (let i = 0; i < 8; i++) {
      const socket = connect(server.ports.http, '127.0.0.1').on('error', () => {});
      socket.once('close', () => closed.push(socket));
      await once(socket, 'connect');
      open.push(socket);
    }
    while (closed.length < 3) await new Promise((resolve) => setTimeout(resolve, 20));
    const held = open.filter((socket) => !closed.includes(socket));
    const [first] = held;
    first!.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(first!, 'data');
    assert.equal(held.length, 5);
    for (const socket of open) socket.destroy();
  });
});
