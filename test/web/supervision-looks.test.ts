/** How the supervision desk looks: at four widths, in three languages. `MUNIMENT_TEST_PICTURES` names a folder to keep them. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { missing } from '../support/programs.ts';
import { addressOf } from '../support/real-server.ts';
import { everything } from '../support/supervision-house.ts';
import { type Browser, signIn, startBrowser } from './chromium.ts';
import { mailWithFile, plainMail } from './held-mails.ts';
import { accessFaults, foreignWords, misfits, ownWords } from './page-checks.ts';
import { SupervisedFirm } from './supervised-mails.ts';

const looks = [
  { language: 'zh-CN', colorScheme: 'light' },
  { language: 'zh-CN', colorScheme: 'dark' },
  { language: 'zh-TW', colorScheme: 'dark' },
  { language: 'en', colorScheme: 'light' },
] as const;
const widths = [375, 1024, 1440, 1600] as const;
const pictures = process.env['MUNIMENT_TEST_PICTURES'];

type Look = (name: string, page: Page) => Promise<void>;

describe('looks of the supervision desk', { skip: missing('chromium'), timeout: 600_000 }, () => {
  let firm: SupervisedFirm;
  let browser: Browser;
  const copies: Record<'plain' | 'sealed' | 'reviewed', string> = { plain: '', sealed: '', reviewed: '' };

  before(async () => {
    firm = await SupervisedFirm.open();
    browser = await startBrowser(firm.company.server);
    const text = '附件是合同，请审阅。\r\n\r\n王伟';
    const mail = mailWithFile(text, '采购合同附件清单.txt', '合同金额一百万');
    const long = '采购合同 2026-11（第三版，含附件清单与付款条件，请于周五前确认）';
    copies.plain = await copyOf(await firm.send(long, mail, { hidden: ['shadow@out.example'] }));
    copies.reviewed = await copyOf(await firm.send('合同补充协议', plainMail('请看合同。')));
    await firm.client('li').ask('reviewSupervised', {
      body: { supervisions: [copies.reviewed], outcome: 'objection', note: '金额与附件不一致，请核对。' },
    });
    const sealed = { do: 'copyToSupervisors', to: [addressOf('li')], sealed: '内部调查第 7 号' };
    const rule = await firm.company.house.publish(sealed, { ...everything, name: '内部调查' });
    copies.sealed = await copyOf(await firm.send('客户名单', plainMail('名单见附。')));
    await firm.company.house.withdraw(rule);
    if (pictures) mkdirSync(pictures, { recursive: true });
  });

  after(async () => {
    await browser?.close();
    await firm?.close();
  });

  const copyOf = (message: string): Promise<string> => firm.copyFor('li', message);

  for (const { language, colorScheme } of looks) {
    for (const width of widths) {
      test(`${language}, ${colorScheme}, ${width} px`, async () => {
        const options = { locale: language, colorScheme, viewport: { width, height: 850 } };
        const look: Look = async (name, page) => {
          const path = join(pictures ?? '', `${name}-${language}-${colorScheme}-${width}.png`);
          if (pictures) await page.screenshot({ path });
          assert.deepEqual(await misfits(page), [], name);
          assert.deepEqual(foreignWords(await ownWords(page), language), [], name);
          if (width === 1024) assert.deepEqual(await accessFaults(page), [], name);
        };
        const supervisor = await browser.page(options);
        await signIn(supervisor.page, 'li');
        await screens(supervisor.page, copies, look);
        const other = await browser.page(options);
        await signIn(other.page, 'zhao');
        await other.page.goto('/#supervision');
        await other.page.locator('supervision-desk a.step').waitFor();
        await look('supervision-empty', other.page);
        assert.deepEqual([...supervisor.faults, ...other.faults], []);
        await supervisor.close();
        await other.close();
      });
    }
  }
});

async function screens(page: Page, copies: { plain: string; sealed: string; reviewed: string }, look: Look) {
  await page.locator('[data-what=supervision-badge]').waitFor();
  await look('supervision-badge', page);
  await page.goto('/#supervision');
  await page.locator('supervision-list .row').first().waitFor();
  await look('supervision-list', page);
  await page.goto(`/#supervision/${copies.plain}`);
  await page.locator('supervised-view mail-body mark').first().waitFor();
  await look('supervision-mail', page);
  await page.locator('review-bar button[data-what=objection]').click();
  await page.locator('review-bar [role=alert]:visible').waitFor();
  await look('supervision-fault', page);
  await page.goto(`/#supervision/${copies.sealed}`);
  await page.locator('supervised-view h2', { hasText: '客户名单' }).waitFor();
  await page.locator('supervised-view .note').waitFor();
  await look('supervision-sealed', page);
  await page.goto('/#supervision');
  await page.locator('[data-what=select-all]').click();
  await page.locator('supervision-desk review-bar').waitFor();
  await look('supervision-many', page);
  await page.goto('/#supervision/overdue');
  await page.locator('supervision-desk a.step').waitFor();
  await look('supervision-overdue', page);
  await page.goto(`/#supervision/reviewed/${copies.reviewed}`);
  await page.locator('supervised-view .outcome').waitFor();
  await look('supervision-reviewed', page);
}
