import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageNumbers } from '../../services/imap/message-numbers.ts';
import { PendingChanges } from '../../services/imap/pending-changes.ts';
import { Recents } from '../../services/imap/recents.ts';
import { uuidOf } from '../support/given-when-then.ts';
import { seeded } from './protocol/reading.ts';

const numbersOf = (...uids: number[]): MessageNumbers => new MessageNumbers(Uint32Array.from(uids));
const uidsIn = (numbers: MessageNumbers): number[] =>
  Array.from({ length: numbers.count }, (_, i) => numbers.uidAt(i + 1));

test('message numbers and UIDs', () => {
  const numbers = numbersOf(2, 5, 9);
  assert.equal(numbers.count, 3);
  assert.equal(numbers.largestUid, 9);
  assert.deepEqual(
    [1, 2, 5, 9, 10].map((uid) => numbers.numberOf(uid)),
    [0, 1, 2, 3, 0],
  );
  assert.deepEqual(numbers.ranges({ saved: false, pairs: [1, 2] }, false), [1, 2]);
  assert.equal(numbers.ranges({ saved: false, pairs: [4, 4] }, false), null);
  assert.deepEqual(numbers.ranges({ saved: false, pairs: [3, 7, 9, 99] }, true), [2, 3]);
  assert.deepEqual(numbers.ranges({ saved: false, pairs: [100, Number.POSITIVE_INFINITY] }, true), [3, 3]);
  assert.deepEqual(numbers.uidRanges([1, 2]), [2, 5]);
  assert.equal(numbersOf().largestUid, 0);
  assert.equal(numbersOf().ranges({ saved: false, pairs: [1, 1] }, false), null);
});

test('messages come and go', () => {
  const numbers = numbersOf(2, 5, 9);
  numbers.append(10, 12);
  assert.deepEqual(uidsIn(numbers), [2, 5, 9, 10, 11, 12]);
  assert.deepEqual(numbers.remove([3, 5, 11, 99]), [6, 5, 2]);
  assert.deepEqual(uidsIn(numbers), [2, 9, 10]);
  assert.deepEqual(numbers.remove([3, 8]), []);
  assert.deepEqual(numbers.remove([1, 99]), [3, 2, 1]);
  assert.equal(numbers.count, 0);
});

test('removal agrees with a plain list', () => {
  const random = seeded(5);
  for (let round = 0; round < 500; round++) {
    let uids = Array.from({ length: 30 }, (_, i) => i + 1).filter(() => random(3) > 0);
    const numbers = numbersOf(...uids);
    for (let step = 0; step < 4; step++) {
      const ranges: number[] = [];
      for (let first = random(8) + 1; first <= 30; first += random(9) + 2) {
        const last = Math.min(30, first + random(3));
        ranges.push(first, last);
        first = last;
      }
      const isGone = (uid: number) =>
        ranges.some((first, i) => i % 2 === 0 && uid >= first && uid <= ranges[i + 1]!);
      const expected = uids.flatMap((uid, i) => (isGone(uid) ? [i + 1] : [])).reverse();
      assert.deepEqual(numbers.remove(ranges), expected);
      uids = uids.filter((uid) => !isGone(uid));
      assert.deepEqual(uidsIn(numbers), uids);
    }
  }
});

test('changes wait behind an expunge that may not be told', () => {
  const pending = new PendingChanges();
  pending.add({ kind: 'flags', modseq: 1, uids: [1, 1] });
  pending.add({ kind: 'expunged', modseq: 2, uids: [2, 2] });
  pending.add({ kind: 'arrived', modseq: 3, uids: [3, 3] });
  assert.deepEqual(
    pending.take(false).map(({ modseq }) => modseq),
    [1],
  );
  assert.deepEqual(pending.take(false), []);
  assert.equal(pending.isEmpty, false);
  assert.deepEqual(
    pending.take(true).map(({ modseq }) => modseq),
    [2, 3],
  );
  assert.equal(pending.isEmpty, true);
});

test("the session's own change of flags is left out by its event", () => {
  const pending = new PendingChanges();
  pending.add({ kind: 'flags', modseq: 1, uids: [1, 1] });
  pending.add({ kind: 'flags', modseq: 2, uids: [1, 1] });
  pending.forgetFlags(2);
  assert.deepEqual(
    pending.take(true).map(({ modseq }) => modseq),
    [1],
  );
});

test('a client that never asks costs a bounded memory', () => {
  const pending = new PendingChanges();
  for (let i = 1; i <= 20_000; i++) {
    pending.add({ kind: 'arrived', modseq: 3 * i, uids: [i, i] });
    pending.add({ kind: 'flags', modseq: 3 * i + 1, uids: [i, i] });
    if (i % 2 === 0) pending.add({ kind: 'expunged', modseq: 3 * i + 2, uids: [i, i] });
  }
  const changes = pending.take(true);
  assert.ok(changes.length <= 4096 + 3, `${changes.length} changes`);
  const of = (kind: string) => changes.filter((change) => change.kind === kind).flatMap(({ uids }) => uids);
  const count = (uids: readonly number[]) =>
    uids.reduce((sum, uid, i) => sum + (i % 2 === 0 ? 1 - uid : uid), 0);
  assert.equal(count(of('arrived')), 20_000);
  assert.equal(count(of('expunged')), 10_000);
  assert.equal(count(of('flags')), 20_000);
});

test('recent belongs to the first who claims it', () => {
  const recents = new Recents();
  const mailbox = uuidOf(1);
  assert.equal(recents.claim(mailbox, 5), 5, 'what was there before is recent for nobody');
  assert.equal(recents.firstUnclaimed(mailbox, 8), 5);
  assert.equal(recents.claim(mailbox, 8), 5);
  assert.equal(recents.firstUnclaimed(mailbox, 8), 8);
  assert.equal(recents.claim(mailbox, 6), 6, 'a session that is behind claims nothing again');
  assert.equal(recents.claim(mailbox, 9), 8);
});
