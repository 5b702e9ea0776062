import assert from 'node:assert/strict';
import test from 'node:test';
import {
  largestNamed,
  rangesInOrder,
  rangesText,
  resolveSet,
  sequenceSet,
} from '../../../services/imap/protocol/sequence-set.ts';
import { SyntaxFailure } from '../../../services/imap/protocol/syntax-failure.ts';
import { cursorOn, seeded } from './reading.ts';

function parse(text: string) {
  const cursor = cursorOn(text);
  const set = sequenceSet(cursor);
  cursor.expectEnd();
  assert.ok(!set.saved, text);
  return set;
}

test('a set holds what it says, ascending and disjoint', () => {
  const cases: readonly (readonly [string, number, number[]])[] = [
    ['1', 9, [1, 1]],
    ['3:1', 9, [1, 3]],
    ['1,2,3', 9, [1, 3]],
    ['5,1:2,2:3', 9, [1, 3, 5, 5]],
    ['*', 9, [9, 9]],
    ['*:*', 9, [9, 9]],
    ['7:*', 9, [7, 9]],
    ['*:7', 9, [7, 9]],
    ['559:*', 9, [9, 9]],
    ['1:4294967295', 9, [1, 9]],
    ['10,12:20', 9, []],
    ['1:*', 0, []],
    ['*', 0, []],
    ['2,4,6:4294967295,3', 5, [2, 4]],
  ];
  for (const [text, largest, ranges] of cases)
    assert.deepEqual(resolveSet(parse(text), largest), ranges, text);
});

test('a huge range costs its text, not its numbers', () => {
  const text = Array.from({ length: 5000 }, (_, i) => `${i + 1}:4294967295`).join(',');
  assert.deepEqual(resolveSet(parse(text), 4_000_000_000), [1, 4_000_000_000]);
});

test('what is no set is refused', () => {
  for (const text of [
    '',
    '0',
    '1:0',
    '01',
    ',1',
    '1,',
    '1,,2',
    '1:',
    ':1',
    '1:2:3',
    '1 2',
    '$1',
    '4294967296',
    '1:99999999999',
    '**',
    '-1',
    'a',
  ]) {
    assert.throws(() => parse(text), SyntaxFailure, text);
  }
});

test('$ is the saved result', () => assert.deepEqual(sequenceSet(cursorOn('$')), { saved: true }));

test('the largest number outright', () => {
  assert.equal(largestNamed(parse('3,9:*,7')), 9);
  assert.equal(largestNamed(parse('*')), 0);
});

test('resolving agrees with taking the numbers one by one', () => {
  const random = seeded(7);
  const numberText = () => (random(6) === 0 ? '*' : `${random(30) + 1}`);
  for (let round = 0; round < 500; round++) {
    const largest = random(25);
    const elements = Array.from({ length: random(5) + 1 }, () =>
      random(2) ? numberText() : `${numberText()}:${numberText()}`,
    );
    const held = new Set<number>();
    for (const element of elements) {
      const [a = 0, b = 0] = element
        .split(':')
        .concat(element)
        .slice(0, 2)
        .map((text) => (text.endsWith('*') ? largest : Number(text)));
      const last = element.includes(':') ? b : a;
      for (let n = Math.min(a, last); n <= Math.max(a, last); n++) if (n >= 1 && n <= largest) held.add(n);
    }
    const ranges = resolveSet(parse(elements.join(',')), largest);
    const found = [];
    for (let i = 0; i < ranges.length; i += 2)
      for (let n = ranges[i]!; n <= ranges[i + 1]!; n++) found.push(n);
    assert.deepEqual(
      found,
      [...held].sort((x, y) => x - y),
      elements.join(','),
    );
  }
});

test('ranges as text', () => {
  assert.equal(rangesText([]), '');
  assert.equal(rangesText([1, 3, 7, 7, 9, 10]), '1:3,7,9:10');
  assert.deepEqual(rangesInOrder([4, 5, 6, 2, 3, 9]), [4, 6, 2, 3, 9, 9]);
});
