/** Whoever reads is recorded as well as whoever writes: each act of a session stands in its facts. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { uidsOf } from '../../services/domain/uid-ranges.ts';
import { recordDefaults } from '../../services/recording/record-queue.ts';
import { deliver, imapLogin, mailWith } from '../support/delivered-mail.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { ImapClient } from '../support/imap-client.ts';
import type { LoggedFact } from '../support/log-facts.ts';
import { Pop3Client } from '../support/pop3-client.ts';
import { addressOf, passwordOf, RealServer } from '../support/real-server.ts';
import { SmtpClient } from '../support/smtp-client.ts';

const mailsInInbox = 40;

flowOnEveryLog('the record of access', { timeout: 120_000 }, (openLog) => {
  let server: RealServer;
  let account: string;

  before(async () => {
    server = await RealServer.start(['wang', 'li'], {}, await openLog());
    await deliver(
      server,
      'wang',
      Array.from({ length: mailsInInbox }, (_, i) => mailWith(`mail ${i}`)),
    );
    const accounts = JSON.parse(await server.muniment('account', 'list', '--search', 'wang', '--json'));
    account = accounts[0].account;
  });

  after(() => server?.dispose());

  /** Facts of the so-manieth session of that protocol, as soon as it is closed; the delivery's own is IMAP's first. */
  async function closedSession(protocol: string, ordinal: number): Promise<LoggedFact[]> {
    for (;;) {
      const facts = await server.facts();
      const opened = facts.filter(
        ({ type, data }) => type === 'SessionOpened' && data['protocol'] === protocol,
      )[ordinal - 1];
      const own = facts.filter(({ stream }) => stream === opened?.stream);
      if (own.some(({ type }) => type === 'SessionClosed')) return own;
      await sleep(10);
    }
  }

  test('IMAP: what was opened, read, searched and changed', async () => {
    const client = await imapLogin(server, 'wang');
    await client.ok('ID ("name" "proof")');
    await client.ok('LIST "" "*"');
    await client.ok('STATUS INBOX (MESSAGES)');
    await client.ok('SELECT INBOX');
    await client.ok('FETCH 1:5 (FLAGS)');
    await client.ok('FETCH 2,4 (ENVELOPE)');
    await client.ok('UID FETCH 7 (BODYSTRUCTURE)');
    await client.ok('UID FETCH 8:9 (BODY.PEEK[HEADER])');
    await client.ok('UID FETCH 10 (BODY[])');
    await client.ok('SEARCH SUBJECT "mail 1"');
    await client.ok('CREATE Kept');
    await client.append('Kept', mailWith('mine'));
    await client.ok('UID STORE 11:12 +FLAGS (\\Flagged)');
    await client.ok('UID COPY 13:15 Kept');
    await client.ok('UID MOVE 16:17 Kept');
    await client.ok('UID STORE 18 +FLAGS (\\Deleted)');
    await client.ok('UID EXPUNGE 18');
    await client.ok('RENAME Kept Archive2');
    await client.logout();
    const facts = await closedSession('imap', 2);
    assert.deepEqual(new Set(facts.map(({ actor }) => actor)), new Set([`account-${account}`]));
    assert.deepEqual(
      facts.map(({ revision }) => revision),
      facts.map((_, i) => i),
    );
    const [inbox] = facts.filter(({ type }) => type === 'MailboxOpened').map(({ data }) => data);
    assert.equal(inbox!['owner'], account);
    assert.equal(inbox!['mode'], 'write');
    assert.deepEqual(readUids(facts, 'envelope'), [2, 4]);
    assert.deepEqual(readUids(facts, 'structure'), [7]);
    assert.deepEqual(readUids(facts, 'headers'), [8, 9]);
    assert.deepEqual(readUids(facts, 'body'), [10]);
    for (const uid of [1, 2, 3, 4, 5]) assert.ok(readUids(facts, 'flags').includes(uid));
    assert.equal(facts.find(({ type }) => type === 'SearchRun')!.data['found'], 11);
    assert.ok(facts.some(({ type }) => type === 'ClientIdentified'));
    assert.deepEqual(actsOf(facts), {
      list: 1,
      status: 1,
      create: 1,
      append: 1,
      store: 3,
      copy: 3,
      move: 2,
      expunge: 1,
      rename: 1,
    });
    assert.deepEqual(facts.at(-1)!.data, { reason: 'logout' });
  });

  test('IMAP: a partial body, and BODY[] of many in ranges', async () => {
    const client = await imapLogin(server, 'wang');
    await client.ok('EXAMINE INBOX');
    await client.ok('UID FETCH 1 (BODY.PEEK[]<0.5>)');
    await client.ok('UID FETCH 20:* (BODY.PEEK[TEXT])');
    await client.logout();
    const facts = await closedSession('imap', 3);
    const expected = [1, ...Array.from({ length: mailsInInbox - 19 }, (_, i) => i + 20)];
    assert.deepEqual(readUids(facts, 'body'), expected);
    assert.equal(facts.find(({ type }) => type === 'MailboxOpened')!.data['mode'], 'read');
  });

  test('POP3: lists, headers, bodies and deletions', async () => {
    const pop3 = await Pop3Client.login(server.ports.pop3, addressOf('wang'), passwordOf('wang'));
    await pop3.lines('UIDL');
    await pop3.lines('TOP 1 0');
    await pop3.retrieve(3);
    await pop3.ok('DELE 4');
    await pop3.quit();
    const facts = await closedSession('pop3', 1);
    assert.deepEqual(readUids(facts, 'headers'), [1]);
    assert.deepEqual(readUids(facts, 'body'), [3]);
    assert.equal(readUids(facts, 'flags').length, mailsInInbox - 3);
    assert.deepEqual(actsOf(facts), { expunge: 1 });
  });

  test('refused sign-ins, and refused mail for people here', async () => {
    const before = (await server.facts()).length;
    await assert.rejects(
      ImapClient.login(server.ports.imap, addressOf('li'), 'guessed'),
      /AUTHENTICATIONFAILED/,
    );
    await assert.rejects(
      ImapClient.login(server.ports.imap, 'stranger@acme.example', 'guessed'),
      /AUTHENTICATIONFAILED/,
    );
    const smtp = await SmtpClient.connect(server.ports.smtp);
    await smtp.send('peer@peer.example', [addressOf('li')], Buffer.from('Subject: bare\n\n'));
    await smtp.quit();
    await server.stop(); // counts per minute are written then at the latest
    await server.start();
    const facts = (await server.facts()).slice(before);
    const [mail] = facts.filter(({ type }) => type === 'MailRefused');
    assert.equal(mail!.data['reason'], 'messageMalformed');
    assert.equal((mail!.data['accounts'] as string[]).length, 1);
    const signIns = facts.filter(
      ({ stream, type }) => stream.startsWith('account-') && type === 'SignInRefused',
    );
    assert.equal(
      signIns.length,
      1,
      `one for the known name, none for the unknown: ${facts.map(({ type }) => type)}`,
    );
  });

  /**
   * No clock decides here: a later message may be shown only if the facts of all that was shown more than the
   * promised time before are on disk. So they must be there after a kill, however slow the machine.
   */
  test('what was shown is on disk before anything is shown that comes 100 ms later', async () => {
    const client = await imapLogin(server, 'wang');
    await client.ok('EXAMINE INBOX');
    const shown = new Map<number, number>();
    let askedAtMs = 0;
    for (const uid of [1, 2, 3, ...Array.from({ length: 20 }, (_, i) => i + 20)]) {
      askedAtMs = Date.now();
      assert.equal((await client.bodies(String(uid))).size, 1);
      shown.set(uid, Date.now());
      await sleep(20);
    }
    await server.kill();
    await server.start();
    const facts = await server.facts();
    const { stream } = facts.findLast(({ type }) => type === 'SessionOpened')!;
    const recorded = readUids(
      facts.filter((fact) => fact.stream === stream),
      'body',
    );
    const due = [...shown].filter(([, atMs]) => atMs + recordDefaults.durableWithinMs < askedAtMs);
    assert.ok(due.length >= 10, `${due.length} messages`);
    assert.deepEqual(
      due.filter(([uid]) => !recorded.includes(uid)),
      [],
    );
  });
});

/** UIDs of which such items were shown, ascending, each once. */
function readUids(facts: readonly LoggedFact[], items: string): number[] {
  const read = facts.filter(({ type, data }) => type === 'MessagesRead' && data['items'] === items);
  const uids = new Set(read.flatMap(({ data }) => [...uidsOf(data['uids'] as number[])]));
  return [...uids].sort((a, b) => a - b);
}

function actsOf(facts: readonly LoggedFact[]): Record<string, number> {
  const acts: Record<string, number> = {};
  for (const { data } of facts.filter(({ type }) => type === 'ActsDone'))
    acts[data['act'] as string] = (acts[data['act'] as string] ?? 0) + (data['count'] as number);
  return acts;
}
