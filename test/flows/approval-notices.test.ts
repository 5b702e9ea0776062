/** Who decides and who has sent are told by mail, each in their language; what they are told decides nothing by itself. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ApprovalHouse, buyer } from '../support/approval-house.ts';
import { inboxWith } from '../support/delivered-mail.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { addressOf } from '../support/real-server.ts';

flowOnEveryLog('notices of approval', { timeout: 300_000 }, (openLog) => {
  let house: ApprovalHouse;

  before(async () => {
    house = await ApprovalHouse.open(['wang', 'li'], await openLog());
    await house.server.muniment('account', 'language', addressOf('li'), 'zh-CN');
    await house.server.muniment('account', 'language', addressOf('wang'), 'zh-TW');
    // Whatever anybody sends is held: a notice that rules judged would wait for ever.
    const hold = {
      do: 'holdForApproval',
      reviewer: addressOf('li'),
      deadlineHours: 24,
      atDeadline: 'return',
    };
    await house.publish(hold, { scope: {}, when: undefined });
  });
  after(() => house?.close());

  const textOf = (mail: Buffer): string => {
    const [, body = ''] = mail.toString().split('\r\n\r\n');
    return Buffer.from(body, 'base64').toString();
  };

  test('the reviewer is asked with a link that decides nothing, the sender told what became of the mail', async () => {
    const message = await house.submit([buyer], { more: 'Message-ID: <contract@acme.example>\r\n' });
    const [asked] = await inboxWith(house.server, 'li', 1);
    assert.match(
      textOf(asked!),
      /有一封邮件等待您审批。\r\n\r\n发件人: wang@acme\.example\r\n主题: 合同\r\n规则: rule 1\r\n审批期限: /,
    );
    const link = /https:\/\/\S+(\/#approvals\/[0-9a-f-]{36})/.exec(textOf(asked!))!;
    const page = await fetch(`http://127.0.0.1:${house.server.ports.http}${link[1]}`, { redirect: 'manual' });
    assert.ok(page.status < 400);
    assert.equal((await house.show(message)).state, 'waiting');
    const [held] = await inboxWith(house.server, 'wang', 1);
    assert.match(textOf(held!), /您的郵件依本單位規則暫存/);
    await house.server.muniment(
      ...['approval', 'return', message, '--by', addressOf('li'), '--comment', '请改价格'],
    );
    const [, returned] = await inboxWith(house.server, 'wang', 2);
    assert.match(
      textOf(returned!),
      /您的郵件未獲核准，沒有寄出。[\s\S]*審核人: li@acme\.example\r\n意見: 请改价格\r\n/,
    );
    assert.match(returned!.toString(), /\r\nReferences: <contract@acme\.example>\r\n/);
    assert.match(returned!.toString(), /\r\nAuto-Submitted: auto-generated\r\n/);
    assert.equal(house.peer.taken.length, 0);
  });

  test('notices are recorded as the server’s own, and no rule holds them', async () => {
    const facts = (await house.server.facts()).filter(({ type }) => type === 'MessageAccepted');
    assert.deepEqual(
      facts.map(({ data }) => [data['source'], data['verdict']]),
      [
        ['submission', 'hold'],
        ['report', 'deliver'],
        ['report', 'deliver'],
        ['report', 'deliver'],
      ],
    );
  });
});
