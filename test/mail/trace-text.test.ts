/** The header lines of acceptance: RFC 5321 §4.4, and that nobody else writes into them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type TraceFacts, traceText } from '../../services/mail/trace-text.ts';
import { seededRandom } from '../support/seeded-random.ts';

const facts: TraceFacts = {
  message: '0193a5c0-0000-7000-8000-000000000001',
  hostname: 'mx.acme.example',
  atMs: Date.UTC(2026, 10, 5, 7, 8, 9),
  returnPath: 'buyer@outside.example',
  peer: {
    address: '192.0.2.1',
    helo: 'mail.outside.example',
    with: 'ESMTPS',
    tls: 'TLSv1.3 TLS_AES_256_GCM_SHA384',
  },
  authenticatedSender: null,
  authentication: null,
};

describe('traceText', () => {
  test('a mail from outside', () => {
    assert.equal(
      traceText(facts),
      [
        'Return-Path: <buyer@outside.example>',
        'Received: from mail.outside.example ([192.0.2.1]) by mx.acme.example',
        '\twith ESMTPS (TLSv1.3 TLS_AES_256_GCM_SHA384)',
        '\tid 0193a5c0-0000-7000-8000-000000000001; Thu, 05 Nov 2026 07:08:09 +0000',
        '',
      ].join('\r\n'),
    );
  });

  test('a submission over IPv6 without TLS', () => {
    const peer = { address: '2001:db8::1', helo: '[IPv6:2001:db8::1]', with: 'ESMTPA', tls: null };
    const text = traceText({ ...facts, peer, returnPath: '', authenticatedSender: 'wang@acme.example' });
    assert.match(
      text,
      /^Return-Path: <>\r\nReceived: from \[IPv6:2001:db8::1\] \(\[IPv6:2001:db8::1\]\) by /,
    );
    assert.match(text, /\r\nX-Authenticated-Sender: wang@acme\.example\r\n$/);
    assert.ok(!text.includes('TLS'));
  });

  test('non-ASCII addresses stand in UTF-8, a nameless peer by its address', () => {
    const text = traceText({ ...facts, returnPath: '李@外.example', peer: { ...facts.peer, helo: '' } });
    assert.match(
      text,
      /^Return-Path: <李@外\.example>\r\nReceived: from \[192\.0\.2\.1\] \(\[192\.0\.2\.1\]\)/,
    );
  });

  test('no text of a peer ends a line, begins a field or leaves its comment (seeded)', () => {
    const random = seededRandom(11);
    const alphabet = [
      '\r',
      '\n',
      '\r\n',
      '\0',
      ':',
      ' ',
      '\t',
      '(',
      ')',
      '"',
      '\\',
      '<',
      '>',
      'a',
      '\u0085',
      '\u2028',
      '字',
      '\ud800',
      'Bcc: x',
    ];
    const noise = () =>
      Array.from(
        { length: Math.floor(random() * 40) },
        () => alphabet[Math.floor(random() * alphabet.length)],
      ).join('');
    for (let round = 0; round < 5000; round++) {
      const text = traceText({
        ...facts,
        returnPath: noise(),
        peer: { address: noise(), helo: noise(), with: noise(), tls: noise() },
        authenticatedSender: noise(),
      });
      const lines = text.split('\r\n');
      assert.equal(lines.pop(), '');
      assert.ok(!/[\r\n\0\u0085\u2028]/.test(lines.join('')), JSON.stringify(text));
      const fields = lines.filter((line) => !line.startsWith('\t')).map((line) => line.split(':')[0]);
      assert.deepEqual(fields, ['Return-Path', 'Received', 'X-Authenticated-Sender']);
    }
  });

  test('lines are folded under 78 characters, apart from what cannot be', () => {
    for (let length = 1; length < 300; length++) {
      const helo = `${'a'.repeat(length)}.example`;
      const lines = traceText({ ...facts, peer: { ...facts.peer, helo } }).split('\r\n');
      for (const line of lines.filter((each) => !each.includes('aaa'))) assert.ok(line.length <= 78, line);
      for (const line of lines) assert.ok(line.length <= 998);
    }
  });
});
