/** The supervision desk in a real browser before the real server. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { missing } from '../support/programs.ts';
import { addressOf } from '../support/real-server.ts';
import { type Browser, signIn, startBrowser, type WatchedPage } from './chromium.ts';
import { htmlMail, mailWithFile, plainMail } from './held-mails.ts';
import { contractRule, SupervisedFirm, salesRule } from './supervised-mails.ts';

const secret = 'secret@out.example';

describe('the supervision desk in the browser', { skip: missing('chromium'), timeout: 400_000 }, () => {
  let firm: SupervisedFirm;
  let browser: Browser;
  let supervisor: WatchedPage;
  let page: Page;

  before(async () => {
    firm = await SupervisedFirm.open();
    browser = await startBrowser(firm.company.server);
    supervisor = await browser.page({ viewport: { width: 1440, height: 900 } });
    page = supervisor.page;
    page.setDefaultTimeout(30_000);
    await signIn(page, 'li');
  });

  after(async () => {
    await browser?.close();
    await firm?.close();
  });

  const row = (subject: string): Locator => page.locator('supervision-list .row', { hasText: subject });
  const button = (what: string): Locator => page.locator(`review-bar button[data-what=${what}]`);
  const notice = (words: string): Promise<void> => page.locator('notice-bar').getByText(words).waitFor();
  const stateOf = async (message: string): Promise<string> => {
    const [copy] = await firm.company.copiesOf(message);
    return copy!.outcome ?? copy!.state;
  };

  test('MON-10: “1 to review” comes by itself; the mail as it was sent, with envelope and reason; opening it is no review', async () => {
    assert.equal(await page.locator('[data-what=supervision-badge], a[data-what=supervision]').count(), 0);
    const message = await firm.send(
      '采购合同 2026',
      mailWithFile('附件是合同。', '报价.txt', '合同金额一百万'),
      {
        hidden: [secret],
      },
    );
    await page.locator('[data-what=supervision-badge]', { hasText: '1 to review' }).click();
    await row('采购合同 2026').locator('a').click();
    const view = page.locator('supervised-view');
    await view.locator('h2 mark', { hasText: '合同' }).waitFor();
    assert.deepEqual(await view.locator('mail-body mark').allTextContents(), ['合同']);
    const reasons = page.locator('rule-reasons');
    await reasons.getByText(contractRule.name).waitFor();
    await reasons.getByText('in the file 报价.txt').waitFor();
    const envelope = view.locator('dd', { hasText: secret });
    assert.equal(await envelope.textContent(), `buyer@out.example, ${secret} (not named in the mail)`);
    await view
      .locator('dd', { hasText: addressOf('wang') })
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Look at 报价.txt' }).click();
    await page.locator('file-preview pre', { hasText: '合同金额一百万' }).waitFor();
    await page.keyboard.press('Escape');
    assert.equal(await stateOf(message), 'waiting');
    await page.locator('[data-tab=waiting] .count', { hasText: '1' }).waitFor();
  });

  test('what is not in order wants a note; the review is kept with it', async () => {
    await button('objection').click();
    await page.locator('review-bar [role=alert]', { hasText: 'Say what is not in order' }).waitFor();
    await page.locator('review-bar textarea').fill('价格未批');
    await button('objection').click();
    await notice('1 mail reviewed');
    await page.locator('supervision-desk empty-state', { hasText: 'Nothing is to be reviewed' }).waitFor();
    await page.locator('supervision-desk a[data-tab=reviewed]').click();
    await row('采购合同 2026').getByText('Objection').waitFor();
    await row('采购合同 2026').locator('a').click();
    const outcome = page.locator('supervised-view .outcome');
    await outcome.locator('blockquote', { hasText: '价格未批' }).waitFor();
    await outcome.getByText(addressOf('li')).waitFor();
    assert.equal(await page.locator('review-bar').count(), 0);
  });

  test('many at once and with the keys alone', async () => {
    await page.locator('supervision-desk a[data-tab=waiting]').click();
    const mails = [
      await firm.send('合同甲', plainMail('甲')),
      await firm.send('合同乙', htmlMail('<p>请看<b>合</b>同</p>')),
      await firm.send('合同丙', plainMail('丙')),
    ];
    await row('合同甲').waitFor();
    await row('合同丙').waitFor();
    for (const key of ['j', 'x', 'j', 'x']) await page.keyboard.press(key);
    await page.locator('supervision-desk empty-state', { hasText: 'Review 2 mails' }).waitFor();
    await page.keyboard.press('e');
    await page.keyboard.type('请法务看');
    await button('escalated').press('Enter');
    await notice('2 mails reviewed');
    assert.deepEqual((await Promise.all(mails.map(stateOf))).sort(), ['escalated', 'escalated', 'waiting']);
    await page.keyboard.press('j');
    await page.locator('supervised-view').waitFor();
    await page.keyboard.press('a');
    await page.keyboard.press('Enter');
    await notice('1 mail reviewed');
    assert.deepEqual((await Promise.all(mails.map(stateOf))).sort(), ['escalated', 'escalated', 'inOrder']);
    await page.keyboard.press('?');
    await page.locator('keys-dialog dd', { hasText: 'Objection, with a note' }).waitFor();
    await page.keyboard.press('Escape');
  });

  test('MON-11: the list is narrowed by person and by rule, and widened again', async () => {
    await firm.company.server.muniment('department', 'assign', '销售', addressOf('zhao'));
    const sales = await firm.company.house.publish({ do: 'copyToSupervisors' }, salesRule);
    await firm.send('合同丁', plainMail('丁'), { by: 'zhao' });
    await firm.send('周报', plainMail('一切正常'));
    await firm.company.house.withdraw(sales);
    await row('合同丁').waitFor();
    await row('周报').waitFor();
    const narrow = (what: string, label: string): Promise<string[]> =>
      page.locator(`supervision-desk select[data-what=${what}]`).selectOption({ label });
    await narrow('person', addressOf('zhao'));
    await row('合同丁').waitFor();
    assert.equal(await row('周报').count(), 0);
    await narrow('rule', salesRule.name);
    await page.locator('empty-state', { hasText: 'Nothing of that person or rule' }).waitFor();
    await page.locator('button[data-what=widen]').click();
    await row('合同丁').waitFor();
    await narrow('rule', salesRule.name);
    await row('周报').waitFor();
    assert.equal(await row('合同丁').count(), 0);
    await page.locator('supervision-desk select[data-what=rule]').selectOption('');
  });

  test('somebody else’s copy is not shown, and the way to the desk is there for supervisors alone', async () => {
    const message = await firm.send('合同戊', plainMail('戊'));
    const copy = await firm.copyFor('li', message);
    const other = await browser.page({ viewport: { width: 1440, height: 900 } });
    await signIn(other.page, 'wang');
    assert.equal(await other.page.locator('a[data-what=supervision]').count(), 0);
    await other.page.goto(`/#supervision/${copy}`);
    await other.page.locator('empty-state', { hasText: 'This mail is not before you' }).waitFor();
    // What the browser says itself of the answer 404.
    assert.deepEqual(
      other.faults.filter((fault) => !/404/.test(fault)),
      [],
    );
    await other.close();
  });

  test('nothing was wrong on any page', () => {
    assert.deepEqual(supervisor.faults, []);
  });
});
