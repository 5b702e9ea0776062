/** What an operator does with the outgoing queue, over the real server: seen, held, released, redirected, tried again, bounced. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inboxWith } from '../support/delivered-mail.ts';
import { DnsServer } from '../support/dns-server.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { NextHopPeer } from '../support/next-hop.ts';
import { addressOf, lookAgainMs, passwordOf, RealServer } from '../support/real-server.ts';
import { SmtpClient } from '../support/smtp-client.ts';

interface Row {
  readonly delivery: string;
  readonly message: string;
  readonly sender: string;
  readonly recipient: string;
  readonly state: string;
  readonly held: boolean;
  readonly attempts: number;
  readonly reply: string;
  readonly reason: string;
}

const busy = '451 4.7.1 come back later';

flowOnEveryLog('the queue at the command line', { timeout: 300_000 }, (openLog) => {
  let peer: NextHopPeer;
  let dns: DnsServer;
  let server: RealServer;

  before(async () => {
    peer = await NextHopPeer.start({ answer: (step) => (step === 'RCPT' ? busy : undefined) });
    dns = await DnsServer.start({ 'out.example': { a: ['127.0.0.1'] } });
    server = await RealServer.start(
      ['wang'],
      {
        MUNIMENT_DNS_SERVERS: dns.address,
        MUNIMENT_DELIVERY_PORT: String(peer.port),
      },
      await openLog(),
    );
    const client = await SmtpClient.connect(server.ports.submission);
    await client.login(addressOf('wang'), passwordOf('wang'));
    for (const name of ['a', 'b', 'c']) {
      const mail = `From: <${addressOf('wang')}>\r\nSubject: to ${name}\r\n\r\nText\r\n`;
      assert.match(await client.send(addressOf('wang'), [`${name}@out.example`], Buffer.from(mail)), /^250 /);
    }
    await client.quit();
  });

  after(async () => {
    await server.dispose();
    await peer.close();
    await dns.close();
  });

  async function rowsOf(...args: readonly string[]): Promise<Row[]> {
    return JSON.parse(await server.muniment('queue', 'list', '--json', ...args)) as Row[];
  }

  /** The one delivery to that address, as soon as it is as wanted. */
  async function rowOf(recipient: string, wanted: (row: Row) => boolean): Promise<Row> {
    for (;;) {
      const [row] = await rowsOf('--all', '--recipient', recipient);
      if (row && wanted(row)) return row;
      await sleep(lookAgainMs);
    }
  }

  const deferred = (row: Row): boolean => row.state === 'waiting' && row.attempts > 0;

  test('lists what waits, with the last answer', async () => {
    for (const name of ['a', 'b', 'c']) await rowOf(`${name}@out.example`, deferred);
    const rows = await rowsOf();
    assert.deepEqual(
      rows.map(({ sender, recipient, reply }) => [sender, recipient, reply]),
      ['a', 'b', 'c'].map((name) => [addressOf('wang'), `${name}@out.example`, busy]),
    );
    const text = await server.muniment('queue', 'list');
    assert.match(text, /a@out\.example +waiting +1 .*451 4\.7\.1 come back later\n/);
    assert.match(text, /3 in the queue\./);
    const trace = await server.muniment('message', 'trace', rows[0]!.message);
    assert.match(trace, /a@out\.example +waiting .*next attempt .*451 4\.7\.1 come back later/);
  });

  test('nothing is changed without a reason, nor where an id means nothing', async () => {
    const [row] = await rowsOf();
    for (const args of [
      [row!.delivery],
      ['--reason', 'x'],
      ['nonsense', '--reason', 'x'],
      [row!.delivery, '--recipient', 'a', '--reason', 'x'],
    ]) {
      const { code, stderr } = await server.verb('queue', 'hold', ...args);
      assert.equal(code, 64, stderr);
    }
    const unknown = await server.verb('queue', 'hold', row!.message, '--reason', 'x');
    assert.equal(unknown.code, 1);
    assert.match(unknown.stdout, /There is no such delivery\./);
    assert.equal((await rowOf('a@out.example', () => true)).held, false);
  });

  test('a held one is not tried until it is released', async () => {
    const { delivery } = await rowOf('a@out.example', deferred);
    await server.muniment('queue', 'hold', delivery, '--reason', 'asked by wang');
    const held = await rowOf('a@out.example', (row) => row.held);
    assert.equal(held.reason, 'asked by wang');
    const retried = await server.verb('queue', 'retry', delivery, '--reason', 'now');
    assert.deepEqual([retried.code, /held; release it first/.test(retried.stdout)], [1, true]);
    await server.muniment('queue', 'release', delivery, '--reason', 'go on');
    const again = await rowOf('a@out.example', (row) => !row.held && row.attempts === 2);
    assert.equal(again.reply, busy);
  });

  test('redirected and tried again it arrives at the new address', async () => {
    peer.behaviour = {};
    const { delivery } = await rowOf('b@out.example', deferred);
    const home = await server.verb('queue', 'redirect', delivery, '--to', addressOf('wang'), '--reason', 'x');
    assert.deepEqual([home.code, /no address elsewhere/.test(home.stdout)], [1, true]);
    await server.muniment('queue', 'redirect', delivery, '--to', 'z@out.example', '--reason', 'moved');
    await rowOf('z@out.example', ({ state }) => state === 'completed');
    assert.deepEqual(peer.taken.at(-1)!.recipients, ['z@out.example']);
    await server.muniment('queue', 'retry', '--recipient', 'a@out', '--reason', 'mended');
    await rowOf('a@out.example', ({ state }) => state === 'completed');
    const late = await server.verb('queue', 'retry', delivery, '--reason', 'again');
    assert.deepEqual([late.code, /come to its end/.test(late.stdout)], [1, true]);
  });

  test('bounced it goes back to its sender with the reason', async () => {
    await server.muniment('queue', 'bounce', '--recipient', 'c@out.example', '--reason', 'wrong customer');
    const [report] = await inboxWith(server, 'wang', 1);
    const body = /base64\r\n\r\n([\w+/=\r\n]+)/.exec(report!.toString())![1]!;
    assert.match(Buffer.from(body, 'base64').toString(), /c@out\.example[\s\S]*wrong customer/);
    assert.deepEqual(await rowsOf(), []);
    assert.match(await server.muniment('queue', 'list'), /The queue is empty\./);
    assert.equal((await server.verb('verify')).code, 0);
  });
});
