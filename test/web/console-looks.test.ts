/** How the console looks: at four widths, in three languages, light and dark. `MUNIMENT_TEST_PICTURES` names a folder to keep them. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { missing } from '../support/programs.ts';
import { type Browser, startBrowser } from './chromium.ts';
import { type Firm, openFirm, signInConsole } from './console-firm.ts';
import { accessFaults, misfits, ownWords } from './page-checks.ts';

const looks = [
  { language: 'zh-CN', colorScheme: 'light', widths: [375, 1440] },
  { language: 'zh-TW', colorScheme: 'dark', widths: [375, 1024] },
  { language: 'en', colorScheme: 'light', widths: [375, 1024, 1600] },
] as const;
const pictures = process.env['MUNIMENT_TEST_PICTURES'];

describe('looks of the console', { skip: missing('chromium'), timeout: 300_000 }, () => {
  let firm: Firm;
  let browser: Browser;

  before(async () => {
    firm = await openFirm();
    browser = await startBrowser(firm.server);
    if (pictures) mkdirSync(pictures, { recursive: true });
  });

  after(async () => {
    await browser?.close();
    await firm?.server.dispose();
  });

  for (const { language, colorScheme, widths } of looks) {
    for (const width of widths) {
      test(`${language}, ${colorScheme}, ${width} px`, async () => {
        const { page, faults, close } = await browser.page({
          locale: language,
          colorScheme,
          viewport: { width, height: 900 },
        });
        const look = async (name: string): Promise<void> => {
          await page.waitForFunction(() => document.fonts.status === 'loaded');
          if (pictures) await page.screenshot({ path: join(pictures, `${name}-${language}-${width}.png`) });
          assert.deepEqual(await misfits(page), [], name);
          assert.deepEqual(foreignWords(await ownWords(page), language), [], name);
          if (width === 1024 || width === 1440) assert.deepEqual(await accessFaults(page), [], name);
        };
        await signInConsole(page, 'admin');
        await screens(page, firm, look);
        await close();
        const auditor = await browser.page({
          locale: language,
          colorScheme,
          viewport: { width, height: 900 },
        });
        const second = auditor.page;
        await signInConsole(second, 'chen');
        await goTo(second, 'accesses');
        await second.locator('access-page table').waitFor();
        if (pictures) await second.screenshot({ path: join(pictures, `accesses-${language}-${width}.png`) });
        assert.deepEqual(await misfits(second), []);
        assert.deepEqual(foreignWords(await ownWords(second), language), []);
        await auditor.close();
        assert.deepEqual([...faults, ...auditor.faults], []);
      });
    }
  }
});

async function goTo(page: Page, place: string): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `#/${place}`);
}

async function screens(page: Page, firm: Firm, look: (name: string) => Promise<void>): Promise<void> {
  await page.locator('health-page .parts').waitFor();
  await look('health');
  await goTo(page, 'people');
  await page.locator('account-list tbody tr').first().waitFor();
  await look('people');
  await page.locator('account-list button[data-what=add]').click();
  await page.locator('account-list form-dialog dialog[open]').waitFor();
  await look('add-person');
  await page.keyboard.press('Escape');
  await page.locator('people-page [data-tab=departments]').click();
  await page.locator('department-tree li').first().waitFor();
  await look('departments');
  await page.locator('people-page [data-tab=groups]').click();
  await page.locator('group-list tbody tr').first().waitFor();
  await look('groups');
  await goTo(page, 'queue');
  await page.locator('queue-page tbody input[type=checkbox]').first().check();
  await page.locator('queue-page button[data-what=hold]').waitFor();
  await look('queue');
  await goTo(page, 'messages');
  await page.locator('messages-page tbody tr').first().waitFor();
  await look('messages');
  await goTo(page, `messages/${firm.message}`);
  await page.locator('message-page ol li').first().waitFor();
  await look('message');
  await goTo(page, 'rules');
  await page.locator('rules-page tbody tr').first().waitFor();
  await look('rules');
  await goTo(page, `rules/${firm.rule}`);
  await page.locator('rule-page pre').waitFor();
  await look('rule');
  await goTo(page, 'rules/new');
  await page.locator('rule-editor select[name=preset]').selectOption('contracts');
  await page.locator('dry-run button[data-what=dry-run]').click();
  await page.locator('[data-what=dry-run-result]').waitFor();
  await page.locator('rule-editor button[data-what=json]').click();
  await page.locator('rule-form button[data-what=add-exception]').click();
  await page.locator('rule-editor button[data-what=publish]').click();
  await page.locator('rule-form [data-part=except] .wrong').first().waitFor();
  await look('rule-new');
  await goTo(page, 'ledger');
  await page.locator('ledger-page button[data-what=verify]').waitFor();
  await look('ledger');
  await goTo(page, 'own-accesses');
  await page.locator('own-access-page .panel').waitFor();
  await look('own-accesses');
  await goTo(page, 'security');
  await page.locator('security-page table').first().waitFor();
  await look('security');
}

/** Names that have no other word in Chinese; what people wrote and what servers said stands in marked places. */
const names = /@|^Muniment$|^English$|\b(?:CSV|JSON|GB|MB|KB|HTTP|SMTP|IMAP|Chromium)\b/;

/** Latin words on a Chinese page, Chinese characters on an English one. */
function foreignWords(words: readonly string[], language: string): string[] {
  const own = words.filter((text) => !names.test(text));
  return own.filter((text) => (language === 'en' ? /[㐀-鿿]/ : /[A-Za-z]{2}/).test(text));
}
