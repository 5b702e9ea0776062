/** What a hostile client may say to the IMAP door: each is answered in words, and nobody else notices. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countInInbox, imapLogin } from '../support/delivered-mail.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { attackedServer, mailOfHeaders, makeNoise, nestedMail, wideMail } from '../support/hostile.ts';
import { ImapClient } from '../support/imap-client.ts';
import { peakGrowthOctets } from '../support/memory-gauge.ts';
import { addressOf, passwordOf } from '../support/real-server.ts';
import { Wire } from '../support/wire.ts';

const mebi = 1024 * 1024;

flowOnEveryLog('bad input by IMAP', { timeout: 600_000 }, (openLog) => {
  const attacked = attackedServer(openLog);

  async function greeted(): Promise<Wire> {
    const wire = await Wire.connect(attacked.server.ports.imap);
    assert.match(await wire.line(), /^\* OK /);
    return wire;
  }

  async function selected(): Promise<ImapClient> {
    const client = await imapLogin(attacked.server, 'wang');
    await client.ok('SELECT INBOX');
    return client;
  }

  async function answered(client: ImapClient, command: string): Promise<string> {
    return (await client.command(command)).status;
  }

  test('a command line without an end: BAD at 64 KiB, BYE when it does not stop; nothing of it is gathered', async () => {
    for (const connect of [greeted, async () => (await selected()).wire]) {
      const wire = await connect();
      const growth = await peakGrowthOctets(attacked.server.pid, async () => {
        wire.write('a LOGIN ');
        const piece = Buffer.alloc(mebi, 'x');
        for (let sent = 0; sent < 64; sent++) wire.write(piece);
        const said = await wire.rest();
        assert.match(said, /^a BAD The command is too long\r\n\* BYE /);
      });
      assert.ok(growth < 32 * mebi, `grew by ${growth} octets`);
    }
  });

  test('a literal of 4 GB: refused before it comes; one that does not wait ends the connection', async () => {
    const wire = await greeted();
    for (const octets of ['4294967295', '4294967296', '99999999999999999999']) {
      wire.write(`a LOGIN {${octets}}\r\n`);
      assert.match(await wire.line(), /^a BAD /);
    }
    wire.write('b LOGIN {4294967295+}\r\n');
    assert.match(await wire.rest(), /^\* BYE /);
    const client = await selected();
    assert.match(await answered(client, 'APPEND INBOX {4294967295}'), /^NO \[TOOBIG\] /);
    assert.match(await answered(client, 'APPEND INBOX {4294967296}'), /^(?:NO|BAD) /);
    assert.match(await answered(client, 'NOOP'), /^OK /);
    client.wire.write('c APPEND INBOX {4294967295+}\r\nSubject: x\r\n');
    assert.match(await client.wire.rest(), /^\* BYE /);
  });

  test('ten thousand literals of nothing, and one argument after the other', async () => {
    const client = await selected();
    client.wire.write(`x SEARCH ${'SUBJECT {0+}\r\n '.repeat(10_000)}ALL\r\n`);
    const line = await client.wire.line();
    assert.match(line, /^(?:x BAD|\* BYE|\* SEARCH)/);
  });

  test('NUL, bare CR and bare LF, 8-bit octets', async () => {
    const client = await selected();
    assert.match(await answered(client, 'NO\0OP'), /^BAD /);
    assert.match(await answered(client, 'SELECT "IN\0BOX"'), /^BAD /);
    assert.match(await answered(client, 'CREATE "a\rb"'), /^BAD /);
    assert.match(await answered(client, 'CREATE "\xff\xfe"'), /^(?:BAD|NO) /);
    assert.match(await answered(client, 'CREATE "&Jjo!"'), /^(?:BAD|NO) /);
    assert.match(await answered(client, 'LIST "" "\xd6\xd0*"'), /^(?:BAD|NO|OK) /);
    client.wire.write('n NOOP\n');
    assert.match(await client.wire.line(), /^n (?:OK|BAD) /);
    assert.match((await client.command('CREATE', Buffer.from('a\0b'))).status, /^BAD /);
    assert.match(
      (await client.command('APPEND INBOX', Buffer.from('Subject: \0\r\n\r\n'))).status,
      /^(?:NO|OK) /,
    );
    assert.match(await answered(client, 'NOOP'), /^OK /);
    await client.logout();
  });

  test('commands out of order', async () => {
    const client = await ImapClient.connect(attacked.server.ports.imap);
    for (const command of [
      'SELECT INBOX',
      'FETCH 1 BODY[]',
      'LIST "" "*"',
      'APPEND INBOX {3}',
      'IDLE',
      'UID',
    ])
      assert.match(await answered(client, command), /^BAD /, command);
    await client.ok(`LOGIN "${addressOf('wang')}" "${passwordOf('wang')}"`);
    for (const command of [
      'FETCH 1 BODY[]',
      'LOGIN a b',
      'STARTTLS',
      'EXPUNGE',
      'AUTHENTICATE PLAIN',
      'DONE',
    ])
      assert.match(await answered(client, command), /^BAD /, command);
    await client.logout();
  });

  test('what was pipelined behind STARTTLS in the clear is dropped (CVE-2011-0411)', async () => {
    const wire = await greeted();
    wire.write(`a STARTTLS\r\nb LOGIN "${addressOf('wang')}" "${passwordOf('wang')}"\r\n`);
    assert.match(await wire.line(), /^a OK /);
    await wire.startTls();
    wire.write('c LIST "" "*"\r\n');
    assert.match(await wire.line(), /^c BAD /);
    wire.close();
  });

  test('depth and length of arguments are bounded', async () => {
    const client = await selected();
    const ranges = Array.from({ length: 9_000 }, (_, i) => i * 2 + 1).join(',');
    for (const command of [
      `SEARCH ${'('.repeat(10_000)}ALL${')'.repeat(10_000)}`,
      `SEARCH ${'NOT '.repeat(10_000)}ALL`,
      `SEARCH ${'OR '.repeat(5_000)}${'ALL '.repeat(5_001)}`,
      `FETCH 1 BODY[${'1.'.repeat(10_000)}1]`,
      `FETCH 1 (${'('.repeat(10_000)}`,
      'FETCH 4294967296 FLAGS',
      'FETCH 1 BODY[]<1.0>',
      'STORE 1 +FLAGS (\\Nonsense)',
      `CREATE ${'a/'.repeat(1_000)}a`,
      `CREATE "${'n'.repeat(10_000)}"`,
      'UID FETCH * (',
      'FETCH 0 FLAGS',
    ])
      assert.match(await answered(client, command), /^(?:BAD|NO) /, command.slice(0, 60));
    assert.match(await answered(client, `UID SEARCH UID ${ranges}`), /^OK /);
    assert.match(await answered(client, `LIST "" "${'*%'.repeat(5_000)}x"`), /^(?:OK|BAD|NO) /);
    assert.match(await answered(client, 'UID FETCH 1:4294967295 FLAGS'), /^OK /);
    await client.logout();
  });

  const heavy = [
    { name: '10,000 multiparts inside one another', mail: nestedMail(10_000) },
    { name: '20,000 parts beside one another', mail: wideMail(20_000) },
    { name: '100,000 header fields', mail: mailOfHeaders(100_000) },
  ];
  for (const { name, mail } of heavy) {
    test(`APPEND of ${name}, and every way to read them`, async () => {
      const client = await selected();
      await client.ok('CREATE Heavy');
      const growth = await peakGrowthOctets(attacked.server.pid, async () => {
        const uid = await client.append('Heavy', mail);
        await client.ok('SELECT Heavy');
        const deep = `BODY.PEEK[${'1.'.repeat(90)}1]`;
        const items = `ENVELOPE BODY BODYSTRUCTURE BODY.PEEK[HEADER.FIELDS (X-Field-99999)] ${deep} BINARY.SIZE[1]`;
        assert.match(await answered(client, `UID FETCH ${uid} (${items})`), /^OK /);
        assert.ok((await client.bodies()).get(uid)!.equals(mail));
        assert.match(
          await answered(client, 'UID SEARCH TEXT nowhere BODY nowhere HEADER X-Field-1 nowhere'),
          /^OK /,
        );
      });
      assert.ok(growth < 128 * mebi, `grew by ${growth} octets`);
      await client.ok('CLOSE');
      await client.ok('DELETE Heavy');
      await client.logout();
    });
  }

  test('a client that closes its side is answered to the end; within a message nothing is kept', async () => {
    const before = await countInInbox(attacked.server, 'wang');
    const pipelined = (await selected()).wire;
    pipelined.write('x NOOP\r\ny STATUS INBOX (MESSAGES)\r\n');
    pipelined.endInput();
    assert.match(await pipelined.rest(), /x OK (?:.|\s)*?\* STATUS INBOX (?:.|\s)*?y OK /);
    const appending = (await selected()).wire;
    appending.write('z APPEND INBOX {100}\r\n');
    assert.match(await appending.line(), /^\+/);
    appending.write('Subject: half');
    appending.endInput();
    assert.match(await appending.rest(), /^z NO /);
    const idling = (await selected()).wire;
    idling.write('i IDLE\r\n');
    assert.match(await idling.line(), /^\+/);
    idling.endInput();
    await idling.rest();
    assert.equal(await countInInbox(attacked.server, 'wang'), before);
  });

  test('a password is guessed: no word of what was wrong, and an end to it', async () => {
    const client = await ImapClient.connect(attacked.server.ports.imap);
    for (let i = 0; i < 3; i++)
      assert.match(
        await answered(client, `LOGIN nobody-${i}@acme.example wrong-${i}`),
        /^NO \[AUTHENTICATIONFAILED\] /,
      );
    client.wire.write('AUTHENTICATE\r\n'.repeat(200));
    client.wire.endInput();
    await client.wire.rest();
  });

  test('noise on a hundred connections', () => makeNoise(attacked.server.ports.imap, /^\* OK /));
});
