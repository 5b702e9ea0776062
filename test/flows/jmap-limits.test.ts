/** The limits of the session object hold (RFC 8620 §2, §3.6.1). */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { coreLimits } from '../../services/http/jmap/core-limits.ts';
import { JmapClient } from '../support/jmap-client.ts';
import { addressOf, passwordOf, RealServer } from '../support/real-server.ts';

async function until(ask: () => Promise<Response>, isSo: (answer: Response) => boolean): Promise<Response> {
  for (let i = 0; i < 100; i++) {
    const answer = await ask();
    if (isSo(answer)) return answer;
  }
  return assert.fail('it never came to that');
}

/** One session of one program. */
const program = 'limit-test';

describe('limits of JMAP', () => {
  let server: RealServer;
  let wang: JmapClient;
  before(async () => {
    server = await RealServer.start(['wang']);
    wang = await JmapClient.signIn(server.ports.http, addressOf('wang'), passwordOf('wang'));
  });
  after(() => server.dispose());

  /** A request that waits for the rest of its body, once the server has begun to read it. */
  async function begun(path: string, octets: number): Promise<Socket> {
    const socket = connect(server.ports.http, '127.0.0.1').on('error', () => {});
    const head = [
      `POST ${path} HTTP/1.1`,
      'Host: x',
      `User-Agent: ${program}`,
      `Authorization: ${wang.headers['authorization']}`,
      'Content-Type: application/json',
      `Content-Length: ${octets}`,
      // Said when the server looks at the request.
      'Expect: 100-continue',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    await once(socket, 'data');
    return socket;
  }

  function post(path: string, body: string | Uint8Array | ReadableStream): Promise<Response> {
    const headers = { ...wang.headers, 'content-type': 'application/json', 'user-agent': program };
    return fetch(`${wang.base}${path}`, { method: 'POST', headers, body, duplex: 'half' } as RequestInit);
  }

  const echo = JSON.stringify({ using: ['urn:ietf:params:jmap:core'], methodCalls: [] });
  const cases = [
    ['maxConcurrentRequests', () => '/jmap/api', 200],
    ['maxConcurrentUpload', () => `/jmap/upload/${wang.account}`, 201],
  ] as const;

  for (const [limit, pathOf, done] of cases) {
    test(`${limit}: one more is refused by name, and taken when another one has ended`, async () => {
      const path = pathOf();
      const open: Socket[] = [];
      for (let i = 0; i < coreLimits[limit]; i++) open.push(await begun(path, echo.length));
      // The last of them may not have come as far as to be counted.
      const refused = await until(
        () => post(path, echo),
        ({ status }) => status !== done,
      );
      assert.equal(refused.status, 429);
      const { type, limit: named } = (await refused.json()) as { type: string; limit: string };
      assert.deepEqual([type, named], ['urn:ietf:params:jmap:error:limit', limit]);
      open[0]!.write(echo);
      await once(open[0]!, 'data');
      open[1]!.destroy();
      await until(
        () => post(path, echo),
        ({ status }) => status === done,
      );
      for (const socket of open) socket.destroy();
    });
  }

  test('maxSizeRequest and maxSizeUpload: more is refused by name, announced or not', async () => {
    const chunked = (octets: number) =>
      new ReadableStream<Uint8Array>({
        start(controller) {
          for (let left = octets; left > 0; left -= 1_000_000) controller.enqueue(new Uint8Array(1_000_000));
          controller.close();
        },
      });
    for (const [limit, path] of [
      ['maxSizeRequest', '/jmap/api'],
      ['maxSizeUpload', `/jmap/upload/${wang.account}`],
    ] as const) {
      for (const body of [new Uint8Array(coreLimits[limit] + 1), chunked(coreLimits[limit] + 1_000_000)]) {
        const response = await post(path, body);
        assert.equal(response.status, 413, limit);
        assert.equal(((await response.json()) as { limit: string }).limit, limit);
      }
    }
  });

  test('whoever goes away half-way is no fault of the server', async () => {
    const said = server.output;
    for (let i = 0; i < 5; i++) {
      const socket = await begun(`/jmap/upload/${wang.account}`, 1000);
      socket.write('half');
      socket.destroy();
      await wang.upload(Buffer.from('whole'));
    }
    assert.equal(server.output, said);
  });
});

describe('uploads on a full disk', () => {
  test('are refused with 507', async () => {
    const server = await RealServer.start(['wang'], { MUNIMENT_MIN_FREE_OCTETS: String(2 ** 52) });
    try {
      const wang = await JmapClient.signIn(server.ports.http, addressOf('wang'), passwordOf('wang'));
      const response = await fetch(`${wang.base}/jmap/upload/${wang.account}`, {
        method: 'POST',
        headers: wang.headers,
        body: 'x',
      });
      assert.equal(response.status, 507);
      assert.equal(((await response.json()) as { code: string }).code, 'diskLow');
    } finally {
      await server.dispose();
    }
  });
});
