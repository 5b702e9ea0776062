/** A mail is held, somebody decides, and it leaves or comes back: by submission and the command line of the real server. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ApprovalHouse, buyer } from '../support/approval-house.ts';
import { countInInbox, inboxWith } from '../support/delivered-mail.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { isInstalled, runWell } from '../support/programs.ts';
import { addressOf } from '../support/real-server.ts';

const verifier = fileURLToPath(new URL('../../services/ledger/verify.py', import.meta.url));
const python = { skip: isInstalled('python3') ? false : 'not installed: python3' };

const hold = {
  do: 'holdForApproval',
  reviewer: addressOf('li'),
  deputy: addressOf('zhao'),
  deadlineHours: 24,
  atDeadline: 'return',
};

flowOnEveryLog('approval', { timeout: 300_000 }, (openLog) => {
  let house: ApprovalHouse;

  before(async () => {
    house = await ApprovalHouse.open(['wang', 'li', 'zhao', 'chen'], await openLog());
  });
  after(() => house?.close());

  const approve = (id: string, by = 'li', ...more: string[]) =>
    house.server.verb('approval', 'approve', id, '--by', addressOf(by), ...more);

  test('APR-01: what is held leaves when it is released, as it was written, and not before', async () => {
    const rule = await house.publish(hold);
    const message = await house.submit([buyer, addressOf('chen')]);
    const held = await house.untilHeld(message);
    assert.deepEqual([held.kind, held.state, held.decider], ['approval', 'waiting', addressOf('li')]);
    assert.match(await house.server.muniment('approval', 'list'), /waiting +wang@acme\.example +合同 +li@/);
    const other = await house.submit([buyer], { subject: 'hello' });
    await house.untilStory(other, (types) => types.includes('DeliveryCompleted'));
    assert.equal(house.peer.taken.length, 1);
    assert.equal(await countInInbox(house.server, 'chen'), 0);
    assert.deepEqual(
      (await house.trace(message)).recipientList.map((each) => each.hold),
      ['waiting', 'waiting'],
    );
    assert.equal((await approve(message, 'li', '--comment', '可以')).code, 0);
    const story = await house.untilStory(
      message,
      (types) => types.includes('DeliveryCompleted') && types.includes('MessagesFiled'),
    );
    assert.ok(story.indexOf('ApprovalDecided') < story.indexOf('RecipientsReleased'));
    assert.ok(story.indexOf('RecipientsReleased') < story.indexOf('DeliveryQueued'));
    const [, released] = house.peer.taken;
    assert.match(released!.octets.toString(), /\r\n\r\n你好\r\n$/);
    const [local] = await inboxWith(house.server, 'chen', 1);
    assert.match(local!.toString(), /\r\n\r\n你好\r\n$/);
    const ended = await house.show(message);
    assert.deepEqual([ended.state, ended.decidedAs, ended.comment], ['released', 'reviewer', '可以']);
    await house.withdraw(rule);
  });

  test('nobody else decides, nobody twice, and nobody on their own mail', async () => {
    const rule = await house.publish(hold);
    const [message, own] = [await house.submit([buyer]), await house.submit([buyer], { by: 'li' })];
    await house.untilHeld(message);
    assert.match((await approve(message, 'chen')).stdout, /Somebody else decides/);
    assert.match((await approve(message, 'zhao')).stdout, /Somebody else decides/);
    assert.match((await approve(message, 'wang')).stdout, /Nobody approves their own mail/);
    assert.notEqual((await house.untilHeld(own)).decider, addressOf('li'));
    assert.match((await approve(own, 'li')).stdout, /Nobody approves their own mail/);
    assert.equal((await approve(message)).code, 0);
    assert.match((await approve(message)).stdout, /decided on already/);
    await house.withdraw(rule);
  });

  test('APR-03: conditions say what is held, and whose account approves it: a leader, or whoever has a role', async () => {
    await house.server.muniment('department', 'add', '销售', '--leader', addressOf('zhao'));
    await house.server.muniment('department', 'assign', '销售', addressOf('wang'));
    const byLeader = await house.publish({ ...hold, reviewer: 'leader', deputy: undefined });
    const toLeader = await house.submit([buyer]);
    assert.equal((await house.untilHeld(toLeader)).decider, addressOf('zhao'));
    await house.withdraw(byLeader);
    const byRole = await house.publish({ ...hold, reviewer: 'role:administrator', deputy: undefined });
    const toRole = await house.submit([buyer]);
    assert.equal((await house.untilHeld(toRole)).decider, 'any administrator');
    assert.match((await approve(toRole, 'zhao')).stdout, /Somebody else decides/);
    assert.equal((await approve(toRole, 'admin')).code, 0);
    assert.equal((await house.show(toRole)).decidedAs, 'role');
    await house.withdraw(byRole);
  });

  test('only recipients elsewhere are held where the rule says so', async () => {
    const rule = await house.publish({ ...hold, hold: 'external' });
    const message = await house.submit([buyer, addressOf('zhao')]);
    await house.untilStory(message, (types) => types.includes('MessagesFiled'));
    await house.untilHeld(message);
    assert.deepEqual(
      (await house.trace(message)).recipientList.map((each) => each.hold),
      ['waiting', null],
    );
    const { code, stdout } = await house.server.verb(
      ...['approval', 'return', message, '--by', addressOf('li'), '--comment', '请改价格'],
    );
    assert.equal(code, 0, stdout);
    await house.untilStory(message, (types) => types.includes('RecipientsReturned'));
    const { recipientList } = await house.trace(message);
    assert.deepEqual(
      recipientList.map((each) => each.hold),
      ['returned', null],
    );
    // Mail of before may still come a second time, where it is marked.
    assert.ok(!house.peer.taken.some(({ octets }) => octets.includes(message)));
    await house.withdraw(rule);
  });

  test('AVC-05: quarantine holds without a reviewer; an administrator releases or deletes, with a reason', async () => {
    const rule = await house.publish({ do: 'quarantine' });
    const [first, second] = [await house.submit([buyer]), await house.submit([buyer])];
    for (const each of [first, second]) assert.equal((await house.untilHeld(each)).kind, 'quarantine');
    assert.match((await approve(first, 'admin')).stdout, /Say why/);
    assert.match((await approve(first, 'li', '--comment', 'x')).stdout, /Somebody else/);
    assert.equal((await approve(first, 'admin', '--comment', 'harmless')).code, 0);
    await house.untilStory(first, (types) => types.includes('DeliveryCompleted'));
    await house.server.muniment(
      ...['approval', 'return', second, '--by', addressOf('admin'), '--comment', 'a virus'],
    );
    const story = await house.untilStory(second, (types) => types.includes('RecipientsReturned'));
    assert.ok(!story.includes('DeliveryQueued'));
    await house.withdraw(rule);
  });

  test('APR-04: the log says what was submitted to whom, what was decided, and with what comment', async () => {
    const rows = JSON.parse(
      await house.server.muniment('approval', 'log', '--person', addressOf('li'), '--json'),
    ) as { state: string; comment: string; decider: string }[];
    assert.deepEqual(
      rows.map(({ state, comment }) => [state, comment]),
      [
        ['returned', '请改价格'],
        ['released', ''],
        ['released', '可以'],
      ],
    );
    assert.match(await house.server.muniment('approval', 'log'), /a virus/);
    assert.equal((await house.server.verb('verify')).code, 0);
  });

  test(
    'the evidence shows that what was approved is what was sent, and what the peer answered',
    python,
    async () => {
      const rule = await house.publish(hold);
      const message = await house.submit([buyer]);
      await house.untilHeld(message);
      assert.equal((await approve(message)).code, 0);
      await house.untilStory(message, (types) => types.includes('DeliveryCompleted'));
      const proof = join(house.server.data, 'proof.zip');
      await house.server.muniment('prove', message, '-o', proof);
      const said = await runWell('python3', ['-I', verifier, proof]);
      assert.match(said, /decided on the octets that were accepted: release/);
      assert.match(said, /recipient 0, attempt 1, TLS none/);
      assert.match(said, /mx\.out\.example \[127\.0\.0\.1\] answered: 250 /);
      assert.match(said, /what it took is mail\.eml without Return-Path\n/);
      const sha256 = createHash('sha256').update(house.peer.taken.at(-1)!.octets).digest('hex');
      assert.ok((await runWell('unzip', ['-p', proof, 'personal/*'])).includes(`"sha256":"${sha256}"`));
      await house.withdraw(rule);
    },
  );
});
