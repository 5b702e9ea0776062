/**
 * ENVELOPE, BODY, BODYSTRUCTURE, every section and some partials of every mail of the corpus, against Dovecot's
 * answers. Dovecot hands out every line with CRLF, so it and we get the mails with CRLF.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { partialRange, type ReadableMail } from '../../services/mail/sections.ts';
import { Dovecot, dovecotInstalled } from '../support/dovecot.ts';
import { fetchItems, type ImapToken, readTokens } from '../support/imap-tokens.ts';
import { corpusIsThere, corpusMails, withCrlf } from '../support/mail-corpus.ts';
import { dovecotExceptions } from './dovecot-exceptions.ts';
import { MailGenerator } from './generated-mails.ts';
import { readableMail } from './scanning.ts';
import { ourSection, sectionName, sectionSpecs } from './section-requests.ts';

const skip = !dovecotInstalled()
  ? 'dovecot-imapd is not installed'
  : !corpusIsThere
    ? '../shared/corpus is absent'
    : false;

interface Case {
  readonly name: string;
  readonly octets: Buffer;
  readonly mail: ReadableMail;
}

function readCase(name: string, original: Buffer): Case {
  const octets = withCrlf(original);
  return { name, octets, mail: readableMail(octets) };
}

/** Charsets have no case (RFC 2046 §4.1.2), and Dovecot writes US-ASCII anew in lower case. */
function withPlainCharset(token: ImapToken): ImapToken {
  if (Array.isArray(token)) return token.map(withPlainCharset);
  return typeof token === 'string' && /^us-ascii$/i.test(token) ? 'us-ascii' : token;
}

/** IMAP4rev1 knows no NUL in a string; Dovecot puts 0x80 in its place. */
function withoutNul(octets: string | null): string | null {
  return octets?.replaceAll('\0', '\x80') ?? null;
}

describe('Dovecot and we agree on the corpus', { skip }, () => {
  let dovecot: Dovecot;
  let cases: Case[];
  const differences = new Map<string, { ours: unknown; theirs: unknown }>();

  /** Notes a difference, or that a named exception is none. */
  function compare(mail: string, item: string, ours: unknown, theirs: unknown): void {
    const same = isDeepStrictEqual(ours, theirs);
    const excepted = dovecotExceptions[mail]?.[item] !== undefined;
    if (same === excepted) differences.set(`${mail} ${item}`, { ours, theirs });
  }

  function assertNone(): void {
    const [first] = differences;
    const count = differences.size;
    const named = [...differences.keys()].join('\n');
    differences.clear();
    if (first)
      assert.deepEqual(first[1].ours, first[1].theirs, `${count} differences:\n${named}\nthe first of them`);
    assert.equal(count, 0, `exceptions that are none:\n${named}`);
  }

  async function fetch(index: number, items: readonly string[]): Promise<Map<string, ImapToken>> {
    const responses = await dovecot.ok(`FETCH ${index + 1} (${items.join(' ')})`);
    const response = responses.find((text) =>
      text.startsWith(`${index + 1} FETCH (${items[0]!.replace('.PEEK', '').slice(0, 5)}`),
    );
    assert.ok(response, `Dovecot answers ${items[0]} of message ${index + 1}`);
    return fetchItems(response);
  }

  before(async () => {
    dovecot = await Dovecot.start();
    cases = corpusMails().map(({ name, octets }) => readCase(name, octets));
    await dovecot.ok('SELECT INBOX');
    for (const { octets } of cases) await dovecot.ok('APPEND INBOX', octets);
  });

  after(() => dovecot.close());

  test('ENVELOPE, BODY and BODYSTRUCTURE', async () => {
    for (const [index, { name, mail }] of cases.entries()) {
      const theirs = await fetch(index, ['ENVELOPE', 'BODY', 'BODYSTRUCTURE']);
      const ours = {
        ENVELOPE: mail.view.envelope,
        BODY: mail.view.body,
        BODYSTRUCTURE: mail.view.bodyStructure,
      };
      for (const [item, text] of Object.entries(ours)) {
        const [token] = readTokens(Buffer.from(text).toString('latin1'));
        compare(name, item, withPlainCharset(token!), withPlainCharset(theirs.get(item)!));
      }
    }
    assertNone();
  });

  test('sections of every part', async () => {
    for (const [index, { name, mail, octets }] of cases.entries()) {
      const specs = sectionSpecs(mail.view.root);
      const theirs = await fetch(
        index,
        specs.map((spec) => `BODY.PEEK[${sectionName(spec)}]`),
      );
      for (const spec of specs) {
        const item = `BODY[${sectionName(spec)}]`;
        compare(
          name,
          item,
          withoutNul(ourSection(mail, octets, spec)) ?? '',
          theirs.get(item.toUpperCase()) ?? null,
        );
      }
    }
    assertNone();
  });

  test('partials', async () => {
    const partials = [
      [0, 100],
      [1, 1],
      [57, 64],
      [1_000_000_000, 5],
    ] as const;
    for (const [index, { name, mail, octets }] of cases.entries()) {
      const theirs = await fetch(
        index,
        partials.map(([from, length]) => `BODY.PEEK[]<${from}.${length}>`),
      );
      for (const [offset, length] of partials) {
        const { from, to } = partialRange({ from: 0, to: mail.octets }, offset, length);
        compare(
          name,
          `BODY[]<${offset}>`,
          withoutNul(octets.toString('latin1', from, to)),
          theirs.get(`BODY[]<${offset}>`) ?? null,
        );
      }
    }
    assertNone();
  });
});

/** Octets and lines of message parts left out: they fall under `delimiterLineEnd` of the named exceptions. */
function withoutMessageSizes(token: ImapToken): ImapToken {
  if (!Array.isArray(token)) return token;
  const isMessage = token[0] === 'message' && Array.isArray(token[7]);
  return token.map((item, index) =>
    isMessage && (index === 6 || index === 9) ? null : withoutMessageSizes(item),
  );
}

describe('Dovecot and we agree on random structures', {
  skip: dovecotInstalled() ? false : 'dovecot-imapd is not installed',
}, () => {
  test('ENVELOPE and BODYSTRUCTURE of 500 generated mails', async () => {
    const dovecot = await Dovecot.start();
    try {
      await dovecot.ok('SELECT INBOX');
      const random = new MailGenerator(500);
      for (let number = 1; number <= 500; number++) {
        const octets = random.mail();
        await dovecot.ok('APPEND INBOX', octets);
        const responses = await dovecot.ok(`FETCH ${number} (ENVELOPE BODYSTRUCTURE)`);
        const theirs = fetchItems(responses.find((text) => text.includes('ENVELOPE'))!);
        const { envelope, bodyStructure } = readableMail(octets).view;
        for (const [item, text] of Object.entries({ ENVELOPE: envelope, BODYSTRUCTURE: bodyStructure })) {
          const [ours] = readTokens(Buffer.from(text).toString('latin1'));
          const said = `${item} of ${JSON.stringify(octets.toString('latin1'))}`;
          assert.deepEqual(withoutMessageSizes(ours!), withoutMessageSizes(theirs.get(item)!), said);
        }
      }
    } finally {
      await dovecot.close();
    }
  });
});
