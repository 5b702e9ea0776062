import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkDraft } from '../../services/domain/check-draft.ts';
import { acceptMessage, noJudgements } from '../../services/domain/message.ts';
import {
  type SupervisedCopy,
  type SupervisionCommand,
  supervision,
  supervisionId,
} from '../../services/domain/supervision.ts';
import { assertRefused, decided, stateAfter, uuidOf } from '../support/given-when-then.ts';

const [message, wang, li, chen] = [1, 2, 3, 4].map(uuidOf) as [string, string, string, string];

const copy: SupervisedCopy = {
  supervisor: li,
  people: [wang],
  copies: [
    { rule: uuidOf(11), version: 3, reason: '合同监督' },
    { rule: uuidOf(12), version: 1, reason: 'sales' },
  ],
  dueAtMs: 1000,
  sealedBecause: null,
};
const put: SupervisionCommand = { kind: 'copy', message, copy };

function review(more: Partial<SupervisionCommand & { kind: 'review' }> = {}): SupervisionCommand {
  return { kind: 'review', by: li, outcome: 'inOrder', note: '', ...more };
}

describe('supervision', () => {
  test('a copy keeps whom, whose mail and why; names of rules are sealed', () => {
    const [made, ...more] = decided(supervision, [], put);
    assert.equal(more.length, 0);
    assert.deepEqual(made!.data, {
      message,
      supervisor: li,
      people: [wang],
      rules: [uuidOf(11), uuidOf(12)],
      ruleVersions: [3, 1],
      dueAt: 1000,
      sealed: false,
    });
    assert.deepEqual(made!.personal, { reasons: ['合同监督', 'sales'], sealedBecause: '' });
  });

  test('a copy that the people are not told of says why, sealed', () => {
    const sealed = { ...copy, sealedBecause: 'an inquiry' };
    const [made] = decided(supervision, [], { kind: 'copy', message, copy: sealed });
    assert.equal(made!.data['sealed'], true);
    assert.equal(made!.personal!['sealedBecause'], 'an inquiry');
  });

  test('the id follows from the message and the supervisor, and asking again makes no second copy', () => {
    assert.equal(supervisionId(message, li), supervisionId(message, li));
    assert.equal(
      new Set([supervisionId(message, li), supervisionId(message, chen), supervisionId(wang, li)]).size,
      3,
    );
    assert.deepEqual(decided(supervision, [put], put), []);
    assert.deepEqual(decided(supervision, [put, review()], put), []);
  });

  test('a review names who, what came of it, and what was noted', () => {
    const objection = review({ outcome: 'objection', note: '价格未批' });
    const [reviewed] = decided(supervision, [put], objection);
    assert.deepEqual(reviewed!.data, { message, by: li, outcome: 'objection' });
    assert.deepEqual(reviewed!.personal, { note: '价格未批' });
    assert.equal(stateAfter(supervision, [put, objection]).outcome, 'objection');
    assert.equal(stateAfter(supervision, [put]).outcome, null);
  });

  test('it is the supervisor’s, once; what is not in order wants a note', () => {
    assertRefused(supervision, [], review(), 'supervisionNotFound');
    for (const by of [wang, chen]) assertRefused(supervision, [put], review({ by }), 'notSupervisor');
    assertRefused(supervision, [put, review()], review(), 'supervisionReviewed');
    for (const outcome of ['objection', 'escalated'] as const)
      assertRefused(supervision, [put], review({ outcome }), 'commentMissing');
  });

  test('somebody else supervises it where the supervisor has left before the review', () => {
    const replaced: SupervisionCommand = { kind: 'replaceSupervisor', supervisor: chen };
    const [event] = decided(supervision, [put], replaced);
    assert.deepEqual(event!.data, { message, supervisor: chen });
    assertRefused(supervision, [put, replaced], review(), 'notSupervisor');
    assert.equal(decided(supervision, [put, replaced], review({ by: chen })).length, 1);
    assert.deepEqual(decided(supervision, [put, replaced], replaced), []);
    assert.deepEqual(decided(supervision, [put, review()], replaced), []);
    assertRefused(supervision, [], replaced, 'supervisionNotFound');
  });

  test('the mail itself says at its acceptance who supervises it', () => {
    const events = acceptMessage({
      source: 'smtp',
      frame: uuidOf(21),
      address: 'ab'.repeat(32),
      blobOctets: 10,
      traceText: '',
      thread: uuidOf(22),
      submitter: null,
      normalised: false,
      recipients: [{ account: wang, address: 'wang@acme.example' }],
      mailbox: null,
      flags: 0,
      internalDateMs: 1,
      verdict: noJudgements,
      supervision: [copy, { ...copy, supervisor: chen }],
      personal: {},
    });
    const required = events.filter(({ type }) => type === 'SupervisionRequired');
    assert.deepEqual(
      required.map(({ data }) => data['supervisor']),
      [li, chen],
    );
    for (const event of required) assert.deepEqual(checkDraft('message', event), []);
  });
});
