/** The desk of whoever decides, by `/api/`, and the sender's side by JMAP: the real server. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ApiClient } from '../support/api-client.ts';
import { ApprovalHouse, buyer } from '../support/approval-house.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { addressOf, passwordOf } from '../support/real-server.ts';

const hold = {
  do: 'holdForApproval',
  reviewer: addressOf('li'),
  deputy: addressOf('zhao'),
  deadlineHours: 24,
  atDeadline: 'return',
};
const secret = 'secret@out.example';

flowOnEveryLog('the approval desk', { timeout: 300_000 }, (openLog) => {
  let house: ApprovalHouse;
  let [wang, li, zhao, chen]: ApiClient[] = [];

  before(async () => {
    house = await ApprovalHouse.open(['wang', 'li', 'zhao', 'chen'], await openLog());
    [wang, li, zhao, chen] = ['wang', 'li', 'zhao', 'chen'].map(
      (name) => new ApiClient(house.server.ports.http, addressOf(name), passwordOf(name)),
    );
    await house.publish(hold);
  });
  after(() => house?.close());

  test('APR-05: who decides sees what waits, why, and the mail; Bcc is told to nobody', async () => {
    const message = await house.submit([buyer, secret], { more: `Bcc: ${secret}\r\n` });
    await house.untilHeld(message);
    const { items } = await li!.ask('listApprovals');
    const { approval, octets } = items.find((item) => item.message === message)!;
    const shown = await li!.ask('showApproval', { params: { approval } });
    assert.deepEqual([shown.sender, shown.subject, shown.to], [addressOf('wang'), '合同', buyer]);
    assert.deepEqual(
      shown.hits.map(({ in: at, start, end, found }) => [at, start, end, found]),
      [['subject', 0, 2, '合同']],
    );
    const mail = Buffer.from(await li!.ask('readHeldMail', { params: { approval } })).toString();
    assert.match(mail, /你好/);
    assert.ok(!mail.includes(secret) && !JSON.stringify(shown).includes(secret));
    for (const other of [wang!, zhao!, chen!]) {
      assert.equal((await other.refused('showApproval', { params: { approval } })).code, 'approvalNotFound');
      assert.equal((await other.refused('readHeldMail', { params: { approval } })).status, 404);
      assert.equal((await other.ask('listApprovals')).waiting, 0);
    }
    const body = { approvals: [{ approval, octets }], decision: 'approve' as const };
    assert.deepEqual((await chen!.ask('decideApprovals', { body })).refused[0]?.code, 'notReviewer');
    const other = { ...body, approvals: [{ approval, octets: 'ab'.repeat(32) }] };
    assert.deepEqual((await li!.ask('decideApprovals', { body: other })).refused[0]?.code, 'octetsDiffer');
    assert.deepEqual(await li!.ask('decideApprovals', { body }), { done: [approval], refused: [] });
    await house.untilStory(
      message,
      (types) => types.filter((type) => type === 'DeliveryCompleted').length === 2,
    );
  });

  test('it is read as mail is read, text and files; nobody else reads it, and Bcc is not in it', async () => {
    const message = await house.submit([buyer, secret], { more: `Bcc: ${secret}\r\n` });
    const { approval } = await house.untilHeld(message);
    const params = { approval };
    const email = await li!.ask('showHeldMail', { params });
    assert.deepEqual([email.subject, email.to?.[0]?.email], ['合同', buyer]);
    const [text] = email.textBody;
    assert.match(email.bodyValues[text!.partId!]!.value, /你好/);
    assert.ok(!JSON.stringify(email).includes(secret));
    const part = { approval, part: text!.blobId! };
    assert.match(Buffer.from(await li!.ask('readHeldPart', { params: part })).toString(), /你好/);
    assert.equal((await li!.refused('readHeldPart', { params: { approval, part: '9' } })).status, 404);
    const basic = Buffer.from(`${addressOf('li')}:${passwordOf('li')}`).toString('base64');
    const view = `http://127.0.0.1:${house.server.ports.http}/api/approvals/${approval}/parts/1/view`;
    const { headers } = await fetch(view, { headers: { authorization: `Basic ${basic}` } });
    assert.deepEqual(
      [headers.get('x-frame-options'), headers.get('content-type')],
      ['SAMEORIGIN', 'application/pdf'],
    );
    assert.match(headers.get('content-security-policy')!, /default-src 'none'.*frame-ancestors 'self'/);
    assert.deepEqual(await li!.ask('countApprovals'), { waiting: 1 });
    for (const other of [wang!, zhao!, chen!]) {
      assert.equal((await other.refused('showHeldMail', { params })).code, 'approvalNotFound');
      assert.equal((await other.refused('readHeldPart', { params: part })).code, 'approvalNotFound');
      assert.equal((await other.refused('viewHeldPart', { params: part })).code, 'approvalNotFound');
      assert.deepEqual(await other.ask('countApprovals'), { waiting: 0 });
    }
    await wang!.ask('withdrawApproval', { params });
  });

  test('whoever writes is told who will decide, and not what is looked for', async () => {
    const draft = {
      ...{ from: addressOf('wang'), to: [buyer], cc: [], bcc: [] },
      ...{ subject: '采购合同', text: '', files: [], octets: 10 },
    };
    const held = await wang!.ask('previewHold', { body: draft });
    assert.deepEqual(
      [held.outcome, held.rules, held.reviewer, held.reviewerRole],
      ['held', ['rule 1'], addressOf('li'), null],
    );
    assert.ok(!JSON.stringify(held).includes('合同'));
    const free = await wang!.ask('previewHold', { body: { ...draft, subject: '你好' } });
    assert.deepEqual([free.outcome, free.rules, free.reviewer], ['none', [], null]);
    const inFiles = { when: { test: 'text', in: ['attachments'], words: ['机密'] } };
    const quiet = await house.publish({ do: 'quarantine' }, inFiles);
    const files = [{ name: '报价.docx' }];
    const besides = await wang!.ask('previewHold', { body: { ...draft, subject: '你好', files } });
    assert.equal(besides.outcome, 'none');
    await house.withdraw(quiet);
    const open = await house.publish(hold, inFiles);
    const perhaps = await wang!.ask('previewHold', { body: { ...draft, subject: '你好', files } });
    assert.equal(perhaps.outcome, 'perhapsHeld');
    await house.withdraw(open);
    const refusing = await house.publish({ do: 'refuse', text: '不可外发' });
    const refused = await wang!.ask('previewHold', { body: draft });
    assert.deepEqual([refused.outcome, refused.refusal], ['refused', '不可外发']);
    await house.withdraw(refusing);
  });

  test('whoever opened it is in the sender’s own access log, before it was shown', async () => {
    const facts = await house.server.facts();
    const shown = facts.filter(({ type, data }) => type === 'RecordsShown' && data['act'] === 'reviewMail');
    assert.ok(shown.length >= 3);
    assert.ok(
      shown.some(({ data }) => data['message'] !== null && (data['owners'] as string[]).length === 1),
    );
  });

  test('many at once: each is decided by itself, and a return wants its comment', async () => {
    const messages = [await house.submit([buyer]), await house.submit([buyer])];
    for (const message of messages) await house.untilHeld(message);
    const { items } = await li!.ask('listApprovals');
    const approvals = items.map(({ approval, octets }) => ({ approval, octets }));
    const silent = await li!.refused('decideApprovals', { body: { approvals, decision: 'return' } });
    assert.deepEqual([silent.code, silent.problems?.[0]?.field], ['commentMissing', 'comment']);
    const { done } = await li!.ask('decideApprovals', {
      body: { approvals, decision: 'return', comment: '请改价格' },
    });
    assert.equal(done.length, 2);
    const decided = (await house.server.facts()).filter(({ type }) => type === 'ApprovalDecided');
    assert.equal(decided.length, 3);
    assert.ok(decided.slice(1).every(({ actor }) => actor.startsWith('account-')));
  });

  test('the log is for its sender, its reviewer and auditors', async () => {
    const own = await wang!.ask('listApprovalLog');
    assert.deepEqual(
      own.items.map(({ state, comment }) => [state, comment]),
      [
        ['returned', '请改价格'],
        ['returned', '请改价格'],
        ['withdrawn', ''],
        ['released', ''],
      ],
    );
    const params = { approval: own.items[0]!.approval };
    const { steps } = await wang!.ask('showApprovalLog', { params });
    assert.deepEqual(
      steps.map(({ type, who }) => [type, who]),
      [
        ['ApprovalRequested', addressOf('li')],
        ['ApprovalDecided', addressOf('li')],
      ],
    );
    assert.ok(own.items.every(({ isOwn }) => isOwn));
    const decided = await li!.ask('listApprovalLog');
    assert.deepEqual([decided.items.length, decided.items.some(({ isOwn }) => isOwn)], [4, false]);
    assert.equal((await chen!.refused('showApprovalLog', { params })).status, 403);
    assert.equal((await chen!.refused('listApprovalLog', { query: { everybody: true } })).status, 403);
  });

  test('its sender takes a mail back before anybody has decided', async () => {
    const message = await house.submit([buyer]);
    const { approval } = await house.untilHeld(message);
    assert.equal((await chen!.refused('withdrawApproval', { params: { approval } })).status, 403);
    await wang!.ask('withdrawApproval', { params: { approval } });
    await house.untilStory(message, (types) => types.includes('RecipientsReturned'));
    assert.equal((await wang!.refused('withdrawApproval', { params: { approval } })).code, 'approvalEnded');
  });
});
