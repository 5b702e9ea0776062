import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { normalString, normalText } from '../../../policies/rule-language/normal-text.ts';
import { seededRandom } from '../../support/seeded-random.ts';

describe('the normal form of a text', () => {
  const cases: readonly [string, string, string][] = [
    ['letters lose their case', 'Straße ÄÖ Contract', 'straße äö contract'],
    ['full width becomes half width', 'ＣＯＮＴＲＡＣＴ　１２', 'contract 12'],
    ['half-width kana become whole ones', 'ｶﾞｽ', 'ガス'],
    ['white space is one blank', 'purchase\r\n \t order', 'purchase order'],
    ['none stands between characters of Chinese', '合\r\n同 书', '合同书'],
    ['some stands between Chinese and Latin', '合同 A 1', '合同 a 1'],
    ['none stands at the ends', '  a ', 'a'],
    ['what has no width vanishes', '合\u200b同 con\u00adtract \ufeff', '合同 contract'],
    ['composed and taken apart are one', 'cafe\u0301', 'café'],
    ['Korean syllables are put together', '\u1112\u1161\u11ab', '한'],
    ['characters beyond the first plane stay whole', '𠮷野家', '𠮷野家'],
  ];
  for (const [what, given, normal] of cases) {
    test(what, () => assert.equal(normalString(given), normal));
  }

  test('each unit knows where it comes from', () => {
    const each = (text: string): number[] => {
      const { origins, length } = normalText(text);
      return Array.from({ length: length + 1 }, (_, unit) => origins.of(unit));
    };
    assert.equal(normalString('合\n同 ﬁn'), '合同 fin');
    assert.deepEqual(each('合\n同 ﬁn'), [0, 2, 3, 4, 4, 5, 6]);
    assert.deepEqual(each('e\u0301 \r\nx'), [0, 2, 5, 6]);
  });

  test('what one character becomes may be longer than the text', () => {
    assert.equal(normalString('ﷺ'.repeat(50)).replaceAll(' ', '').length, 50 * 15);
  });

  test('any text has one, and it is its own normal form', () => {
    const random = seededRandom(7);
    for (let round = 0; round < 300; round++) {
      const units = Array.from({ length: 40 }, () =>
        Math.floor(random() * (random() < 0.3 ? 0x10000 : 0x250)),
      );
      const normal = normalString(String.fromCharCode(...units));
      assert.equal(normalString(normal), normal, JSON.stringify(units));
    }
  });
});
