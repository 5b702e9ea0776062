/** A mail that came back is corrected and sent again: both know of each other, and who decides sees what has changed. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ApiClient } from '../support/api-client.ts';
import { ApprovalHouse, buyer } from '../support/approval-house.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { JmapClient } from '../support/jmap-client.ts';
import { addressOf, passwordOf } from '../support/real-server.ts';
import { sendByJmap } from '../support/sent-mail.ts';

flowOnEveryLog('a mail that came back is sent again', { timeout: 300_000 }, (openLog) => {
  let house: ApprovalHouse;
  let [wang, li, chen]: ApiClient[] = [];
  let jmap: JmapClient;

  before(async () => {
    house = await ApprovalHouse.open(['wang', 'li', 'chen'], await openLog());
    const { http } = house.server.ports;
    [wang, li, chen] = ['wang', 'li', 'chen'].map(
      (name) => new ApiClient(http, addressOf(name), passwordOf(name)),
    );
    jmap = await JmapClient.signIn(http, addressOf('wang'), passwordOf('wang'));
    const hold = {
      do: 'holdForApproval',
      reviewer: addressOf('li'),
      deadlineHours: 24,
      atDeadline: 'return',
    };
    await house.publish(hold);
  });
  after(() => house?.close());

  const send = (text: string, resubmits?: string) =>
    sendByJmap(jmap, {
      from: addressOf('wang'),
      to: buyer,
      subject: '合同',
      text,
      more: resubmits === undefined ? {} : { 'muniment:resubmits': resubmits },
    });
  const held = async (sent: { readonly id?: unknown }) => (await house.untilHeld(sent.id as string)).approval;

  test('both approvals name each other; who decides reads what it was, and why it came back', async () => {
    const first = await held(await send('价格 100'));
    const waiting = await send('价格 90', first);
    assert.equal(waiting['type'], 'invalidProperties', 'it waits still');
    const { items } = await li!.ask('listApprovals');
    const approvals = [{ approval: first, octets: items[0]!.octets }];
    await li!.ask('decideApprovals', { body: { approvals, decision: 'return', comment: '请改价格' } });
    const second = await held(await send('价格 90', first));
    const shown = await li!.ask('showApproval', { params: { approval: second } });
    assert.deepEqual([shown.resubmits, shown.resubmittedAs], [first, null]);
    const before = await li!.ask('showMailBefore', { params: { approval: second } });
    assert.deepEqual([before.state, before.comment, before.subject], ['returned', '请改价格', '合同']);
    assert.match(before.bodyValues[before.textBody[0]!.partId!]!.value, /价格 100/);
    const own = await wang!.ask('showApprovalLog', { params: { approval: first } });
    assert.equal(own.resubmittedAs, second);
    const facts = await house.server.facts();
    assert.ok(facts.some(({ type, data }) => type === 'RecipientsHeld' && data['resubmits'] === first));
    assert.ok(facts.some(({ type, data }) => type === 'EmailSubmitted' && data['resubmits'] === first));
    assert.equal((await chen!.refused('showMailBefore', { params: { approval: second } })).status, 404);
    assert.equal((await li!.refused('showMailBefore', { params: { approval: first } })).status, 404);
  });

  test('what was taken back is sent again as well; nobody else’s is, nor what never was', async () => {
    const taken = await held(await send('价格 80'));
    await wang!.ask('withdrawApproval', { params: { approval: taken } });
    const again = await held(await send('价格 70', taken));
    const before = await li!.ask('showMailBefore', { params: { approval: again } });
    assert.deepEqual([before.state, before.comment], ['withdrawn', '']);
    const other = await house.untilHeld(await house.submit([buyer], { by: 'chen' }));
    await chen!.ask('withdrawApproval', { params: { approval: other.approval } });
    for (const wrong of [other.approval, '00000000-0000-4000-8000-000000000000', 'x'])
      assert.equal((await send('x', wrong))['type'], 'invalidProperties');
  });

  test('the link holds after a restart', async () => {
    await house.server.stop();
    await house.server.start();
    const { items } = await wang!.ask('listApprovalLog');
    assert.equal(items.filter(({ resubmits }) => resubmits !== null).length, 2);
    assert.equal(items.filter(({ resubmittedAs }) => resubmittedAs !== null).length, 2);
  });
});
