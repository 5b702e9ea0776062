/** A mail that came back is corrected in the browser and sent again; who decides sees what has changed. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { buyer } from '../support/approval-house.ts';
import { JmapClient } from '../support/jmap-client.ts';
import { missing } from '../support/programs.ts';
import { addressOf, passwordOf } from '../support/real-server.ts';
import { sendByJmap } from '../support/sent-mail.ts';
import { type Browser, signIn, startBrowser, type WatchedPage } from './chromium.ts';
import { DeskHouse } from './held-mails.ts';

describe('a mail that came back, in the browser', { skip: missing('chromium'), timeout: 400_000 }, () => {
  let desk: DeskHouse;
  let browser: Browser;
  let [sender, reviewer]: WatchedPage[] = [];

  before(async () => {
    desk = await DeskHouse.open();
    browser = await startBrowser(desk.house.server);
    const viewport = { width: 1440, height: 900 };
    [sender, reviewer] = [await browser.page({ viewport }), await browser.page({ viewport })];
    for (const { page } of [sender, reviewer]) page.setDefaultTimeout(30_000);
    await signIn(sender.page, 'wang');
    await signIn(reviewer.page, 'li');
  });

  after(async () => {
    await browser?.close();
    await desk?.close();
  });

  test('it is corrected in the window of writing; its reviewer sees the difference, both find the other one', async () => {
    const { page } = sender!;
    const jmap = await JmapClient.signIn(desk.house.server.ports.http, addressOf('wang'), passwordOf('wang'));
    const sent = await sendByJmap(jmap, {
      from: addressOf('wang'),
      to: buyer,
      subject: '采购合同',
      text: '您好：\n价格 100\n此致',
    });
    const { approval: first } = await desk.house.untilHeld(sent['id'] as string);
    const client = desk.client('li');
    const [waiting] = (await client.ask('listApprovals')).items;
    const approvals = [{ approval: first, octets: waiting!.octets }];
    await client.ask('decideApprovals', { body: { approvals, decision: 'return', comment: '请改价格' } });

    await page.goto(`/#approvals/own/${first}`);
    await page.locator('approval-record [data-what=edit-again]').click();
    const text = page.locator('writing-window textarea');
    await text.waitFor();
    assert.match(await text.inputValue(), /价格 100/);
    await text.fill('您好：\n价格 90\n此致');
    await page.locator('input[data-field=subject]').fill('采购合同（改）');
    await page.locator('writing-window [data-what=send]').click();
    await page.locator('notice-bar').getByText('Sent').waitFor();

    const decider = reviewer!.page;
    await decider.goto('/#approvals');
    await decider.locator('approval-list .row', { hasText: '采购合同（改）' }).locator('a').click();
    const difference = decider.locator('mail-difference');
    await difference.locator('ins', { hasText: '价格 90' }).waitFor();
    await difference.locator('del', { hasText: '价格 100' }).waitFor();
    await difference.locator('blockquote', { hasText: '请改价格' }).waitFor();
    assert.deepEqual(await difference.locator('ins').allTextContents(), ['+ 采购合同（改）', '+ 价格 90']);
    if (process.env['MUNIMENT_TEST_PICTURES']) {
      await decider.screenshot({ path: `${process.env['MUNIMENT_TEST_PICTURES']}/difference.png` });
      await page.goto(`/#approvals/own/${first}`);
      await page.locator('approval-record').waitFor();
      await page.screenshot({ path: `${process.env['MUNIMENT_TEST_PICTURES']}/record.png` });
    }
    await page.goto(`/#approvals/own/${first}`);
    await page.reload();
    await page.locator('approval-record').getByText('the corrected mail').click();
    await page.locator('approval-record').getByText('the mail as it came back').waitFor();
    const { items } = await desk.client('wang').ask('listApprovalLog');
    assert.equal(items.find(({ approval }) => approval === first)!.resubmittedAs, items[0]!.approval);
  });

  test('it is in the thread of the one before', async () => {
    const jmap = await JmapClient.signIn(desk.house.server.ports.http, addressOf('wang'), passwordOf('wang'));
    const { list } = await jmap.call('EmailSubmission/get', { ids: null });
    const threads = new Set((list as { threadId: string }[]).map(({ threadId }) => threadId));
    assert.deepEqual([(list as unknown[]).length, threads.size], [2, 1]);
  });

  test('nothing was wrong on any page', () => {
    assert.deepEqual([...sender!.faults, ...reviewer!.faults], []);
  });
});
