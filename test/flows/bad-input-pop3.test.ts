/** What a hostile client may say to the POP3 door: each is answered in words, and nobody else notices. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliver, mailWith } from '../support/delivered-mail.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { attackedServer, makeNoise } from '../support/hostile.ts';
import { peakGrowthOctets } from '../support/memory-gauge.ts';
import { Pop3Client } from '../support/pop3-client.ts';
import { addressOf, passwordOf } from '../support/real-server.ts';
import { Wire } from '../support/wire.ts';

const mebi = 1024 * 1024;

flowOnEveryLog('bad input by POP3', { timeout: 600_000 }, (openLog) => {
  const attacked = attackedServer(openLog, (server) =>
    deliver(server, 'wang', [mailWith('one'), mailWith('two')]),
  );

  async function greeted(): Promise<Wire> {
    const wire = await Wire.connect(attacked.server.ports.pop3);
    assert.match(await wire.line(), /^\+OK /);
    return wire;
  }

  function login(): Promise<Pop3Client> {
    return Pop3Client.login(attacked.server.ports.pop3, addressOf('wang'), passwordOf('wang'));
  }

  /** First lines of the answers to commands said one after the other. */
  async function answers(wire: Wire, commands: readonly string[]): Promise<string[]> {
    const said: string[] = [];
    for (const command of commands) {
      wire.write(`${command}\r\n`);
      said.push((await wire.line()).slice(0, 4));
    }
    return said;
  }

  test('a line without an end is told off and ends the connection; nothing of it is gathered', async () => {
    for (const connect of [greeted, async () => (await login()).wire]) {
      const wire = await connect();
      const growth = await peakGrowthOctets(attacked.server.pid, async () => {
        const piece = Buffer.alloc(mebi, 'x');
        for (let sent = 0; sent < 64; sent++) wire.write(piece);
        assert.match(await wire.rest(), /^-ERR This line is too long/);
      });
      assert.ok(growth < 32 * mebi, `grew by ${growth} octets`);
    }
  });

  test('more commands than are taken at once', async () => {
    const { wire } = await login();
    const growth = await peakGrowthOctets(attacked.server.pid, async () => {
      wire.write('RETR 1\r\n'.repeat(100_000));
      await wire.ended();
    });
    assert.ok(growth < 48 * mebi, `grew by ${growth} octets`);
  });

  test('hundreds of pipelined commands are answered in order (RFC 2449 section 6.6)', async () => {
    const { wire } = await login();
    wire.write(Array.from({ length: 500 }, (_, i) => (i % 2 ? 'STAT\r\n' : 'NOOP\r\n')).join(''));
    for (let i = 0; i < 500; i++) assert.match(await wire.line(), i % 2 ? /^\+OK 2 / : /^\+OK$/);
    wire.close();
  });

  test('commands out of order, without arguments, with nonsense', async () => {
    const wire = await greeted();
    const before = ['STAT', 'RETR 1', 'PASS x', 'DELE 1', 'USER', 'AUTH NONE', 'NO\0OP', '', 'X', '\xff\xfe'];
    assert.deepEqual(
      await answers(wire, before),
      before.map(() => '-ERR'),
    );
    wire.close();
    const client = await login();
    const inside = [
      'USER x',
      'PASS x',
      'STLS',
      'AUTH PLAIN',
      'RETR',
      'RETR 0',
      'RETR -1',
      'RETR 3',
      'RETR 4294967297',
      'DELE x',
    ];
    inside.push('TOP 1', 'TOP 1 -1', 'TOP 1 99999999999', 'LIST 9', 'UIDL 9', 'LIST 1e1', 'RETR 1\0');
    assert.deepEqual(
      await answers(client.wire, inside),
      inside.map(() => '-ERR'),
    );
    await client.quit();
  });

  test('AUTH PLAIN with nonsense, cancelled, and never answered', async () => {
    const wire = await greeted();
    assert.deepEqual(
      await answers(wire, ['AUTH PLAIN !!!', `AUTH PLAIN ${'A'.repeat(12_000)}`, 'AUTH PLAIN', '*']),
      ['-ERR', '-ERR', '+ ', '-ERR'],
    );
    wire.write('AUTH PLAIN\r\n');
    assert.equal(await wire.line(), '+ ');
    wire.endInput();
    await wire.rest();
  });

  test('what was pipelined behind STLS in the clear is dropped (RFC 2595 section 4)', async () => {
    const wire = await greeted();
    wire.write(`STLS\r\nUSER ${addressOf('wang')}\r\nPASS ${passwordOf('wang')}\r\n`);
    assert.match(await wire.line(), /^\+OK /);
    await wire.startTls();
    wire.write('STAT\r\n');
    assert.match(await wire.line(), /^-ERR /);
    wire.close();
  });

  test('a client that has said everything and closes its side is answered to the end', async () => {
    const wire = await greeted();
    wire.write(
      `USER ${addressOf('wang')}\r\nPASS ${passwordOf('wang')}\r\nSTAT\r\nRETR 1\r\nTOP 2 0\r\nQUIT\r\n`,
    );
    wire.endInput();
    const said = await wire.rest();
    assert.match(
      said,
      /^\+OK\r\n\+OK 2 messages(?:.|\s)*?Subject: one\r\n(?:.|\s)*?\r\n\.\r\n(?:.|\s)*?Subject: two\r\n(?:.|\s)*?\.\r\n\+OK\r\n$/,
    );
  });

  test('what was marked and not confirmed by QUIT stays (RFC 1939 section 6)', async () => {
    const { wire } = await login();
    wire.write('DELE 1\r\n');
    assert.match(await wire.line(), /^\+OK/);
    wire.endInput();
    await wire.rest();
    const client = await login();
    assert.match(await client.ok('STAT'), /^2 /);
    await client.quit();
  });

  test('noise on a hundred connections', () => makeNoise(attacked.server.ports.pop3, /^\+OK /));
});
