import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { joinedCopies, supervisionWanted } from '../../policies/supervision-terms.ts';
import type { SupervisedCopy } from '../../services/domain/supervision.ts';
import { uuidOf } from '../support/given-when-then.ts';
import { buyer, judge, li, mailWith, ruleWith, wang } from './rule-language/rule-mails.ts';

const [rule, other] = [uuidOf(11), uuidOf(12)];

function copyBy(by: string, changed: Partial<SupervisedCopy> = {}): SupervisedCopy {
  return {
    supervisor: uuidOf(5),
    people: [uuidOf(1)],
    copies: [{ rule: by, version: 1, reason: 'x' }],
    dueAtMs: null,
    sealedBecause: null,
    ...changed,
  };
}

describe('what rules want supervised', () => {
  const copying = (action: object = {}, changed: object = {}) =>
    ruleWith({ actions: [{ do: 'copyToSupervisors', ...action }], ...changed });

  test('the leader, where nobody is named; without a term and told to the people', () => {
    const [wanted, ...more] = supervisionWanted(judge(mailWith(), copying()));
    assert.equal(more.length, 0);
    assert.deepEqual(wanted, {
      rule: uuidOf(100),
      version: 1,
      reason: '合同',
      people: [wang.account],
      to: ['leader'],
      reviewWithinHours: null,
      sealedBecause: null,
    });
  });

  test('what the rule says of it', () => {
    const action = { to: ['li@acme.example'], reviewWithinHours: 8, sealed: 'an inquiry' };
    const [wanted] = supervisionWanted(judge(mailWith(), copying(action)));
    assert.deepEqual(
      [wanted!.to, wanted!.reviewWithinHours, wanted!.sealedBecause],
      [['li@acme.example'], 8, 'an inquiry'],
    );
  });

  const peopleOf = (scope: object, sender = wang, ...recipients: (typeof wang)[]) =>
    supervisionWanted(judge(mailWith({ sender, recipients }), copying({}, { scope })))[0]?.people;

  test('whose mail it is: of the sender, of the recipients, or of both, as the scope says', () => {
    assert.deepEqual(peopleOf({}, wang, buyer, li), [wang.account, li.account]);
    assert.deepEqual(peopleOf({ direction: 'sent' }, wang, buyer, li), [wang.account]);
    assert.deepEqual(peopleOf({ direction: 'received' }, wang, buyer, li), [li.account]);
    assert.deepEqual(peopleOf({ people: ['li@acme.example'] }, wang, buyer, li), [li.account]);
    assert.deepEqual(peopleOf({ direction: 'sent' }, buyer, li), undefined);
    assert.deepEqual(peopleOf({ traffic: 'external' }, wang, buyer, li), [wang.account]);
  });

  test('a stricter rule beside it takes nothing away, and nobody else is copied to', () => {
    const hold = { do: 'holdForApproval', reviewer: 'leader', deadlineHours: 1, atDeadline: 'return' };
    const verdict = judge(mailWith(), copying(), ruleWith({ name: 'held', actions: [hold] }));
    assert.equal(verdict.disposition, 'hold');
    assert.equal(supervisionWanted(verdict).length, 1);
  });
});

describe('one copy for each supervisor', () => {
  test('with all rules, the nearest term, and the people of both', () => {
    const joined = joinedCopies([
      copyBy(rule, { dueAtMs: 2000 }),
      copyBy(other, { dueAtMs: 1000, people: [uuidOf(1), uuidOf(2)] }),
      copyBy(rule, { supervisor: uuidOf(6) }),
    ]);
    assert.equal(joined.length, 2);
    assert.deepEqual(
      [joined[0]!.copies.map((each) => each.rule), joined[0]!.dueAtMs, joined[0]!.people],
      [[rule, other], 1000, [uuidOf(1), uuidOf(2)]],
    );
    assert.equal(joined[1]!.dueAtMs, null);
  });

  test('a rule that names somebody twice is one reason', () => {
    assert.equal(joinedCopies([copyBy(rule), copyBy(rule)])[0]!.copies.length, 1);
  });

  test('sealed only where every rule seals it', () => {
    const sealed = copyBy(rule, { sealedBecause: 'an inquiry' });
    const [mixed] = joinedCopies([sealed, copyBy(other)]);
    assert.equal(mixed!.sealedBecause, null);
    assert.deepEqual(
      mixed!.copies.map(({ reason }) => reason),
      ['', 'x'],
    );
    const both = joinedCopies([sealed, copyBy(other, { sealedBecause: 'another' })]);
    assert.equal(both[0]!.sealedBecause, 'an inquiry');
    assert.ok(both[0]!.copies.every(({ reason }) => reason === 'x'));
  });

  test('the people of a mail to very many keep within one append', () => {
    const people = Array.from({ length: 5000 }, (_, i) => uuidOf(1000 + i));
    const joined = joinedCopies(
      Array.from({ length: 50 }, (_, i) => copyBy(rule, { supervisor: uuidOf(i), people })),
    );
    assert.equal(joined.length, 50);
    assert.ok(joined.every((copy) => copy.people.length === 100));
  });
});
