/**
 * Every mail of the corpus lies in our server and in a Dovecot; both are sent the same FETCH commands over IMAP, and
 * must give the same ENVELOPE, BODY, BODYSTRUCTURE, sections of every part and partials, apart from the named
 * exceptions. Dovecot hands out every line with CRLF, so it and we get the mails with CRLF.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { dovecotExceptions } from '../mail/dovecot-exceptions.ts';
import { readableMail } from '../mail/scanning.ts';
import { sectionName, sectionSpecs } from '../mail/section-requests.ts';
import { imapLogin } from '../support/delivered-mail.ts';
import { Dovecot, dovecotInstalled } from '../support/dovecot.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import type { ImapClient } from '../support/imap-client.ts';
import { fetchItems, type ImapToken } from '../support/imap-tokens.ts';
import { corpusIsThere, corpusMails, withCrlf } from '../support/mail-corpus.ts';
import { RealServer } from '../support/real-server.ts';

const skip = !dovecotInstalled()
  ? 'dovecot-imapd is not installed'
  : !corpusIsThere
    ? '../shared/corpus is absent'
    : false;

const partials = ['<0.100>', '<1.1>', '<57.64>', '<1000000000.5>'];

/** RFC 3501 §6.4.4 and RFC 9051 §6.4.4, each key at least once. */
const searchKeys = [
  ...['ALL', 'ANSWERED', 'DELETED', 'DRAFT', 'FLAGGED', 'SEEN', 'RECENT', 'NEW', 'OLD'],
  ...['UNANSWERED', 'UNDELETED', 'UNDRAFT', 'UNFLAGGED', 'UNSEEN'],
  ...[
    'KEYWORD $Forwarded',
    'UNKEYWORD $Forwarded',
    'KEYWORD $Nothing',
    'NOT SEEN',
    'OR SEEN (DELETED DRAFT)',
  ],
  ...['ON 1-Dec-2025', 'BEFORE 1-Dec-2025', 'SINCE 1-Dec-2025', 'LARGER 20000', 'SMALLER 500'],
  ...[
    'SENTON 1-Jan-2020',
    'SENTSINCE 1-Jan-1990 SENTBEFORE 1-Jan-2005',
    'SENTSINCE 1-Jan-2015',
    '1:9,200:*',
    'UID 5:7',
  ],
  ...['FROM "@gmail.com"', 'TO "example"', 'CC "example"', 'BCC "@"', 'SUBJECT "test"', 'HEADER X-Mailer ""'],
  ...[
    'HEADER Content-Type "signed"',
    'BODY "the"',
    'TEXT "attachment"',
    'SINCE 1-Jan-2026 UNSEEN SMALLER 9000',
  ],
];
/** Key -> mail -> why only we find it. Mails without a Date are before any for Dovecot, hence the 1990 above. */
const onlyOurs: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'SENTSINCE 1-Jan-2015': {
    'own-cjk-date-2106-two-digit-zone':
      'Dovecot knows neither a zone of two digits nor a year behind 32 bits.',
  },
  'BODY "the"': {
    'james-mime4j-testmsgs-very-long-boundary': 'Dovecot takes a line that is almost the boundary for it.',
  },
};
const mayFindNothing = new Set(['KEYWORD $Nothing', 'OLD', 'SENTON 1-Jan-2020']);

flowOnEveryLog('our FETCH and Dovecot’s', { skip, timeout: 600_000 }, (openLog) => {
  const mails = corpusIsThere
    ? corpusMails().map(({ name, octets }) => ({ name, octets: withCrlf(octets) }))
    : [];
  let server: RealServer;
  let ours: ImapClient;
  let theirs: Dovecot;

  before(async () => {
    server = await RealServer.start(['wang'], {}, await openLog());
    ours = await imapLogin(server, 'wang');
    theirs = await Dovecot.start();
    await ours.ok('SELECT INBOX');
    await theirs.ok('SELECT INBOX');
    for (const [index, { octets }] of mails.entries()) {
      const command = `APPEND INBOX (${flagsOf(index)}) "${internalDateOf(index)}"`;
      await ours.ok(command, octets);
      await theirs.ok(command, octets);
    }
  });

  after(async () => {
    await theirs?.close();
    await server?.dispose();
  });

  /** What both answer differently, and exceptions that are none: `mail item`. */
  async function disagreements(itemsOf: (octets: Buffer) => readonly string[]): Promise<string[]> {
    const found: string[] = [];
    for (const [index, { name, octets }] of mails.entries()) {
      const command = `FETCH ${index + 1} (${itemsOf(octets).join(' ')})`;
      const answers = [(await ours.ok(command)).untagged, await theirs.ok(command)].map((responses) =>
        fetched(responses, index + 1),
      );
      const [our, their] = answers as [Map<string, ImapToken>, Map<string, ImapToken>];
      assert.deepEqual([...our.keys()].sort(), [...their.keys()].sort(), `${name}: the items answered`);
      for (const [item, token] of their) {
        const excepted = exceptionsOf(name).has(item);
        if (isDeepStrictEqual(comparable(present(item, our.get(item)!)), comparable(token)) === excepted)
          found.push(`${name} ${item}`);
      }
    }
    return found;
  }

  test('has every mail of the corpus in front of both', async () => {
    assert.ok(mails.length >= 286, `${mails.length} mails`);
    assert.deepEqual((await ours.ok('STATUS INBOX (MESSAGES)')).untagged, [
      `STATUS INBOX (MESSAGES ${mails.length})`,
    ]);
  });

  test('ENVELOPE, BODY, BODYSTRUCTURE and RFC822.SIZE', async () => {
    assert.deepEqual(await disagreements(() => ['ENVELOPE', 'BODY', 'BODYSTRUCTURE', 'RFC822.SIZE']), []);
  });

  test('sections of every part', async () => {
    const sections = (octets: Buffer): string[] =>
      sectionSpecs(readableMail(octets).view.root).map((spec) => `BODY.PEEK[${sectionName(spec)}]`);
    assert.deepEqual(await disagreements(sections), []);
  });

  test('SEARCH of every key', async () => {
    const disagreeing: string[] = [];
    for (const key of searchKeys) {
      const our = foundBy((await ours.ok(`SEARCH ${key}`)).untagged);
      const their = foundBy(await theirs.ok(`SEARCH ${key}`));
      assert.ok(our.length > 0 || mayFindNothing.has(key), `${key} finds something`);
      const excepted = Object.keys(onlyOurs[key] ?? {}).map((name) =>
        mails.findIndex((mail) => mail.name === name),
      );
      const expected = [...their, ...excepted.map((index) => index + 1)].sort((a, b) => a - b);
      if (!isDeepStrictEqual(our, expected)) disagreeing.push(`${key}: ${our} / ${expected}`);
    }
    assert.deepEqual(disagreeing, []);
  });

  test('partials', async () => {
    assert.deepEqual(await disagreements(() => partials.map((range) => `BODY.PEEK[]${range}`)), []);
  });
});

/** Each combination of flags, again and again. */
function flagsOf(index: number): string {
  const flags = ['\\Seen', '\\Answered', '\\Flagged', '\\Deleted', '\\Draft', '$Forwarded'];
  return flags.filter((_, bit) => index & (1 << bit)).join(' ');
}

/** A day later with each mail. */
function internalDateOf(index: number): string {
  const [, weekday, month, year, time] = new Date(Date.UTC(2025, 10, 1 + index, 12)).toUTCString().split(' ');
  return `${weekday}-${month}-${year} ${time} +0000`;
}

function foundBy(responses: readonly string[]): number[] {
  const [, ...numbers] = responses
    .find((text) => text.startsWith('SEARCH'))!
    .trimEnd()
    .split(' ');
  return numbers.map(Number);
}

function fetched(responses: readonly string[], number: number): Map<string, ImapToken> {
  const own = responses.filter(
    (text) => text.startsWith(`${number} FETCH (`) && !/ FETCH \((?:UID \d+ )?FLAGS /.test(text),
  );
  assert.equal(own.length, 1, `one answer for message ${number}`);
  return fetchItems(own[0]!);
}

/** Of a part that is not there we show NIL, as `nstring` allows (RFC 9051 §9); Dovecot shows an empty string. */
function present(item: string, token: ImapToken): ImapToken {
  return token === null && item.startsWith('BODY[') ? '' : token;
}

function exceptionsOf(name: string): Set<string> {
  return new Set(Object.keys(dovecotExceptions[name] ?? {}).map((item) => item.toUpperCase()));
}

/**
 * Charsets have no case (RFC 2046 §4.1.2), and Dovecot writes US-ASCII anew in lower case; IMAP4rev1 knows no NUL in
 * a string, and Dovecot puts 0x80 in its place.
 */
function comparable(token: ImapToken): ImapToken {
  if (Array.isArray(token)) return token.map(comparable);
  if (typeof token !== 'string') return token;
  return /^us-ascii$/i.test(token) ? 'us-ascii' : token.replaceAll('\0', '\x80');
}
