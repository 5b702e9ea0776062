import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type ApprovalCommand,
  type ApprovalRequest,
  approval,
  approvalId,
} from '../../services/domain/approval.ts';
import { isRefusal } from '../../services/domain/refusals.ts';
import { assertRefused, decided, stateAfter, uuidOf } from '../support/given-when-then.ts';
import { seededRandom } from '../support/seeded-random.ts';

const [message, wang, li, zhao, chen] = [1, 2, 3, 4, 5].map(uuidOf) as [
  string,
  string,
  string,
  string,
  string,
];
const octets = 'ab'.repeat(32);
const hourMs = 3_600_000;
const dueAtMs = 24 * hourMs;

const held: ApprovalRequest = {
  kind: 'approval',
  message,
  octets,
  ordinals: [0, 1, 4, 4],
  submitter: wang,
  reviewer: li,
  reviewerRole: null,
  deputy: zhao,
  holds: [
    { rule: uuidOf(11), version: 3, reason: 'the subject holds 合同' },
    { rule: uuidOf(12), version: 1, reason: 'an attachment is larger than 10 MB' },
  ],
  remindAtMs: 4 * hourMs,
  dueAtMs,
  onDeadline: 'return',
  resubmits: null,
};

function requested(changed: Partial<ApprovalRequest> = {}): ApprovalCommand {
  return { kind: 'request', request: { ...held, ...changed } };
}

const request = requested();

function decision(kind: 'release' | 'return', by: string, more: object = {}): ApprovalCommand {
  return { kind, by, octets, reviewerAway: false, byRoles: ['staff'], comment: 'seen', ...more };
}

const remind = (atMs: number, nextAtMs: number | null = null): ApprovalCommand => {
  return { kind: 'remind', nowMs: atMs, nextAtMs };
};
const handOver = (reviewer: string, deputy: string | null = null): ApprovalCommand => {
  const who = { reviewer, reviewerRole: null, deputy };
  return { kind: 'replaceReviewer', ...who, because: 'handedOver', reason: 'on leave' };
};
const outcomeAfter = (...commands: ApprovalCommand[]) => stateAfter(approval, commands).outcome;

describe('approval', () => {
  test('a request keeps every reason, sealed, beside its rule and version', () => {
    const [requested, ...more] = decided(approval, [], request);
    assert.equal(more.length, 0);
    assert.deepEqual(requested!.data['rules'], [uuidOf(11), uuidOf(12)]);
    assert.deepEqual(requested!.data['ruleVersions'], [3, 1]);
    assert.deepEqual(requested!.personal, { reasons: held.holds.map(({ reason }) => reason) });
    assert.equal(outcomeAfter(request), null);
  });

  test('the id follows from the message, and asking again changes nothing', () => {
    assert.equal(approvalId(message), approvalId(message));
    assert.notEqual(approvalId(message), approvalId(wang));
    assert.deepEqual(decided(approval, [request], requested({ reviewer: chen })), []);
    assert.deepEqual(decided(approval, [request, decision('release', li)], request), []);
  });

  test('the reviewer releases or returns, with a comment for the sender', () => {
    const [event] = decided(approval, [request], decision('return', li, { comment: '请改价格' }));
    assert.deepEqual(event!.data, { message, decision: 'return', octets, by: li, decidedAs: 'reviewer' });
    assert.deepEqual(event!.personal, { comment: '请改价格' });
    assert.equal(outcomeAfter(request, decision('return', li)), 'returned');
    assert.equal(outcomeAfter(request, decision('release', li)), 'released');
  });

  test('the deputy decides while the reviewer is away, and only then (APR-02)', () => {
    assertRefused(approval, [request], decision('release', zhao), 'notReviewer');
    const [event] = decided(approval, [request], decision('release', zhao, { reviewerAway: true }));
    assert.equal(event!.data['decidedAs'], 'deputy');
  });

  test('a reviewer who is back early may decide although the calendar says away', () => {
    const [event] = decided(approval, [request], decision('release', li, { reviewerAway: true }));
    assert.equal(event!.data['decidedAs'], 'reviewer');
  });

  test('nobody approves their own mail, however they come to it', () => {
    assertRefused(approval, [], requested({ reviewer: wang }), 'selfApproval');
    assertRefused(approval, [], requested({ deputy: wang }), 'selfApproval');
    assertRefused(approval, [request], handOver(wang), 'selfApproval');
    assertRefused(approval, [request], handOver(chen, wang), 'selfApproval');
    assertRefused(approval, [request], decision('release', wang, { reviewerAway: true }), 'selfApproval');
  });

  test('nobody else decides', () => {
    assertRefused(approval, [request], decision('release', chen, { reviewerAway: true }), 'notReviewer');
    assertRefused(approval, [], decision('release', li), 'approvalNotFound');
  });

  test('whoever has the role decides where no person is named, but for the sender', () => {
    const byRole = requested({ reviewer: null, reviewerRole: 'administrator', deputy: null });
    const asAdministrator = { byRoles: ['staff', 'administrator'] };
    const [event] = decided(approval, [byRole], decision('release', chen, asAdministrator));
    assert.equal(event!.data['decidedAs'], 'role');
    assertRefused(approval, [byRole], decision('release', chen), 'notReviewer');
    assertRefused(approval, [byRole], decision('release', wang, asAdministrator), 'selfApproval');
  });

  test('a return, and every decision on quarantine, wants its reason; quarantine has no deadline', () => {
    const silent = { comment: '' };
    assertRefused(approval, [request], decision('return', li, silent), 'commentMissing');
    assert.equal(outcomeAfter(request, decision('release', li, silent)), 'released');
    const quarantine = requested({ kind: 'quarantine', dueAtMs: null });
    assertRefused(approval, [quarantine], decision('release', li, silent), 'commentMissing');
    assert.equal(outcomeAfter(quarantine, decision('release', li)), 'released');
    assert.deepEqual(decided(approval, [quarantine], { kind: 'lapse', nowMs: 1e15 }), []);
  });

  test('a decision is on the octets that wait, and on no others', () => {
    assertRefused(approval, [request], decision('release', li, { octets: 'cd'.repeat(32) }), 'octetsDiffer');
  });

  test('a mail is decided on once', () => {
    for (const first of [
      decision('release', li),
      decision('return', li),
      { kind: 'withdraw', by: wang },
    ] as const) {
      assertRefused(approval, [request, first], decision('release', li), 'approvalEnded');
      assertRefused(approval, [request, first], { kind: 'withdraw', by: wang }, 'approvalEnded');
      assertRefused(approval, [request, first], handOver(chen), 'approvalEnded');
      assert.deepEqual(decided(approval, [request, first], { kind: 'lapse', nowMs: dueAtMs }), []);
      assert.deepEqual(decided(approval, [request, first], remind(5 * hourMs)), []);
    }
  });

  test('its sender takes it back, nobody else', () => {
    assertRefused(approval, [request], { kind: 'withdraw', by: li }, 'notPermitted');
    assert.equal(outcomeAfter(request, { kind: 'withdraw', by: wang }), 'withdrawn');
  });

  test('at the deadline happens what was stated, and not before', () => {
    assert.deepEqual(decided(approval, [request], { kind: 'lapse', nowMs: dueAtMs - 1 }), []);
    assert.equal(outcomeAfter(request, { kind: 'lapse', nowMs: dueAtMs }), 'returned');
    assert.equal(
      outcomeAfter(requested({ onDeadline: 'deliver' }), { kind: 'lapse', nowMs: dueAtMs }),
      'released',
    );
  });

  test('a reviewer who has left is replaced, and decides no more', () => {
    const replaced = [request, { ...handOver(chen), because: 'left' } as ApprovalCommand];
    assertRefused(approval, replaced, decision('release', li), 'notReviewer');
    assertRefused(approval, replaced, decision('release', zhao, { reviewerAway: true }), 'notReviewer');
    assert.equal(outcomeAfter(...replaced, decision('release', chen)), 'released');
    assert.deepEqual(decided(approval, [request], handOver(li, zhao)), []);
  });

  test('reminders come at their time, and the next one before the deadline or never', () => {
    assert.deepEqual(decided(approval, [request], remind(4 * hourMs - 1)), []);
    const [event] = decided(approval, [request], remind(4 * hourMs, 8 * hourMs));
    assert.deepEqual(event!.data, { message, remindAt: 8 * hourMs });
    assert.deepEqual(decided(approval, [request, remind(4 * hourMs, 8 * hourMs)], remind(5 * hourMs)), []);
    for (const next of [dueAtMs, 4 * hourMs, null]) {
      assert.deepEqual(decided(approval, [request], remind(4 * hourMs, next))[0]!.data, {
        message,
        remindAt: null,
      });
    }
    assert.deepEqual(decided(approval, [requested({ remindAtMs: null })], remind(9 * hourMs)), []);
  });

  test('whatever is tried in whatever order, a mail ends once, and by its deadline', () => {
    for (let seed = 1; seed <= 300; seed++) endsOnce(seededRandom(seed), seed);
  });
});

/** Random acts of random people up to the deadline, then the clock. */
function endsOnce(random: () => number, seed: number): void {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  let state = approval.initial();
  let endings = 0;
  const act = (command: ApprovalCommand): void => {
    const decision = approval.decide(state, command);
    if (isRefusal(decision)) return;
    for (const event of decision.events) {
      if (/^Approval(?:Decided|Lapsed|Withdrawn)$/.test(event.type)) endings++;
      if (event.type === 'ApprovalDecided') assert.notEqual(event.data['by'], wang);
      state = approval.evolve(state, event as never);
    }
  };
  act(requested({ onDeadline: pick(['deliver', 'return']) }));
  for (let nowMs = 0; nowMs < dueAtMs; nowMs += Math.floor(random() * 6 * hourMs) + 1) {
    const by = pick([wang, li, zhao, chen]);
    const more = { reviewerAway: random() < 0.3, octets: random() < 0.5 ? octets : 'cd'.repeat(32) };
    const commands = [
      decision('release', by, more),
      decision('return', by, more),
      handOver(by, pick([null, chen, wang])),
    ];
    act(
      random() < 0.1 ? { kind: 'withdraw', by } : pick([...commands, remind(nowMs, nowMs + hourMs), request]),
    );
    act({ kind: 'lapse', nowMs });
  }
  act({ kind: 'lapse', nowMs: dueAtMs });
  act({ kind: 'lapse', nowMs: dueAtMs + 1 });
  assert.equal(endings, 1, `seed ${seed}`);
}
