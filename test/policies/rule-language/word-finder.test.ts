import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { normalString, normalText } from '../../../policies/rule-language/normal-text.ts';
import { Lexicon, lexiconWord } from '../../../policies/rule-language/word-finder.ts';
import { seededRandom } from '../../support/seeded-random.ts';

function found(words: readonly string[], text: string, whole = false): string[] {
  const lexicon = new Lexicon();
  for (const word of words) lexicon.add(lexiconWord(word, whole));
  const finds: string[] = [];
  lexicon.finder().find(normalText(text), (key, start, end) => {
    finds.push(`${key.slice(key.indexOf(':') + 1)}@${start}-${end}`);
  });
  return finds.sort();
}

describe('the word finder', () => {
  test('finds words that overlap and lie inside one another', () => {
    assert.deepEqual(found(['he', 'she', 'his', 'hers'], 'ushers'), ['he@2-4', 'hers@2-6', 'she@1-4']);
    assert.deepEqual(found(['合同', '同意', '意见书', '意'], '合同意见'), ['合同@0-2', '同意@1-3', '意@2-3']);
  });

  test('a whole word stands not inside a longer one; Chinese and Thai are found anywhere', () => {
    assert.deepEqual(found(['ass'], 'class assess Ass. ass2', true), ['ass@13-16']);
    assert.deepEqual(found(['合同'], '这份合同书', true), ['合同@2-4']);
    assert.deepEqual(found(['สัญญา'], 'ร่างสัญญาซื้อขาย', true).length, 1);
    assert.deepEqual(found(['vpn合同'], 'vpn合同书 xvpn合同', true), ['vpn合同@0-5']);
    assert.deepEqual(found(['.exe'], 'setup.exe', true), ['.exe@5-9']);
  });

  test('the same word is one entry, whole or not are two', () => {
    const lexicon = new Lexicon();
    for (const word of ['Contract', 'ｃｏｎｔｒａｃｔ']) lexicon.add(lexiconWord(word, true));
    assert.equal(lexicon.characters, 'contract'.length);
    lexicon.add(lexiconWord('contract', false));
    assert.equal(lexicon.characters, 2 * 'contract'.length);
  });

  test('finds what a search of each word by itself finds', () => {
    const random = seededRandom(3);
    const letters = 'abc合同 ';
    const make = (most: number): string =>
      Array.from(
        { length: 1 + Math.floor(random() * most) },
        () => letters[Math.floor(random() * letters.length)],
      ).join('');
    for (let round = 0; round < 200; round++) {
      const words = [...new Set(Array.from({ length: 30 }, () => normalString(make(5))))].filter(
        (word) => word !== '',
      );
      const text = normalString(make(200));
      const naive = words.flatMap((word) => placesOf(text, word)).sort();
      assert.deepEqual(found(words, text), naive);
    }
  });

  test('finds them as well where there are more states and letters than the table of rows takes', () => {
    const random = seededRandom(4);
    const make = (most: number): string =>
      String.fromCharCode(
        ...Array.from(
          { length: 1 + Math.floor(random() * most) },
          () => 0x4e00 + Math.floor(random() * 1500),
        ),
      );
    const words = [...new Set(Array.from({ length: 2000 }, () => make(4)))];
    const text = Array.from({ length: 300 }, () => words[Math.floor(random() * words.length)]!).join(make(1));
    assert.deepEqual(found(words, text), words.flatMap((word) => placesOf(text, word)).sort());
  });

  test('a text of one letter takes no longer than its length allows', () => {
    const words = Array.from({ length: 100 }, (_, i) => `${'a'.repeat(i + 1)}b`);
    assert.deepEqual(found(words, 'a'.repeat(200_000)), []);
  });
});

function placesOf(text: string, word: string): string[] {
  const places: string[] = [];
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
    places.push(`${word}@${at}-${at + word.length}`);
  return places;
}
