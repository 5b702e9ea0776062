import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import type { HttpSettings, RunningHttp } from '../../services/http/http-server.ts';
import { partsOf, serving } from './http-house.ts';

const request = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';

/** A connection that has been answered and stays open; null where it was closed instead. */
async function connected(port: number | null): Promise<Socket | null> {
  const socket = connect(port!, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(request);
  const answered = await Promise.race([
    once(socket, 'data').then(() => true),
    once(socket, 'close').then(() => false),
  ]);
  return answered ? socket : null;
}

function closeAll(sockets: readonly Socket[]): void {
  for (const socket of sockets) socket.destroy();
}

async function limited(
  over: Partial<HttpSettings>,
  work: (running: RunningHttp, open: (port: number | null) => Promise<Socket | null>) => Promise<void>,
): Promise<void> {
  const opened: Socket[] = [];
  const open = async (port: number | null): Promise<Socket | null> => {
    const socket = await connected(port);
    if (socket) opened.push(socket);
    return socket;
  };
  await serving((running) => work(running, open).finally(() => closeAll(opened)), partsOf(), over);
}

describe('connections of HTTP', () => {
  test('so many at once over both listeners, and again when one has gone', async () => {
    await limited({ maxConnections: 3 }, async ({ httpPort, httpsPort }, open) => {
      const first = await open(httpPort);
      assert.ok(first && (await open(httpPort)));
      // Nothing is said on it: it counts before its handshake.
      const silent = connect(httpsPort!, '127.0.0.1');
      await once(silent, 'connect');
      assert.equal(await open(httpPort), null);
      first.destroy();
      let again: Socket | null = null;
      while (again === null) again = await open(httpPort);
      silent.destroy();
    });
  });

  test('so many from one address', async () => {
    const over = { maxConnections: 100, maxConnectionsPerAddress: 2, notCountedPerAddress: [] };
    await limited(over, async ({ httpPort }, open) => {
      assert.ok((await open(httpPort)) && (await open(httpPort)));
      assert.equal(await open(httpPort), null);
    });
  });

  test('a reverse proxy is not one address', async () => {
    const over = { maxConnections: 3, maxConnectionsPerAddress: 1, notCountedPerAddress: ['127.0.0.0/8'] };
    await limited(over, async ({ httpPort }, open) => {
      assert.ok((await open(httpPort)) && (await open(httpPort)) && (await open(httpPort)));
      assert.equal(await open(httpPort), null, 'but it counts in the sum');
    });
  });
});
