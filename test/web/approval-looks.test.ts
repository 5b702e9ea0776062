/** How the approval desk looks: at three widths, in three languages. `MUNIMENT_TEST_PICTURES` names a folder to keep them. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { missing } from '../support/programs.ts';
import { type Browser, signIn, startBrowser } from './chromium.ts';
import { DeskHouse, mailWithFile, plainMail } from './held-mails.ts';
import { accessFaults, foreignWords, misfits, ownWords } from './page-checks.ts';

const looks = [
  { language: 'zh-CN', colorScheme: 'light' },
  { language: 'zh-TW', colorScheme: 'dark' },
  { language: 'en', colorScheme: 'light' },
] as const;
const widths = [375, 1024, 1440] as const;
const pictures = process.env['MUNIMENT_TEST_PICTURES'];

type Look = (name: string, page: Page) => Promise<void>;

describe('looks of the approval desk', { skip: missing('chromium'), timeout: 400_000 }, () => {
  let desk: DeskHouse;
  let browser: Browser;
  let approval: string;

  before(async () => {
    desk = await DeskHouse.open();
    browser = await startBrowser(desk.house.server);
    approval = await desk.hold(
      '采购合同 2026-11（第三版，含附件清单与付款条件）',
      mailWithFile('附件是合同，请审阅。\r\n\r\n王伟', '采购合同附件清单.txt', '合同金额一百万'),
    );
    await desk.hold('合同补充协议', plainMail('请看合同。'));
    const returned = await desk.hold('退回的合同', plainMail('合同'));
    const { items } = await desk.client('li').ask('listApprovals');
    const { octets } = items.find((item) => item.approval === returned)!;
    await desk.client('li').ask('decideApprovals', {
      body: { approvals: [{ approval: returned, octets }], decision: 'return', comment: '请补充金额' },
    });
    if (pictures) mkdirSync(pictures, { recursive: true });
  });

  after(async () => {
    await browser?.close();
    await desk?.close();
  });

  for (const { language, colorScheme } of looks) {
    for (const width of widths) {
      test(`${language}, ${colorScheme}, ${width} px`, async () => {
        const options = { locale: language, colorScheme, viewport: { width, height: 850 } };
        const look: Look = async (name, page) => {
          if (pictures) await page.screenshot({ path: join(pictures, `${name}-${language}-${width}.png`) });
          assert.deepEqual(await misfits(page), [], name);
          assert.deepEqual(foreignWords(await ownWords(page), language), [], name);
          if (width === 1024) assert.deepEqual(await accessFaults(page), [], name);
        };
        const reviewer = await browser.page(options);
        await signIn(reviewer.page, 'li');
        await reviewerScreens(reviewer.page, approval, look);
        const sender = await browser.page(options);
        await signIn(sender.page, 'wang');
        await senderScreens(sender.page, look);
        assert.deepEqual([...reviewer.faults, ...sender.faults], []);
        await reviewer.close();
        await sender.close();
      });
    }
  }
});

async function reviewerScreens(page: Page, approval: string, look: Look): Promise<void> {
  await page.locator('[data-what=approval-badge]').waitFor();
  await look('desk-badge', page);
  await page.goto('/#approvals');
  await page.locator('approval-list .row').first().waitFor();
  await look('desk-list', page);
  await page.goto(`/#approvals/${approval}`);
  await page.locator('held-view mail-body mark').first().waitFor();
  await look('desk-held', page);
  await page.locator('decision-bar button[data-what=return]').click();
  await page.locator('decision-bar [role=alert]:visible').waitFor();
  await look('desk-fault', page);
  await page.goto('/#approvals');
  await page.locator('[data-what=select-all]').click();
  await page.locator('approval-desk decision-bar').waitFor();
  await look('desk-many', page);
  await page.goto('/#approvals/log');
  await page.locator('approval-list .row').first().waitFor();
  await look('desk-log', page);
}

async function senderScreens(page: Page, look: Look): Promise<void> {
  await page.goto('/#approvals');
  await page.locator('approval-desk empty-state').first().waitFor();
  await look('desk-empty', page);
  await page.goto('/#approvals/own');
  await page.locator('approval-list .row a', { hasText: '合同补充协议' }).click();
  await page.locator('approval-record ol li').first().waitFor();
  await look('desk-own', page);
  await page.locator('[data-what=take-back]').click();
  await look('desk-take-back', page);
  await page.keyboard.press('Escape');
  await page.goto('/#/mail/inbox');
  await page.locator('list-toolbar h1').waitFor();
  await page.keyboard.press('c');
  const to = page.locator('address-field[data-field=to] input');
  await to.pressSequentially('buyer@out.example,');
  await page.locator('input[data-field=subject]').fill('合同草案');
  await page.locator('hold-line p').waitFor();
  await look('desk-forecast', page);
  await page.locator('button[data-what=discard]').click();
  await page.locator('#discard button[data-what=confirm]').click();
  await page.locator('writing-window').waitFor({ state: 'detached' });
}
