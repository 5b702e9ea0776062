/**
 * Every mail of the corpus goes in by SMTP and by APPEND and comes back by IMAP and POP3, octet for octet behind our
 * trace text. What SMTP must not carry is refused.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { imapLogin, inboxWith } from '../support/delivered-mail.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import {
  type CorpusMail,
  corpusIsThere,
  corpusMails,
  corpusNotes,
  withCrlf,
} from '../support/mail-corpus.ts';
import { Pop3Client } from '../support/pop3-client.ts';
import { addressOf, passwordOf, RealServer } from '../support/real-server.ts';
import { SmtpClient } from '../support/smtp-client.ts';

/** What acceptance puts in front: whole header fields, Return-Path and Received among them. */
const traceText = /^Return-Path: <peer@peer\.example>\r\nReceived: (?:.|\r\n\t)*\r\n$/;

/** Replies to DATA. */
const bareLineEnd = /^550 5\.6\.11 /;
const nul = /^550 5\.6\.0 /;

const skip = !corpusIsThere && 'no ../shared/corpus';

flowOnEveryLog('the corpus', { skip, timeout: 180_000 }, (openLog) => {
  const mails = corpusIsThere ? corpusMails() : [];
  const clean = mails.filter(({ octets }) => smtpFault(octets) === null);
  let server: RealServer;

  before(async () => {
    // One of them has been through more than fifty relays.
    const settings = { MUNIMENT_MAX_RECEIVED_HOPS: '100' };
    server = await RealServer.start(['smtp', 'mended', 'append'], settings, await openLog());
  });

  after(() => server?.dispose());

  /** Hands mails in on one connection; the reply to each. */
  async function send(name: string, octets: readonly { name: string; octets: Buffer }[]): Promise<string[]> {
    const smtp = await SmtpClient.connect(server.ports.smtp);
    const replies: string[] = [];
    for (const mail of octets) {
      const parameters = parametersOf(mail.name);
      replies.push(await smtp.send('peer@peer.example', [addressOf(name)], mail.octets, parameters));
    }
    await smtp.quit();
    return replies;
  }

  test('has what the test is about', () => {
    assert.ok(mails.length >= 286, `${mails.length} mails`);
    assert.ok(clean.length >= 163, `${clean.length} that SMTP may carry`);
    const faults = new Set(mails.map(({ octets }) => smtpFault(octets)));
    assert.deepEqual(faults, new Set([null, bareLineEnd, nul]));
    for (const note of ['needs-smtputf8', 'needs-8bitmime', 'line-over-998', 'not-for-smtp-data'])
      assert.ok(
        mails.some(({ name }) => corpusNotes().get(name)!.includes(note)),
        note,
      );
  });

  test('what has a bare CR or LF or a NUL is refused in DATA', async () => {
    const faulty = mails.filter(({ octets }) => smtpFault(octets) !== null);
    const replies = await send('smtp', faulty);
    for (const [i, { name, octets }] of faulty.entries()) assert.match(replies[i]!, smtpFault(octets)!, name);
    for (const { name } of faulty.filter(({ name }) =>
      corpusNotes().get(name)!.includes('not-for-smtp-data'),
    ))
      assert.ok(!clean.some((mail) => mail.name === name), name);
  });

  test('the others go in by SMTP and come back by IMAP and POP3', async () => {
    const replies = await send('smtp', clean);
    assert.deepEqual(
      replies.filter((reply) => !reply.startsWith('250 2.0.0 OK ')),
      [],
    );
    await assertCameBack(
      'smtp',
      clean.map(({ name, octets }) => ({ name, octets: withLastLineEnded(octets) })),
    );
  });

  test('those with bare LF go in once a relay has mended their line ends', async () => {
    const mended = mails
      .map(({ name, octets }) => ({ name, octets: withLastLineEnded(withCrlf(octets)) }))
      .filter((mail, i) => smtpFault(mails[i]!.octets) !== null && smtpFault(mail.octets) === null);
    assert.ok(mended.length >= 121);
    const replies = await send('mended', mended);
    assert.deepEqual(
      replies.filter((reply) => !reply.startsWith('250 2.0.0 OK ')),
      [],
    );
    await assertCameBack('mended', mended);
  });

  test('all go in by APPEND and come back as they were', async () => {
    const client = await imapLogin(server, 'append');
    for (const { name, octets } of mails) assert.ok((await client.append('INBOX', octets)) > 0, name);
    await client.logout();
    const fetched = await inboxWith(server, 'append', mails.length);
    for (const [i, { name, octets }] of mails.entries()) assert.deepEqual(fetched[i], octets, name);
    const collected = await collect('append', mails.length);
    for (const [i, { name, octets }] of mails.entries())
      assert.deepEqual(collected[i], asPop3Has(octets), name);
  });

  /** Filing follows the order of acceptance, so that the mails stand in the order in which they were sent. */
  async function assertCameBack(account: string, sent: readonly CorpusMail[]): Promise<void> {
    const fetched = await inboxWith(server, account, sent.length);
    const collected = await collect(account, sent.length);
    for (const [i, { name, octets }] of sent.entries()) {
      const mail = fetched[i]!;
      assert.match(mail.toString('latin1', 0, mail.length - octets.length), traceText, name);
      assert.deepEqual(mail.subarray(mail.length - octets.length), octets, name);
      assert.deepEqual(collected[i], mail, name);
    }
  }

  async function collect(account: string, count: number): Promise<Buffer[]> {
    const pop3 = await Pop3Client.login(server.ports.pop3, addressOf(account), passwordOf(account));
    const collected: Buffer[] = [];
    for (let number = 1; number <= count; number++) collected.push(await pop3.retrieve(number));
    await pop3.quit();
    return collected;
  }
});

/** The reply that DATA deserves, or null. */
function smtpFault(octets: Buffer): RegExp | null {
  const text = octets.toString('latin1');
  if (/(?<!\r)\n|\r(?!\n)/.test(text)) return bareLineEnd;
  return text.includes('\0') ? nul : null;
}

function parametersOf(name: string): string {
  const notes = corpusNotes().get(name)!;
  return `${notes.includes('needs-8bitmime') ? ' BODY=8BITMIME' : ''}${notes.includes('needs-smtputf8') ? ' SMTPUTF8' : ''}`;
}

/** DATA ends with a line end, so a mail without one gets it (RFC 5321 §4.1.1.4). */
function withLastLineEnded(octets: Buffer): Buffer {
  return octets.length === 0 || octets.toString('latin1').endsWith('\r\n')
    ? octets
    : Buffer.concat([octets, Buffer.from('\r\n')]);
}

/** Lines end in CRLF in POP3 (RFC 1939 §3), the last one too. */
function asPop3Has(octets: Buffer): Buffer {
  const text = octets.toString('latin1').replaceAll(/\r?\n/g, '\r\n');
  return Buffer.from(text.endsWith('\r\n') ? text : `${text}\r\n`, 'latin1');
}
