/** Readers get trace text and blob as one message (docs/formats.md §Trace text). */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ImapHouse } from './imap-house.ts';
import type { ImapPeer } from './imap-peer.ts';

const trace =
  'Return-Path: <buyer@outside.example>\r\nReceived: by mail.acme.example; Fri, 2 Jan 2026 03:04:05 +0000\r\n';
const blob = [
  'Subject: two parts',
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  'Content-Type: text/plain',
  'Content-Transfer-Encoding: base64',
  '',
  '5ZCI5ZCM',
  '--b',
  'Content-Type: text/plain; name=second',
  '',
  'plain words',
  '--b--',
  '',
].join('\r\n');

async function reader(t: TestContext): Promise<ImapPeer> {
  const house = await ImapHouse.open(t);
  await house.deliver('wang', 'INBOX', blob, { trace });
  const peer = await house.loggedIn();
  await peer.command('s', 'EXAMINE INBOX');
  return peer;
}

/** What the server shows for an item, its literal included. */
async function shown(peer: ImapPeer, item: string): Promise<string> {
  const lines = await peer.command('a', `FETCH 1 ${item}`);
  return lines.slice(0, -1).join('\r\n');
}

test('sections of a message with trace text', async (t) => {
  const peer = await reader(t);
  const header = `${trace}${blob.slice(0, blob.indexOf('--b'))}`;
  const whole = trace + blob;
  const literal = (text: string): string => `{${text.length}}\r\n${text}`;
  const cases: readonly (readonly [string, string])[] = [
    ['BODY.PEEK[]', `BODY[] ${literal(whole)}`],
    ['BODY.PEEK[HEADER]', `BODY[HEADER] ${literal(header)}`],
    ['BODY.PEEK[TEXT]', `BODY[TEXT] ${literal(blob.slice(blob.indexOf('--b')))}`],
    ['BODY.PEEK[1]', `BODY[1] ${literal('5ZCI5ZCM')}`],
    ['BODY.PEEK[2]', `BODY[2] ${literal('plain words')}`],
    ['BODY.PEEK[2.MIME]', `BODY[2.MIME] ${literal('Content-Type: text/plain; name=second\r\n\r\n')}`],
    ['BODY.PEEK[]<30.20>', `BODY[]<30> ${literal(whole.slice(30, 50))}`],
    [
      'BODY.PEEK[HEADER.FIELDS (RETURN-PATH)]',
      `BODY[HEADER.FIELDS (RETURN-PATH)] ${literal(`${trace.slice(0, 38)}\r\n`)}`,
    ],
    ['BINARY.PEEK[2]', `BINARY[2] ~${literal('plain words')}`],
    ['BINARY.SIZE[1]', 'BINARY.SIZE[1] 6'],
    ['BINARY.PEEK[]<0.11>', `BINARY[]<0> ~${literal('Return-Path')}`],
    ['RFC822.SIZE', `RFC822.SIZE ${whole.length}`],
  ];
  for (const [item, expected] of cases)
    assert.equal(await shown(peer, item), `* 1 FETCH (${expected})`, item);
});

test('SEARCH finds what stands in the trace text, and what stands behind it', async (t) => {
  const peer = await reader(t);
  const cases: readonly (readonly [string, boolean])[] = [
    ['HEADER Received mail.acme', true],
    ['TEXT buyer@outside', true],
    ['BODY buyer@outside', false],
    ['BODY "plain words"', true],
    ['BODY name=second', true],
    ['BODY Subject', false],
    ['BODY {6+}\r\n\xe5\x90\x88\xe5\x90\x8c', true],
  ];
  for (const [query, found] of cases) {
    assert.equal((await peer.command('a', `SEARCH ${query}`))[0], found ? '* SEARCH 1' : '* SEARCH', query);
  }
});

test('octets of more than one piece, plain and decoded', async (t) => {
  const house = await ImapHouse.open(t);
  const body = Buffer.alloc(700_000, 'abcdefghij');
  const lines = body.toString('base64').replace(/.{76}/g, '$&\r\n');
  await house.deliver(
    'wang',
    'INBOX',
    `Content-Transfer-Encoding: base64\r\nMIME-Version: 1.0\r\n\r\n${lines}`,
    { trace },
  );
  const peer = await house.loggedIn();
  await peer.command('s', 'EXAMINE INBOX');
  assert.ok(
    (await shown(peer, 'BODY.PEEK[TEXT]')) === `* 1 FETCH (BODY[TEXT] {${lines.length}}\r\n${lines})`,
  );
  assert.ok(
    (await shown(peer, 'BINARY.PEEK[1]')) === `* 1 FETCH (BINARY[1] ~{700000}\r\n${body.toString()})`,
  );
  const part = body.toString().slice(100_001, 500_001);
  assert.ok(
    (await shown(peer, 'BINARY.PEEK[1]<100001.400000>')) ===
      `* 1 FETCH (BINARY[1]<100001> ~{400000}\r\n${part})`,
  );
});
