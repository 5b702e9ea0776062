import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { deliveryId, queueDelivery } from '../../services/domain/delivery.ts';
import { acceptMessage, filedHere, noJudgements } from '../../services/domain/message.ts';
import { uuidOf } from '../support/given-when-then.ts';
import { ModelsHouse } from './models-house.ts';

let house: ModelsHouse;
const [li, zhao] = [uuidOf(1), uuidOf(2)];

beforeEach(async () => {
  house = await ModelsHouse.open();
});
afterEach(() => house.close());

/** Position of its last event. */
function submit(n: number, account: string): number {
  const sealed = ['sha256', 'returnPath', 'peer', 'helo', 'subject', 'messageId'];
  const events = house.append(
    `message-${uuidOf(n)}`,
    ...acceptMessage({
      source: 'submission',
      frame: uuidOf(50),
      address: 'ab'.repeat(32),
      blobOctets: 10,
      traceText: '',
      thread: uuidOf(60),
      submitter: account,
      normalised: false,
      recipients: [
        { account: zhao, address: 'zhao@acme.example' },
        { account: null, address: 'x@out.example' },
      ],
      mailbox: null,
      flags: 0,
      internalDateMs: 1,
      verdict: noJudgements,
      submitted: {
        account,
        email: uuidOf(70 + n),
        identity: uuidOf(80),
        thread: uuidOf(60),
        resubmits: null,
        ordinals: [filedHere, 1],
        sender: 'li@acme.example',
        recipients: ['zhao@acme.example', 'x@out.example'],
      },
      personal: {
        ...Object.fromEntries(sealed.map((name) => [name, ''])),
        from: [],
        to: [],
        dateMs: null,
        authentication: null,
      },
    }),
  );
  return events.at(-1)!.position;
}

describe('submissions', () => {
  test('are known to whom they belong, with envelope and origin', async () => {
    const position = submit(11, li);
    await house.settled();
    const row = house.submissions.one(li, uuidOf(11))!;
    assert.deepEqual([row.email, row.identity, row.thread], [uuidOf(81), uuidOf(80), uuidOf(60)]);
    assert.deepEqual(
      [row.sender, row.recipients],
      ['li@acme.example', ['zhao@acme.example', 'x@out.example']],
    );
    assert.deepEqual([row.ordinals, row.created, row.changed], [[filedHere, 1], position, position]);
    assert.equal(house.submissions.one(zhao, uuidOf(11)), null);
    assert.deepEqual(house.submissions.all(zhao, 10), []);
    assert.equal(house.submissions.lastChanged(zhao), 0);
  });

  test('change with their deliveries, and with those of no other mail', async () => {
    const [first, second] = [submit(11, li), submit(12, li)];
    const queued = queueDelivery(uuidOf(11), 1, 10, 9_000, 'x@out.example');
    const { position } = house.append(`delivery-${deliveryId(uuidOf(11), 1)}`, queued).at(-1)!;
    await house.settled();
    assert.equal(house.submissions.lastChanged(li), position);
    const changed = (since: number) =>
      house.submissions.changedSince(li, since, 10).map(({ message }) => message);
    assert.deepEqual(changed(first), [uuidOf(12), uuidOf(11)]);
    assert.deepEqual(changed(second), [uuidOf(11)]);
    assert.deepEqual(changed(position), []);
    await house.assertRebuildsAlike();
  });
});
