/** POP3 as a mail program meets it on the real server (RFC 1939, RFC 2449, RFC 2595, RFC 5034). */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { deliver, imapLogin, inboxWith, mailWith } from '../support/delivered-mail.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { Pop3Client } from '../support/pop3-client.ts';
import { addressOf, passwordOf, RealServer } from '../support/real-server.ts';
import { Wire } from '../support/wire.ts';

flowOnEveryLog('POP3', { timeout: 600_000 }, (openLog) => {
  let server: RealServer;

  before(async () => {
    server = await RealServer.start(['wang', 'li', 'zhao'], {}, await openLog());
    for (const name of ['wang', 'li', 'zhao'])
      await deliver(server, name, [mailWith('one', 'a\r\nb\r\nc'), mailWith('two'), mailWith('three')]);
  });

  after(() => server?.dispose());

  function login(name: string): Promise<Pop3Client> {
    return Pop3Client.login(server.ports.pop3, addressOf(name), passwordOf(name));
  }

  /** Lines of an answer of several. */
  async function listed(wire: Wire, command: string): Promise<string[]> {
    wire.write(`${command}\r\n`);
    const lines: string[] = [];
    while (lines.at(-1) !== '.') lines.push(await wire.line());
    return lines.slice(0, -1);
  }

  async function said(wire: Wire, command: string): Promise<string> {
    wire.write(`${command}\r\n`);
    return wire.line();
  }

  test('CAPA names what there is, in each state and on each channel', async () => {
    const plain = await Wire.connect(server.ports.pop3);
    await plain.line();
    const always = ['TOP', 'UIDL', 'RESP-CODES', 'AUTH-RESP-CODE', 'PIPELINING', 'EXPIRE NEVER'];
    const offered = async (wire: Wire) =>
      (await listed(wire, 'CAPA')).filter((line) => !/^\+OK|^IMPL/.test(line));
    assert.deepEqual(await offered(plain), ['STLS', 'USER', 'SASL PLAIN', ...always]);
    assert.match(await said(plain, 'STLS'), /^\+OK/);
    await plain.startTls();
    assert.deepEqual(await offered(plain), ['USER', 'SASL PLAIN', ...always]);
    assert.match(await said(plain, 'STLS'), /^-ERR/);
    plain.close();
  });

  test('STLS and TLS from the first octet; AUTH PLAIN with and without an initial response', async () => {
    const secret = Buffer.from(`\0${addressOf('wang')}\0${passwordOf('wang')}`).toString('base64');
    const tls = await Wire.connectTls(server.ports.pop3s);
    await tls.line();
    assert.match(await said(tls, `AUTH PLAIN ${secret}`), /^\+OK 3 messages/);
    assert.match(await said(tls, 'QUIT'), /^\+OK/);
    const plain = await Wire.connect(server.ports.pop3);
    await plain.line();
    await said(plain, 'STLS');
    await plain.startTls();
    assert.equal(await said(plain, 'AUTH PLAIN'), '+ ');
    assert.match(await said(plain, secret), /^\+OK 3 messages/);
    assert.match(await said(plain, 'QUIT'), /^\+OK/);
  });

  test('response codes say why (RFC 2449 section 8, RFC 3206)', async () => {
    const wire = await Wire.connect(server.ports.pop3);
    await wire.line();
    await said(wire, `USER ${addressOf('wang')}`);
    assert.match(await said(wire, 'PASS wrong'), /^-ERR \[AUTH\] /);
    wire.close();
  });

  test('TOP shows the header and as many lines of the body', async () => {
    const client = await login('wang');
    const body = (lines: readonly string[]) => lines.slice(lines.indexOf('') + 1);
    assert.deepEqual(body(await client.lines('TOP 1 0')), []);
    assert.deepEqual(body(await client.lines('TOP 1 2')), ['a', 'b']);
    assert.deepEqual(body(await client.lines('TOP 1 99')), ['a', 'b', 'c', '.hidden']);
    await client.quit();
  });

  test('pipelined commands are answered in order', async () => {
    const client = await login('wang');
    client.wire.write('NOOP\r\nLIST 1\r\nDELE 1\r\nLIST 1\r\nRSET\r\nLIST 1\r\nNOOP\r\n');
    const answers: string[] = [];
    for (let i = 0; i < 7; i++) answers.push((await client.wire.line()).slice(0, 5).trim());
    assert.deepEqual(answers, ['+OK', '+OK 1', '+OK', '-ERR', '+OK', '+OK 1', '+OK']);
    await client.quit();
  });

  test('several sessions at once see the same; what one deletes the other loses no numbers by', async () => {
    const [first, second] = [await login('li'), await login('li')];
    assert.deepEqual(await first.lines('UIDL'), await second.lines('UIDL'));
    await first.ok('DELE 1');
    assert.match(await second.ok('STAT'), /^3 /, 'nothing is deleted before QUIT');
    await first.quit();
    assert.match(await second.ok('STAT'), /^3 /, 'a maildrop stays what it was at the sign-in');
    assert.match((await second.retrieve(2)).toString(), /Subject: two/);
    await second.ok('DELE 1');
    await second.quit();
    const third = await login('li');
    assert.match(await third.ok('STAT'), /^2 /);
    await third.quit();
  });

  test('RETR of a message that IMAP has expunged meanwhile is answered, and the session goes on', async () => {
    const pop3 = await login('li');
    const imap = await imapLogin(server, 'li');
    await imap.ok('SELECT INBOX');
    await imap.ok('STORE 1 +FLAGS (\\Deleted)');
    await imap.ok('EXPUNGE');
    await imap.logout();
    pop3.wire.write('RETR 1\r\n');
    const first = await pop3.wire.line();
    assert.match(first, /^(?:\+OK|-ERR)/);
    if (first.startsWith('+OK')) while ((await pop3.wire.line()) !== '.');
    assert.match((await pop3.retrieve(2)).toString(), /Subject: three/);
    await pop3.quit();
  });

  test('UIDL stays through deletions, a restart and a rebuild', async () => {
    const before = await login('zhao');
    const known = (await before.lines('UIDL')).map((line) => line.split(' ')[1]!);
    assert.equal(new Set(known).size, 3);
    for (const id of known) assert.match(id, /^[\x21-\x7e]{1,70}$/);
    await before.ok('DELE 2');
    await before.quit();
    const [rebuilt] = JSON.parse(await server.muniment('rebuild', 'mailboxes', '--json'));
    assert.deepEqual([rebuilt.differing, rebuilt.switched], [[], true]);
    await server.stop();
    await server.start();
    await inboxWith(server, 'zhao', 2);
    const after = await login('zhao');
    assert.deepEqual(await after.lines('UIDL'), [`1 ${known[0]}`, `2 ${known[2]}`]);
    assert.equal(await after.ok('UIDL 2'), `2 ${known[2]}`);
    await after.quit();
  });
});
