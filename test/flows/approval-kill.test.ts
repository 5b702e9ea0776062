/** kill -9 at every step of an approval: the partner ends with the mail, and with a second copy only where that is marked. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApprovalHouse, buyer } from '../support/approval-house.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import type { Step } from '../support/next-hop.ts';
import { addressOf } from '../support/real-server.ts';

flowOnEveryLog('killed during an approval', { timeout: 600_000 }, (openLog) => {
  let house: ApprovalHouse;
  let mails = 0;

  beforeEach(async () => {
    house = await ApprovalHouse.open(['wang', 'li', 'chen'], await openLog());
    const hold = {
      do: 'holdForApproval',
      reviewer: addressOf('li'),
      deadlineHours: 24,
      atDeadline: 'return',
    };
    await house.publish(hold);
  });
  afterEach(() => house?.close());

  const submit = () => house.submit([buyer, addressOf('chen')], { subject: `合同 ${++mails}` });

  function approve(message: string) {
    return house.server.verb('approval', 'approve', message, '--by', addressOf('li'));
  }

  async function restart(): Promise<void> {
    await house.server.kill();
    await house.server.start();
  }

  /** Released, delivered once or marked, filed once. */
  async function assertArrived(message: string): Promise<void> {
    const story = await house.untilStory(
      message,
      (types) => types.includes('DeliveryCompleted') && types.includes('MessagesFiled'),
    );
    const count = (type: string) => story.filter((each) => each === type).length;
    for (const type of ['ApprovalRequested', 'ApprovalDecided', 'RecipientsReleased', 'DeliveryQueued'])
      assert.equal(count(type), 1, `${type}: ${story.join(' ')}`);
    assert.equal(count('MessagesFiled'), 1, story.join(' '));
    const copies = house.peer.taken.filter(({ octets }) => octets.includes(message)).length;
    assert.ok(copies >= 1, 'the partner has it');
    if (copies > 1) assert.ok(count('OutcomeUnknown') >= 1, `${copies} copies: ${story.join(' ')}`);
    assert.equal((await house.server.verb('verify')).code, 0);
  }

  test('directly behind the 250 of the mail that is held', async () => {
    const message = await submit();
    await restart();
    await house.untilHeld(message);
    assert.equal(house.peer.taken.length, 0);
    assert.equal((await approve(message)).code, 0);
    await assertArrived(message);
  });

  for (const delayMs of [0, 15, 60, 250]) {
    test(`${delayMs} ms behind the decision`, async () => {
      const message = await submit();
      await house.untilHeld(message);
      assert.equal((await approve(message)).code, 0);
      await sleep(delayMs);
      await restart();
      await assertArrived(message);
    });
  }

  for (const step of ['CONNECT', 'RCPT', 'DATA', 'DOT'] as readonly Step[]) {
    test(`at ${step} of the delivery that the release begins`, async () => {
      const message = await submit();
      await house.untilHeld(message);
      const killed = new Promise<void>((resolve) => {
        house.peer.behaviour = {
          answer: (at) => {
            if (at !== step) return undefined;
            house.peer.behaviour = {};
            void house.server.kill().then(resolve);
            return step === 'DOT' ? 'cut' : 'drop';
          },
        };
      });
      await approve(message);
      await killed;
      await house.server.start();
      await assertArrived(message);
    });
  }
});
