/** The approval desk in a real browser before the real server: who decides, and who has sent. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { missing } from '../support/programs.ts';
import { addressOf, passwordOf } from '../support/real-server.ts';
import { type Browser, signIn, startBrowser, type WatchedPage } from './chromium.ts';
import { DeskHouse, deskRule, htmlMail, mailWithFile, plainMail } from './held-mails.ts';

describe('the approval desk in the browser', { skip: missing('chromium'), timeout: 400_000 }, () => {
  let desk: DeskHouse;
  let browser: Browser;
  let reviewer: WatchedPage;
  let sender: WatchedPage;
  let page: Page;

  before(async () => {
    desk = await DeskHouse.open();
    browser = await startBrowser(desk.house.server);
    [reviewer, sender] = [
      await browser.page({ viewport: { width: 1440, height: 900 } }),
      await browser.page({ viewport: { width: 1440, height: 900 } }),
    ];
    page = reviewer.page;
    for (const { page: each } of [reviewer, sender]) each.setDefaultTimeout(30_000);
    await signIn(page, 'li');
    await signIn(sender.page, 'wang');
  });

  after(async () => {
    await browser?.close();
    await desk?.close();
  });

  const row = (subject: string): Locator => page.locator('approval-list .row', { hasText: subject });
  const ownRow = (subject: string): Locator =>
    sender.page.locator('approval-list .row', { hasText: subject });
  const marks = (): Locator => page.locator('held-view h2 mark');
  const notice = (on: Page, words: string): Promise<void> =>
    on.locator('notice-bar').getByText(words).waitFor();
  const stateOf = async (approval: string): Promise<string> =>
    (await desk.client('wang').ask('showApprovalLog', { params: { approval } })).state;

  test('APR-05: “1 to approve” comes by itself; the reason is beside the mail, hits highlighted, the file shown', async () => {
    assert.equal(await page.locator('[data-what=approval-badge]').count(), 0);
    const approval = await desk.hold(
      '采购合同 2026',
      mailWithFile('附件是合同。', '报价.txt', '合同金额一百万'),
    );
    const badge = page.locator('[data-what=approval-badge]', { hasText: '1 to approve' });
    await badge.click();
    await row('采购合同 2026').locator('a').click();
    await marks().first().waitFor();
    assert.deepEqual(await marks().allTextContents(), ['合同']);
    const reasons = page.locator('rule-reasons');
    await reasons.getByText(deskRule.name).waitFor();
    await reasons.getByText('in the file 报价.txt').waitFor();
    assert.deepEqual(await page.locator('held-view mail-body mark').allTextContents(), ['合同']);
    await page.getByRole('button', { name: 'Look at 报价.txt' }).click();
    await page.locator('file-preview pre', { hasText: '合同金额一百万' }).waitFor();
    await page.keyboard.press('Escape');
    await sender.page.goto('/#approvals/own');
    await ownRow('采购合同 2026').getByText('Decide by').waitFor();
    await page.locator('decision-bar textarea').fill('同意');
    const { octets } = (await desk.client('li').ask('listApprovals')).items[0]!;
    const asked = page.waitForRequest((request) => request.url().endsWith('/api/approvals/decisions'));
    await page.locator('decision-bar button[data-what=approve]').click();
    assert.deepEqual((await asked).postDataJSON().approvals, [{ approval, octets }]);
    await notice(page, '1 mail approved');
    await page.locator('approval-desk empty-state', { hasText: 'Nothing waits for you' }).waitFor();
    assert.equal(await stateOf(approval), 'released');
  });

  test('the sender sees state and comment of it, live', async () => {
    const own = ownRow('采购合同 2026');
    await own.getByText('Approved').waitFor();
    await own.locator('a').click();
    const record = sender.page.locator('approval-record');
    await record.locator('blockquote', { hasText: '同意' }).waitFor();
    await record.getByText(addressOf('li')).first().waitFor();
  });

  test('the link of a notice opens it, after signing in as well, and decides nothing; a return wants a comment', async () => {
    const approval = await desk.hold('借款合同', htmlMail('<p>请看<b>合</b>同，<i>谢谢</i></p>'));
    const fresh = await browser.page({ viewport: { width: 1440, height: 900 } });
    const second = fresh.page;
    await second.goto(`/#approvals/${approval}`);
    await second.locator('input[name=login]').fill(addressOf('li'));
    await second.locator('input[name=password]').fill(passwordOf('li'));
    await second.locator('sign-in button.primary').click();
    const marked = second.frameLocator('held-view mail-body iframe').locator('mark');
    await marked.first().waitFor();
    assert.equal((await marked.allTextContents()).join(''), '合同');
    assert.equal(await stateOf(approval), 'waiting');
    await second.locator('decision-bar button[data-what=return]').click();
    await second.locator('decision-bar [role=alert]', { hasText: 'Say why' }).waitFor();
    assert.equal(await stateOf(approval), 'waiting');
    await second.locator('decision-bar textarea').fill('利率太高');
    await second.locator('decision-bar button[data-what=return]').click();
    await notice(second, '1 mail returned');
    assert.equal(await stateOf(approval), 'returned');
    await second.goto(`/#approvals/${approval}`);
    await second.locator('approval-record', { hasText: 'Returned' }).waitFor();
    assert.deepEqual(fresh.faults, []);
    await fresh.close();
  });

  test('many at once and with the keys alone', async () => {
    const approvals = [
      await desk.hold('合同甲', plainMail('甲')),
      await desk.hold('合同乙', plainMail('乙')),
      await desk.hold('合同丙', plainMail('丙')),
    ];
    await row('合同丙').waitFor();
    for (const key of ['j', 'x', 'j', 'x']) await page.keyboard.press(key);
    await page.locator('approval-desk empty-state', { hasText: 'Decide on 2 mails' }).waitFor();
    await page.keyboard.press('r');
    await page.keyboard.type('请合并为一份');
    await page.locator('decision-bar button[data-what=return]').press('Enter');
    await notice(page, '2 mails returned');
    const states = await Promise.all(approvals.map(stateOf));
    assert.deepEqual(states.sort(), ['returned', 'returned', 'waiting']);
    await page.keyboard.press('j');
    await page.locator('held-view').waitFor();
    await page.keyboard.press('a');
    await page.keyboard.press('Enter');
    await notice(page, '1 mail approved');
    await page.locator('approval-desk a[data-tab=log]').click();
    await page.locator('approval-list .row').nth(4).waitFor();
    assert.equal(await page.locator('approval-list .row').count(), 5);
    assert.equal(await page.locator('approval-list', { hasText: 'Waits' }).count(), 0);
  });

  test('whoever sent it takes it back before anybody has decided', async () => {
    const approval = await desk.hold('撤回的合同', plainMail('合同'));
    await sender.page.goto('/#approvals/own');
    const own = ownRow('撤回的合同');
    await own.locator('a').click();
    await sender.page.locator('[data-what=take-back]').click();
    await sender.page.locator('approval-record choice-dialog button[data-what=confirm]').click();
    await notice(sender.page, 'taken back');
    await own.getByText('Taken back').waitFor();
    assert.equal(await stateOf(approval), 'withdrawn');
  });

  test('before sending one is told which rule will hold it, and who decides', async () => {
    await sender.page.goto('/#/mail/inbox');
    await sender.page.locator('button[data-what=write]').click();
    const to = sender.page.locator('address-field[data-field=to] input');
    await to.pressSequentially('buyer@out.example,');
    const subject = sender.page.locator('input[data-field=subject]');
    await subject.fill('合同草案');
    const line = sender.page.locator('hold-line p');
    await line
      .getByText(`Rule “${deskRule.name}” will hold this mail; ${addressOf('li')} will decide.`)
      .waitFor();
    await subject.fill('你好');
    await line.waitFor({ state: 'detached' });
    await subject.fill('合同草案');
    await line.waitFor();
  });

  test('what is held is not said to have been sent', async () => {
    await sender.page.locator('writing-window button[data-what=send]').click();
    await notice(sender.page, 'A rule holds your mail');
  });

  test('the way to the console is there for those who may', async () => {
    await sender.page.locator('drop-menu.account button[aria-expanded]').click();
    await sender.page.locator('a[data-what=own-accesses]').waitFor();
    assert.equal(await sender.page.locator('a[data-what=console]').count(), 0);
    await sender.page.keyboard.press('Escape');
  });

  test('nothing was wrong on any page', () => {
    assert.deepEqual([...reviewer.faults, ...sender.faults], []);
  });
});
