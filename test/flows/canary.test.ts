/**
 * Mails with known addresses, subjects and texts go through the house; then everything that it wrote is searched.
 * Nothing of them may stand there in clear, but addresses and subjects in projections, which can be rebuilt.
 */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { filesShowing, formsOf, shown } from '../support/canary.ts';
import { imapLogin, inboxWith, randomLines } from '../support/delivered-mail.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { Pop3Client } from '../support/pop3-client.ts';
import { addressOf, passwordOf, RealServer } from '../support/real-server.ts';
import { SmtpClient } from '../support/smtp-client.ts';

const name = 'zeisig';
const sender = 'kanarienvogel@voliere.example';
const envelopeWords = ['kanarienvogel', name, 'Dompfaffenkonzert', '金丝雀的主题'];
const queryWord = 'wiedehopfsuche';
const bodyWords = ['Nachtigallenschlag', '夜莺在歌唱了'];
const secrets = [passwordOf(name), 'guessed-Password-7'];

/** Beyond 8 MiB a mail on its way has a file of its own. */
const largeMebi = 10;

const subject = `Dompfaffenkonzert ${encodedWord('金丝雀的主题')}`;
const text = bodyWords.join(' ');

flowOnEveryLog('what the house writes', { timeout: 300_000 }, (openLog) => {
  let server: RealServer;
  let scratch: string;

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'muniment-canary-'));
    const settings = { TMPDIR: scratch, MUNIMENT_LOG_LEVEL: 'debug', MUNIMENT_SEAL_INTERVAL_MS: '200' };
    server = await RealServer.start([name], settings, await openLog());
  });

  after(async () => {
    await server?.dispose();
    if (scratch) await rm(scratch, { recursive: true });
  });

  /** Projections may hold addresses, subjects and queries. */
  const isProjection = (found: string): boolean => found.startsWith('projections/');

  function assertNothingInClear(): void {
    const found = filesShowing(server.data, [...envelopeWords, queryWord]);
    assert.deepEqual(
      found.filter((place) => !isProjection(place)),
      [],
    );
    assert.deepEqual(filesShowing(server.data, [...bodyWords, ...secrets]), []);
    assert.deepEqual(filesShowing(scratch, [...envelopeWords, ...bodyWords]), []);
    assert.deepEqual(
      shown(Buffer.from(server.output), [...envelopeWords, queryWord, ...bodyWords, ...secrets]),
      [],
    );
  }

  test('the search finds a word in every form', () => {
    for (const word of [...envelopeWords, ...bodyWords]) {
      for (const [form, octets] of formsOf(word)) {
        const file = Buffer.concat([Buffer.from('before '), octets, Buffer.from(' behind')]);
        assert.notDeepEqual(shown(file, [word]), [], form);
      }
      for (const shift of ['', 'a', 'ab']) {
        const encoded = Buffer.from(`${shift}${word} and more`).toString('base64');
        assert.notDeepEqual(shown(Buffer.from(encoded), [word]), [], `${word} behind ${shift.length} octets`);
      }
    }
  });

  test('mails go in by every door', async () => {
    const smtp = await SmtpClient.connect(server.ports.smtp);
    for (const mail of mails()) {
      const reply = await smtp.send(sender, [addressOf(name)], mail);
      assert.match(reply, /^250 2\.0\.0 /);
    }
    assert.match(await smtp.send(sender, ['nobody@acme.example'], mails()[0]!), /^550 5\.1\.1 /);
    assert.match(
      await smtp.send(sender, [addressOf(name)], Buffer.from(`Subject: ${subject}\n\n${text}`)),
      /^550 5\.6\.11 /,
    );
    await smtp.quit();
    await inboxWith(server, name, mails().length);
    const submission = await SmtpClient.connect(server.ports.submission);
    await submission.login(addressOf(name), passwordOf(name));
    assert.match(await submission.send(addressOf(name), [sender], mails()[0]!), /^553 5\.7\.1 /);
    const own = Buffer.from(
      mails()[0]!
        .toString()
        .replace(/^From: .*$/m, `From: ${addressOf(name)}`),
    );
    assert.match(await submission.send(addressOf(name), [sender, addressOf(name)], own), /^250 2\.0\.0 /);
    await submission.quit();
  });

  test('and are read, searched, filed and refused', async () => {
    const client = await imapLogin(server, name);
    await client.append('INBOX', mails()[0]!);
    await client.ok('SELECT INBOX');
    await client.uidFetch('1:*', 'ENVELOPE BODYSTRUCTURE BODY[]');
    // A query is kept, so it asks for the first half of the word.
    const found = await client.ok(`SEARCH OR BODY Nachtigallen SUBJECT ${queryWord}`);
    assert.match(found.untagged[0]!, /^SEARCH 1 2 /);
    await client.ok(`ID ("name" "${queryWord}")`);
    await client.ok('CREATE Volieren');
    await client.ok('UID MOVE 1 Volieren');
    await client.ok('STORE 1 +FLAGS (\\Deleted)');
    await client.ok('EXPUNGE');
    await client.command(`LOGIN ${addressOf(name)} guessed-Password-7`);
    await client.logout();
    await assert.rejects(Pop3Client.login(server.ports.pop3, addressOf(name), secrets[1]!), /-ERR/);
    const pop3 = await Pop3Client.login(server.ports.pop3, addressOf(name), passwordOf(name));
    await pop3.retrieve(1);
    await pop3.quit();
    const traced = JSON.parse(await server.muniment('message', 'trace', '--sender', sender, '--json'));
    assert.equal(traced.length, mails().length);
  });

  test('nothing of them stands in the data folder, temporary files, logs and metrics', async () => {
    const metrics = await fetch(`http://127.0.0.1:${server.ports.http}/metrics`);
    assert.equal(metrics.status, 200);
    const health = await fetch(`http://127.0.0.1:${server.ports.http}/healthz`);
    const pages = Buffer.from((await metrics.text()) + (await health.text()));
    assert.deepEqual(shown(pages, [...envelopeWords, ...bodyWords]), []);
    assertNothingInClear();
    const inProjections = filesShowing(server.data, envelopeWords).filter(isProjection);
    assert.ok(
      inProjections.some((place) => place.includes('Dompfaffenkonzert')),
      'the search sees what is there',
    );
  });

  test('nor while a large mail arrives', async ({ signal }) => {
    const smtp = await SmtpClient.connect(server.ports.smtp);
    for (const line of [`MAIL FROM:<${sender}>`, `RCPT TO:<${addressOf(name)}>`, 'DATA'])
      await smtp.say(line);
    smtp.wire.write(mails()[0]!);
    // Octets that do not compress: what is small once compressed never gets a file of its own.
    for (let i = 0; i < largeMebi; i++)
      smtp.wire.write(Buffer.concat([Buffer.from(`${text}\r\n`), randomLines(1_000_000)]));
    const incoming = join(server.data, 'volumes', 'incoming');
    while (readdirSync(incoming).length === 0) await sleep(10, undefined, { signal });
    assertNothingInClear();
    smtp.wire.write('.\r\n');
    assert.match(await smtp.reply(), /^250 2\.0\.0 /);
    smtp.wire.close();
    assertNothingInClear();
  });

  test('nor after a kill, a start and a stop', async () => {
    await server.kill();
    assertNothingInClear();
    await server.start();
    await server.muniment('verify');
    await server.stop();
    assertNothingInClear();
  });
});

/** The same words in each transfer encoding. */
function mails(): Buffer[] {
  const head = `From: Kanarienvogel <${sender}>\r\nTo: ${addressOf(name)}\r\nSubject: ${subject}\r\nMIME-Version: 1.0\r\n`;
  const bodies = {
    '8bit': text,
    base64: Buffer.from(text).toString('base64'),
    'quoted-printable': [...Buffer.from(text)]
      .map((octet) => `=${octet.toString(16).toUpperCase()}`)
      .join('='),
  };
  return Object.entries(bodies).map(([encoding, body]) => {
    const fields = `Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: ${encoding}\r\n`;
    return Buffer.from(`${head}${fields}\r\n${encoding === 'quoted-printable' ? folded(body) : body}\r\n`);
  });
}

/** Each octet as `=XX`, twenty a line with a soft end. */
function folded(body: string): string {
  return body.replaceAll('==', '=').replaceAll(/((?:=[0-9A-F]{2}){20})(?=.)/g, '$1=\r\n');
}

function encodedWord(words: string): string {
  return `=?utf-8?B?${Buffer.from(words).toString('base64')}?=`;
}
