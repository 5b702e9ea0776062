/**
 * Every mail of the corpus lies in our server and in a Dovecot; both are sent the same FETCH commands over IMAP, and
 * must give the same ENVELOPE, BODY, BODYSTRUCTURE, sections of every part and partials, apart from the named
 * exceptions. Dovecot hands out every line with CRLF, so it and we get the mails with CRLF.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { dovecotExceptions } from '../mail/dovecot-exceptions.ts';
import { readableMail } from '../mail/scanning.ts';
import { sectionName, sectionSpecs } from '../mail/section-requests.ts';
import { imapLogin } from '../support/delivered-mail.ts';
import { Dovecot, dovecotInstalled } from '../support/dovecot.ts';
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

describe('our FETCH and Dovecot’s', { skip, timeout: 180_000 }, () => {
  const mails = corpusIsThere
    ? corpusMails().map(({ name, octets }) => ({ name, octets: withCrlf(octets) }))
    : [];
  let server: RealServer;
  let ours: ImapClient;
  let theirs: Dovecot;

  before(async () => {
    server = await RealServer.start(['wang']);
    ours = await imapLogin(server, 'wang');
    theirs = await Dovecot.start();
    await theirs.ok('SELECT INBOX');
    for (const { octets } of mails) {
      await ours.append('INBOX', octets);
      await theirs.ok('APPEND INBOX', octets);
    }
    await ours.ok('SELECT INBOX');
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

  test('partials', async () => {
    assert.deepEqual(await disagreements(() => partials.map((range) => `BODY.PEEK[]${range}`)), []);
  });
});

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
