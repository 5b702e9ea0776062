import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  addressTagText,
  addressText,
  domainTagText,
  isPostmaster,
  parseAddress,
  parseDomain,
  registryTagText,
  withoutDetail,
} from '../../services/domain/address.ts';

describe('parseAddress', () => {
  const valid: readonly [string, string, string][] = [
    ['wang@acme.example', 'wang', 'acme.example'],
    ['Wang.Fang@ACME.Example', 'Wang.Fang', 'acme.example'],
    ["!#$%&'*+/=?^_`{|}~-@a.b", "!#$%&'*+/=?^_`{|}~-", 'a.b'],
    ['"a b"@acme.example', 'a b', 'acme.example'],
    ['"a@b"@acme.example', 'a@b', 'acme.example'],
    ['"a\\"b\\\\"@acme.example', 'a"b\\', 'acme.example'],
    ['"plain"@acme.example', 'plain', 'acme.example'],
    ['王芳@例え.jp', '王芳', 'xn--r8jz45g.jp'],
    ['user@XN--R8JZ45G.jp', 'user', 'xn--r8jz45g.jp'],
    ['user@faß.de', 'user', 'xn--fa-hia.de'],
    ['e\u0301@acme.example', '\u00e9', 'acme.example'],
    ['user@localhost', 'user', 'localhost'],
    ['user@[192.0.2.1]', 'user', '[192.0.2.1]'],
    ['user@[IPv6:2001:DB8::1]', 'user', '[ipv6:2001:db8::1]'],
    [`${'x'.repeat(64)}@a.b`, 'x'.repeat(64), 'a.b'],
  ];
  for (const [text, localPart, domain] of valid) {
    test(`takes ${text}`, () => assert.deepEqual(parseAddress(text), { localPart, domain }));
  }

  const invalid = [
    '',
    '@',
    'wang',
    'wang@',
    '@acme.example',
    '.wang@a.b',
    'wang.@a.b',
    'wa..ng@a.b',
    'wa ng@a.b',
    '"wang@a.b',
    'wa"ng@a.b',
    '"a"b"@a.b',
    '""@a.b',
    'wang@a..b',
    'wang@.a.b',
    'wang@a.b.',
    'wang@-a.b',
    'wang@a-.b',
    'wang@a_b.c',
    'wang@a b.c',
    'wang@1.2.3.4',
    'wang@a/b.c',
    'wang@a.c?x',
    'wang@a%6d.c',
    'wang@[300.x]',
    'a\u0000b@a.b',
    '"a\u0000b"@a.b',
    'a\r\nRCPT@a.b',
    'wang@a.b\r\n',
    '<wang@a.b>',
    'wang@xn--iñ.com',
    'a\u2028b@a.b',
    '\ud800@a.b',
    'wang@a.\ud800',
    `${'x'.repeat(65)}@a.b`,
    `${'王'.repeat(22)}@a.b`,
    `wang@${'x'.repeat(64)}.b`,
    `wang@${'x.'.repeat(126)}b`,
    `wang@${'x'.repeat(100_000)}`,
  ];
  for (const text of invalid) {
    test(`refuses ${JSON.stringify(text.slice(0, 40))} (${text.length})`, () =>
      assert.equal(parseAddress(text), null));
  }

  test('what it gives can be written and parsed again', () => {
    for (const [text] of valid) {
      const address = parseAddress(text)!;
      assert.deepEqual(parseAddress(addressText(address)), address);
    }
  });

  test('random text never throws, and what is taken survives a round trip (seeded)', () => {
    const alphabet = [
      'a',
      'B',
      '.',
      '@',
      '"',
      '\\',
      ' ',
      '+',
      '-',
      '王',
      'ß',
      '\u0301',
      '\u0000',
      '[',
      ']',
      ':',
      '1',
      '%',
      '\ud83d',
      '\u3002',
    ];
    let seed = 7;
    const next = (below: number): number => {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      return Math.floor((seed / 0x7fffffff) * below) % below;
    };
    let taken = 0;
    for (let round = 0; round < 20_000; round++) {
      const random = Array.from({ length: 1 + next(8) }, () => alphabet[next(alphabet.length)]).join('');
      const text = round % 2 ? random : `${random}@acme.example`;
      const address = parseAddress(text);
      if (!address) continue;
      taken++;
      assert.deepEqual(parseAddress(addressText(address)), address, JSON.stringify(text));
    }
    assert.ok(taken > 100, `${taken} taken`);
  });
});

describe('parseDomain', () => {
  test('ideographic full stops separate labels, full-width letters fold', () => {
    assert.equal(parseDomain('例え。jp'), 'xn--r8jz45g.jp');
    assert.equal(parseDomain('ａｃｍｅ.example'), 'acme.example');
  });

  test('nothing is cut off an international name', () => {
    for (const text of ['例え.jp/x', '例え.jp?x', '例え.jp:25', 'x@例え.jp', '例え.%6ap', '例え.jp#']) {
      assert.equal(parseDomain(text), null, text);
    }
  });

  test('a full-width number is no IP address by a detour', () => {
    assert.equal(parseDomain('１９２.０.２.１'), null);
  });
});

describe('tag texts', () => {
  test('case and Unicode form do not distinguish', () => {
    const one = parseAddress('Ren\u00e9@Acme.example')!;
    const two = parseAddress('rene\u0301@acme.EXAMPLE')!;
    assert.equal(addressTagText(one), addressTagText(two));
    assert.equal(addressTagText(one), 'ren\u00e9@acme.example');
    assert.equal(registryTagText('WANG', 'd'), registryTagText('wang', 'd'));
  });

  test('lower case may leave NFC; the text is in NFC all the same', () => {
    // There is no capital letter to U+1E96, so its capital is two characters.
    assert.equal(registryTagText('H\u0331', 'd'), '\u1e96@d');
  });

  test('a domain by itself', () => assert.equal(domainTagText('acme.example'), '@acme.example'));
});

describe('detail and postmaster', () => {
  test('the detail begins behind the first plus', () => {
    assert.equal(withoutDetail('wang+list+a'), 'wang');
    assert.equal(withoutDetail('wang'), null);
    assert.equal(withoutDetail('+wang'), null);
  });

  test('postmaster in any letter case (RFC 5321 §4.5.1)', () => {
    assert.ok(isPostmaster('PostMaster'));
    assert.ok(!isPostmaster('postmasters'));
  });
});
