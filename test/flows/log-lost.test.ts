/** A log elsewhere that cannot be reached: at the start, and while the server serves. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { deliver, inboxWith, mailWith } from '../support/delivered-mail.ts';
import { addressOf, freePorts, RealServer } from '../support/real-server.ts';
import { logOn } from '../support/server-log.ts';
import { SmtpClient } from '../support/smtp-client.ts';
import { WeakServer } from '../support/weak-server.ts';

/** Weak in nothing but that it goes away. */
const steady = { seed: 31, unknownRate: 0, breakRate: 0, maxLateMs: 0 };

describe('a log that is not there at the start', () => {
  test('is named with what to do, without its password and without a stack', async () => {
    const [port] = await freePorts(1);
    const server = await RealServer.prepare({
      MUNIMENT_EVENT_STORE_URL: `esdb://admin:s3cret@127.0.0.1:${port}?tls=false`,
    });
    try {
      const { code, stderr, stdout } = await server.startRefused();
      assert.equal(code, 69, stderr);
      const said = stdout + stderr;
      assert.match(
        said,
        /The event store at esdb:\/\/…@127\.0\.0\.1:\d+\?tls=false .*does not answer.*start it, or correct/,
      );
      assert.doesNotMatch(said, /s3cret|\n {4}at /);
    } finally {
      await server.dispose();
    }
  });
});

describe('a log that is lost while the server serves', { timeout: 300_000 }, () => {
  let weak: WeakServer;
  let server: RealServer;
  before(async () => {
    weak = await WeakServer.start(steady);
    server = await RealServer.start(['wang'], {}, logOn(weak));
    await deliver(server, 'wang', [mailWith('before')]);
  });
  after(async () => {
    await server.dispose();
    weak.close();
  });

  async function health(): Promise<{ status: number; log: string }> {
    const response = await fetch(`http://127.0.0.1:${server.ports.http}/healthz`);
    const { log } = (await response.json()) as { log: { state: string } };
    return { status: response.status, log: log.state };
  }

  async function send(subject: string): Promise<string> {
    const smtp = await SmtpClient.connect(server.ports.smtp);
    return smtp.send('peer@peer.example', [addressOf('wang')], mailWith(subject));
  }

  test('/healthz says so, mail gets 451, and all goes on when it is back', async () => {
    while ((await health()).status !== 200) await sleep(500);
    weak.close();
    const sending = send('lost');
    await sleep(1000);
    assert.deepEqual(await health(), { status: 503, log: 'red' });
    assert.match(await sending, /^451 4\.3\.0 /);
    weak = await WeakServer.start({ ...steady, log: weak.log, port: weak.port });
    let reply = '';
    while (!reply.startsWith('250 ')) reply = await send('again');
    while ((await health()).status !== 200) await sleep(500);
    assert.ok((await inboxWith(server, 'wang', 2)).some((mail) => mail.includes('again')));
  });
});
