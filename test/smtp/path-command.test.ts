/** Arguments of MAIL and RCPT: RFC 5321 §4.1.2, RFC 6531 §3.3. Pure. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parsePathCommand } from '../../services/smtp/path-command.ts';
import { seededRandom } from '../support/seeded-random.ts';

const valid: readonly [line: string, address: string, parameters?: Record<string, string | true>][] = [
  ['MAIL FROM:<>', ''],
  ['mail from:<a@b.example>', 'a@b.example'],
  ['MAIL FROM: <a@b.example> ', 'a@b.example'],
  ['MAIL FROM:<a+b/c=d@b.example>', 'a+b/c=d@b.example'],
  ['MAIL FROM:<"a b"@b.example>', '"a b"@b.example'],
  ['MAIL FROM:<"a>b\\"c"@b.example>', '"a>b\\"c"@b.example'],
  ['MAIL FROM:<@x.example,@y.example:a@b.example>', 'a@b.example'],
  ['MAIL FROM:<a@[192.0.2.1]>', 'a@[192.0.2.1]'],
  ['MAIL FROM:<a@[IPv6:2001:db8::1]>', 'a@[IPv6:2001:db8::1]'],
  ['MAIL FROM:<a@xn--fiq228c.example>', 'a@xn--fiq228c.example'],
  ['MAIL FROM:<李@外.example>', '李@外.example'],
  [
    'MAIL FROM:<a@b.example> SIZE=10 body=8bitmime smtputf8',
    'a@b.example',
    { SIZE: '10', BODY: '8bitmime', SMTPUTF8: true },
  ],
];

const invalid = [
  'MAIL FROM',
  'MAIL FROM:',
  'MAIL <a@b.example>',
  'RCPT TO:<a@b.example>',
  'MAIL FROM:a@b.example',
  'MAIL FROM:<a@b.example',
  'MAIL FROM:<"a@b.example>',
  'MAIL FROM:<a@b.example>SIZE=1',
  'MAIL FROM:<a@b.example> =1',
  'MAIL FROM:<a@b.example> SIZE=1=2',
  'MAIL FROM:<a@b.example> SI_ZE=1',
  'MAIL FROM:<a>',
  'MAIL FROM:<a@>',
  'MAIL FROM:<@b.example>',
  'MAIL FROM:<.a@b.example>',
  'MAIL FROM:<a..a@b.example>',
  'MAIL FROM:<a@b.example.>',
  'MAIL FROM:<a\r@b.example>',
  'MAIL FROM:<postmaster>',
  `MAIL FROM:<${'a'.repeat(65)}@b.example>`,
];

describe('parsePathCommand', () => {
  for (const [line, address, parameters = {}] of valid) {
    test(`takes ${line}`, () => {
      const parsed = parsePathCommand('MAIL FROM', line);
      assert.equal(parsed?.address, address);
      assert.deepEqual({ ...parsed?.parameters }, parameters);
      assert.equal(parsed?.duplicate, null);
    });
  }
  for (const line of invalid) {
    test(`refuses ${JSON.stringify(line)}`, () => assert.equal(parsePathCommand('MAIL FROM', line), null));
  }

  test('postmaster alone is a recipient, the null path is none, a doubled keyword is named', () => {
    assert.equal(parsePathCommand('RCPT TO', 'RCPT TO:<PostMaster>')?.address, 'PostMaster');
    assert.equal(parsePathCommand('RCPT TO', 'RCPT TO:<>'), null);
    assert.equal(parsePathCommand('MAIL FROM', 'MAIL FROM:<> SIZE=1 size=1')?.duplicate, 'SIZE');
  });

  test('never throws, and takes no time to speak of, on seeded noise', () => {
    const random = seededRandom(7);
    const next = (below: number) => Math.floor(random() * below);
    for (let round = 0; round < 20_000; round++) {
      let line = 'RCPT TO:<';
      for (let i = next(60); i > 0; i--)
        line += String.fromCharCode([next(128), next(0x3000), 34, 92, 64, 62, 58, 44][next(8)]!);
      const parsed = parsePathCommand('RCPT TO', line);
      if (parsed) assert.ok(!/[\r\n\0]/.test(parsed.address));
    }
    assert.equal(parsePathCommand('MAIL FROM', `MAIL FROM:<${'@a,'.repeat(4000)}`), null);
    assert.equal(parsePathCommand('MAIL FROM', `MAIL FROM:<a@b.example>${' '.repeat(12_000)}x=`), null);
  });
});
