/** What a submission says of itself while rules hold it, and afterwards. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { filedHere } from '../../../services/domain/message.ts';
import { submissionObject } from '../../../services/http/jmap/submission-object.ts';
import { uuidOf } from '../../support/given-when-then.ts';

const row = {
  ...{ message: uuidOf(1), email: uuidOf(2), identity: uuidOf(3), thread: uuidOf(4), sentAtMs: 0 },
  ...{ sender: 'wang@acme.example', created: 1, changed: 1 },
  recipients: ['chen@acme.example', 'buyer@out.example'],
  ordinals: [filedHere, 1],
};

type Hold = 'waiting' | 'released' | 'returned' | null;

function objectOf(local: Hold, remote: Hold, types: readonly string[] = []) {
  const nothing = { filedAtMs: null, mailbox: null, uid: null, queuedAtMs: null, delivery: null };
  const recipientList = [
    { ...nothing, ordinal: 0, account: uuidOf(5), address: 'chen@acme.example', hold: local },
    { ...nothing, ordinal: 1, account: null, address: 'buyer@out.example', hold: remote },
  ];
  const steps = types.map((type, position) => ({
    ...{ position, atMs: 0, stream: '', type, actor: 'system', detail: {} },
  }));
  return submissionObject(row, [], { recipientList, steps });
}

function told(...held: Parameters<typeof objectOf>) {
  const { undoStatus, deliveryStatus } = objectOf(...held);
  const delivered = Object.values(deliveryStatus as Record<string, { delivered: string }>);
  return [undoStatus, ...delivered.map((each) => each.delivered)];
}

describe('a submission', () => {
  test('is pending for as long as somebody has to decide, for whoever waits', () => {
    assert.deepEqual(told('waiting', 'waiting'), ['pending', 'queued', 'queued']);
    assert.deepEqual(told(null, 'waiting'), ['pending', 'yes', 'queued']);
  });

  test('is final afterwards, and says who did not get it', () => {
    assert.deepEqual(told('released', 'released'), ['final', 'yes', 'queued']);
    assert.deepEqual(told('returned', 'returned'), ['final', 'no', 'no']);
    assert.deepEqual(told(null, null), ['final', 'yes', 'queued']);
  });

  test('has no details of a delivery that looks as if it were under way while it waits for somebody', () => {
    const detailed = (local: Hold, remote: Hold) => {
      const details = objectOf(local, remote)['muniment:deliveryDetails'] as Record<
        string,
        { state: string } | null
      >;
      return Object.values(details).map((each) => each?.state ?? null);
    };
    assert.deepEqual(detailed('waiting', 'waiting'), ['held', 'held']);
    assert.deepEqual(detailed(null, 'waiting'), [null, 'held']);
    assert.deepEqual(detailed('released', 'released'), [null, 'waiting']);
    assert.deepEqual(detailed('returned', 'returned'), ['cancelled', 'cancelled']);
  });

  test('is canceled where its sender has taken it back', () => {
    assert.deepEqual(told('returned', 'returned', ['ApprovalWithdrawn']), ['canceled', 'no', 'no']);
  });
});
