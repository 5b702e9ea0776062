/** How the pages look: at three widths, in three languages, light and dark. `MUNIMENT_TEST_PICTURES` names a folder to keep them. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { deliver } from '../support/delivered-mail.ts';
import { missing } from '../support/programs.ts';
import { RealServer } from '../support/real-server.ts';
import { type Browser, signIn, startBrowser } from './chromium.ts';
import { firmMails, manyMails } from './mails.ts';
import { accessFaults, foreignWords, misfits, ownWords } from './page-checks.ts';

const widths = [375, 1024, 1600] as const;
const looks = [
  { language: 'zh-CN', colorScheme: 'light' },
  { language: 'zh-TW', colorScheme: 'dark' },
  { language: 'en', colorScheme: 'light' },
] as const;
const pictures = process.env['MUNIMENT_TEST_PICTURES'];

describe('looks', { skip: missing('chromium'), timeout: 400_000 }, () => {
  let server: RealServer;
  let browser: Browser;

  before(async () => {
    server = await RealServer.start(['wang']);
    [browser] = await Promise.all([
      startBrowser(server),
      deliver(server, 'wang', [...manyMails(20), ...firmMails]),
    ]);
    if (pictures) mkdirSync(pictures, { recursive: true });
  });

  after(async () => {
    await browser?.close();
    await server?.dispose();
  });

  test('what is planted is found', async () => {
    const { page, close } = await browser.page({ locale: 'zh-CN', viewport: { width: 375, height: 800 } });
    await page.goto('/');
    await page.locator('sign-in').waitFor();
    await page.evaluate(() => {
      const plant = (name: string, text: string, style: Partial<CSSStyleDeclaration>): void => {
        const node = document.createElement(name);
        node.textContent = text;
        Object.assign(node.style, style);
        document.body.append(node);
      };
      plant('p', '宽', { position: 'absolute', top: '0', left: '300px', width: '200px' });
      plant('button', '一个很长的按钮', {
        position: 'absolute',
        top: '40px',
        width: '20px',
        overflow: 'hidden',
        whiteSpace: 'nowrap',
      });
      plant('p', 'Untranslated', { position: 'absolute', top: '80px', color: '#eee', background: '#fff' });
    });
    const found = (await misfits(page)).join('\n');
    assert.match(found, /outside: p/);
    assert.match(found, /cut off: button/);
    assert.deepEqual(foreignWords(await ownWords(page), 'zh-CN'), ['Untranslated']);
    assert.match((await accessFaults(page)).join('\n'), /color-contrast/);
    await close();
  });

  for (const { language, colorScheme } of looks) {
    for (const width of widths) {
      test(`${language}, ${colorScheme}, ${width} px`, async () => {
        const { page, faults, close } = await browser.page({
          locale: language,
          colorScheme,
          viewport: { width, height: 800 },
        });
        const look = async (name: string): Promise<void> => {
          if (pictures) await page.screenshot({ path: join(pictures, `${name}-${language}-${width}.png`) });
          assert.deepEqual(await misfits(page), [], name);
          assert.deepEqual(foreignWords(await ownWords(page), language), [], name);
          // It takes its time; colours and names are the same at every width.
          if (width === 1024) assert.deepEqual(await accessFaults(page), [], name);
        };
        await page.goto('/');
        await page.locator('sign-in').waitFor();
        await look('sign-in');
        await signIn(page, 'wang');
        await page.locator('.row a').first().waitFor();
        await look('list');
        await screens(page, look);
        assert.deepEqual(faults, []);
        await close();
      });
    }
  }
});

async function screens(page: Page, look: (name: string) => Promise<void>): Promise<void> {
  await page.locator('.row a', { hasText: '双十二新品目录' }).click();
  await page.frameLocator('mail-body iframe').getByText('新品目录').waitFor();
  await page.locator('button[data-what=pictures]').waitFor();
  await look('html');
  await page.goto('/#/mail/inbox');
  await page.locator('.row a', { hasText: 'Re: 采购合同' }).click();
  await page.locator('mail-view .folded').click();
  await page.locator('mail-view .details-button').first().click();
  await look('conversation');
  await page.goto('/#/mail/inbox');
  await page.locator('.row input').nth(1).check();
  await page.locator('list-toolbar drop-menu[data-what=move] button[aria-expanded]').click();
  await look('selected');
  await page.goto('/#/mail/inbox');
  await writing(page, look);
  await page.locator('drop-menu.account button[aria-expanded]').click();
  await look('account');
  await page.locator('button[data-what=signatures]').click();
  await page.locator('signature-dialog textarea').waitFor();
  await look('signature');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.goto('/#/mail/trash');
  await page.locator('mail-list empty-state').waitFor();
  await look('empty');
}

/** The window of writing: empty, with everything in it and what is wrong, and its question. */
async function writing(page: Page, look: (name: string) => Promise<void>): Promise<void> {
  await page.keyboard.press('c');
  const text = page.frameLocator('rich-editor iframe').locator('#text');
  await text.waitFor();
  await look('writing');
  const to = page.locator('address-field[data-field=to] input');
  await to.fill(
    '陈晓华 <chen@partner.example>; wrong@; someone.with.a.long.address@another.partner.example;',
  );
  await to.press('Enter');
  await page.locator('button[data-what=cc]').click();
  await page.locator('input[data-field=subject]').fill('关于三季度采购合同的确认');
  await page.locator('.attach input').setInputFiles({
    name: '采购合同（第三版，含附件清单）.pdf',
    mimeType: 'application/pdf',
    buffer: Buffer.alloc(4000),
  });
  await page.locator('draft-file-list small').waitFor();
  await page.locator('button[data-what=send]').click();
  await page.locator('.fault[role=alert]:visible').first().waitFor();
  await page.locator('.keeping:not(:empty)').waitFor();
  await look('writing-faults');
  await page.locator('button[data-what=discard]').click();
  await look('writing-discard');
  await page.locator('#discard button[data-what=confirm]').click();
  await page.locator('writing-window').waitFor({ state: 'detached' });
}
