/** Clients, servers and ends that have nothing to do with one another leave one another alone. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bystander } from '../support/bystander.ts';
import { deliver, imapLogin, inboxWith, mailWith, randomLines } from '../support/delivered-mail.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { ImapClient } from '../support/imap-client.ts';
import { memoryIsKnown, peakGrowthOctets } from '../support/memory-gauge.ts';
import { Pop3Client } from '../support/pop3-client.ts';
import { addressOf, passwordOf, RealServer } from '../support/real-server.ts';
import { SmtpClient } from '../support/smtp-client.ts';
import { Wire } from '../support/wire.ts';

const mebi = 1024 * 1024;
/** Ten clients wait for a mail of this size, and the server may grow by less than half of what they wait for. */
const largeMebi = 24;
const maxGrowthMebi = 100;
/** EX_UNAVAILABLE of sysexits, as `services/cli/verb.ts` promises. */
const unavailable = 69;

flowOnEveryLog('a client that stops reading', { timeout: 600_000 }, (openLog) => {
  const large = Buffer.concat([Buffer.from('Subject: large\r\n\r\n'), randomLines(largeMebi * mebi)]);
  let server: RealServer;
  let bystander: Bystander;

  before(async () => {
    server = await RealServer.start(['wang', 'li'], {}, await openLog());
    bystander = await Bystander.at(server, 'li');
    await bystander.works();
    const imap = await imapLogin(server, 'wang');
    await imap.append('INBOX', large);
    await imap.logout();
  });

  after(async () => {
    await bystander?.leave();
    await server?.dispose();
  });

  /** Ten clients ask for the large mail and take nothing of the answer for as long as others are served. */
  async function frozen(wires: readonly Wire[], command: string): Promise<void> {
    const growth = await peakGrowthOctets(server.pid, async () => {
      for (const wire of wires) {
        wire.freeze();
        wire.write(command);
      }
      for (let i = 0; i < 10; i++) await bystander.works();
    });
    assert.ok(growth < maxGrowthMebi * mebi, `grew by ${growth} octets while ${10 * largeMebi} MB waited`);
  }

  test('in the middle of FETCH', async () => {
    const clients = await Promise.all(Array.from({ length: 10 }, () => imapLogin(server, 'wang')));
    for (const client of clients) await client.ok('SELECT INBOX');
    await frozen(
      clients.map(({ wire }) => wire),
      'f FETCH 1 BODY.PEEK[]\r\n',
    );
    for (const { wire } of clients) {
      wire.thaw();
      assert.equal(await wire.line(), `* 1 FETCH (BODY[] {${large.length}}`);
      await wire.skip(large.length);
      assert.equal(await wire.line(), ')');
      assert.match(await wire.line(), /^f OK /);
      wire.close();
    }
  });

  test('in the middle of RETR', async () => {
    const login = () => Pop3Client.login(server.ports.pop3, addressOf('wang'), passwordOf('wang'));
    const clients = await Promise.all(Array.from({ length: 10 }, login));
    await frozen(
      clients.map(({ wire }) => wire),
      'RETR 1\r\n',
    );
    for (const { wire } of clients) {
      wire.thaw();
      assert.match(await wire.line(), /^\+OK /);
      await wire.skip(large.length);
      assert.equal(await wire.line(), '.');
      wire.close();
    }
  });

  test('and does not keep the server from stopping', async () => {
    const imap = await imapLogin(server, 'wang');
    await imap.ok('SELECT INBOX');
    imap.wire.freeze();
    imap.wire.write('f FETCH 1 BODY.PEEK[]\r\n');
    const pop3 = await Pop3Client.login(server.ports.pop3, addressOf('wang'), passwordOf('wang'));
    pop3.wire.freeze();
    pop3.wire.write('RETR 1\r\n');
    await bystander.works();
    assert.equal(await server.stop(), 0);
    imap.wire.close();
    pop3.wire.close();
    await server.start();
    bystander = await Bystander.at(server, 'li');
  });
});

flowOnEveryLog('clients that come and go', { timeout: 600_000 }, (openLog) => {
  const waves = 4;
  const connectionsOfEachDoor = 50;

  test('leave no open file and no session behind', { skip: !memoryIsKnown && 'no /proc' }, async (t) => {
    const server = await RealServer.start(['wang'], {}, await openLog());
    t.after(() => server.dispose());
    const openFiles = () => readdirSync(`/proc/${server.pid}/fd`).length;
    const { smtp, submission, imap, pop3, http } = server.ports;
    const comeAndGo = async (): Promise<void> => {
      const plain = [smtp, submission, imap, pop3, http].flatMap((port) =>
        Array.from({ length: connectionsOfEachDoor }, async () => {
          const wire = await Wire.connect(port);
          wire.write('NOOP\r\n');
          wire.close();
        }),
      );
      const signedIn = Array.from({ length: connectionsOfEachDoor }, async () => {
        const client = await imapLogin(server, 'wang');
        await client.ok('SELECT INBOX');
        client.wire.close();
      });
      await Promise.all([...plain, ...signedIn]);
    };
    await comeAndGo();
    await settled(openFiles);
    const before = openFiles();
    for (let wave = 0; wave < waves; wave++) await comeAndGo();
    await settled(openFiles);
    assert.ok(openFiles() <= before + 5, `${before} open files became ${openFiles()}`);
    const metrics = await (await fetch(`http://127.0.0.1:${http}/metrics`)).text();
    assert.match(metrics, /^muniment_imap_sessions 0$/m);
    assert.match(metrics, /^muniment_pop3_sessions 0$/m);
  });
});

/** Resolves when a number has stopped falling for a second. */
async function settled(read: () => number): Promise<void> {
  for (let last = Number.POSITIVE_INFINITY; read() < last; ) {
    last = read();
    await sleep(1000);
  }
}

flowOnEveryLog('two servers', { timeout: 600_000 }, (openLog) => {
  const servers: RealServer[] = [];

  afterEach(async () => {
    for (const server of servers.splice(0)) await server.dispose();
  });

  test('on one data folder: the second refuses in words, the first serves on', async () => {
    const first = await RealServer.start(['wang'], {}, await openLog());
    servers.push(first);
    const second = await RealServer.prepare({}, first.data);
    const { code, stdout, stderr } = await second.startRefused();
    assert.equal(code, unavailable);
    assert.equal(stdout, '');
    assert.equal(
      stderr,
      `muniment: Another process has the data folder ${first.data}: end it, or use its control socket.\n`,
    );
    await deliver(first, 'wang', [mailWith('served on')]);
    assert.match(await first.muniment('account', 'list'), /wang@acme\.example/);
  });

  test('on two folders beside each other do not meet', async () => {
    const [one, other] = await Promise.all([
      RealServer.start(['wang'], {}, await openLog()),
      RealServer.start(['li'], {}, await openLog()),
    ]);
    servers.push(one!, other!);
    await deliver(one!, 'wang', [mailWith('for one')]);
    await deliver(other!, 'li', [mailWith('for the other')]);
    const smtp = await SmtpClient.connect(other!.ports.smtp);
    assert.match(
      await smtp.send('peer@peer.example', [addressOf('wang')], mailWith('astray')),
      /^550 5\.1\.1 /,
    );
    await smtp.quit();
    for (const [server, stranger] of [
      [one!, 'li'],
      [other!, 'wang'],
    ] as const) {
      const imap = await ImapClient.connect(server.ports.imap);
      assert.match(
        (await imap.command(`LOGIN ${addressOf(stranger)} ${passwordOf(stranger)}`)).status,
        /^NO /,
      );
      await imap.logout();
      assert.equal(await server.stop(), 0);
    }
  });

  test('on one port: the second says which port, ends, and leaves its folder free', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    const server = await RealServer.prepare({ MUNIMENT_IMAP_PORT: String(port) });
    servers.push(server);
    const { code, stdout, stderr } = await server.startRefused();
    assert.equal(code, unavailable);
    assert.doesNotMatch(stdout, /Ready/);
    assert.match(
      stderr,
      new RegExp(`^muniment: Another program listens on port ${port}: end it, or choose another port`),
    );
    assert.doesNotMatch(stderr, /\n\s+at /, 'no stack');
    await new Promise((resolve) => taken.close(resolve));
    await server.start();
    assert.equal(await server.stop(), 0);
  });
});

flowOnEveryLog('SIGTERM', { timeout: 600_000 }, (openLog) => {
  let server: RealServer;

  before(async () => {
    server = await RealServer.start(['wang'], {}, await openLog());
  });

  after(() => server?.dispose());

  async function inData(): Promise<SmtpClient> {
    const smtp = await SmtpClient.connect(server.ports.smtp);
    for (const command of ['MAIL FROM:<peer@peer.example>', `RCPT TO:<${addressOf('wang')}>`, 'DATA'])
      await smtp.say(command);
    smtp.wire.write('Subject: on its way\r\n\r\n');
    return smtp;
  }

  async function idling(): Promise<ImapClient> {
    const imap = await imapLogin(server, 'wang');
    await imap.ok('SELECT INBOX');
    imap.wire.write('i IDLE\r\n');
    assert.match(await imap.wire.line(), /^\+/);
    return imap;
  }

  test('a mail in DATA is finished and kept, who idles hears goodbye, nobody new is served, all is there again', async () => {
    await deliver(server, 'wang', [mailWith('before')]);
    const [sending, idle, silent] = await Promise.all([
      inData(),
      idling(),
      SmtpClient.connect(server.ports.smtp),
    ]);
    const pop3 = await Pop3Client.login(server.ports.pop3, addressOf('wang'), passwordOf('wang'));
    await pop3.ok('DELE 1');
    const stopped = server.stop();
    assert.match(await silent.wire.rest(), /^421 4\.3\.2 /);
    assert.match(await idle.wire.rest(), /^\* BYE /);
    assert.match(await pop3.wire.rest(), /^-ERR \[SYS\/TEMP\] The server is shutting down\.\r\n$/);
    await assert.rejects(Wire.connect(server.ports.smtp), { name: 'WireEnded' });
    sending.wire.write('finished\r\n.\r\n');
    assert.match(await sending.reply(), /^250 2\.0\.0 OK /);
    assert.match(await sending.wire.rest(), /^421 4\.3\.2 /);
    assert.equal(await stopped, 0);
    await server.start();
    const mails = await inboxWith(server, 'wang', 2);
    assert.match(mails[1]!.toString(), /\r\nSubject: on its way\r\n\r\nfinished\r\n$/);
    assert.match(await server.muniment('verify'), /./);
  });

  test('a second one ends it at once; what was acknowledged is there, what was not is not', async () => {
    await deliver(server, 'wang', [mailWith('acknowledged')], 2);
    const [sending, idle] = await Promise.all([inData(), idling()]);
    process.kill(server.pid, 'SIGTERM');
    assert.match(await idle.wire.rest(), /^\* BYE /);
    process.kill(server.pid, 'SIGTERM');
    assert.equal(await server.exited, 1);
    await sending.wire.ended();
    await server.start();
    const mails = await inboxWith(server, 'wang', 3);
    assert.match(mails[2]!.toString(), /Subject: acknowledged/);
    assert.match(await server.muniment('verify'), /./);
  });
});
