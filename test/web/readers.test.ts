/** Who read my mail, in a real browser before the real server: of one mail and of all, with door and reason. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { missing } from '../support/programs.ts';
import { addressOf } from '../support/real-server.ts';
import { everything } from '../support/supervision-house.ts';
import { type Browser, signIn, startBrowser } from './chromium.ts';
import { plainMail } from './held-mails.ts';
import { accessFaults, foreignWords, misfits, ownWords } from './page-checks.ts';
import { contractRule, SupervisedFirm } from './supervised-mails.ts';

describe('who read my mail, in webmail', { skip: missing('chromium'), timeout: 400_000 }, () => {
  let firm: SupervisedFirm;
  let browser: Browser;
  let message: string;
  let other: string;

  before(async () => {
    firm = await SupervisedFirm.open();
    browser = await startBrowser(firm.company.server);
    message = await firm.send('采购合同', plainMail('合同'));
    other = await firm.send('合同二', plainMail('合同'));
    const sealed = { do: 'copyToSupervisors', to: [addressOf('zhao')], sealed: '内部调查' };
    const rule = await firm.company.house.publish(sealed, { ...everything, name: '保密' });
    const hidden = await firm.send('周报', plainMail('一切正常'));
    await firm.company.house.withdraw(rule);
    for (const [name, mail] of [
      ['li', message],
      ['li', message],
      ['zhao', hidden],
    ] as const) {
      const params = { supervision: await firm.copyFor(name, mail) };
      await firm.client(name).ask('readSupervisedMail', { params });
    }
  });

  after(async () => {
    await browser?.close();
    await firm?.close();
  });

  for (const [language, colorScheme, width] of [
    ['zh-CN', 'light', 1440],
    ['zh-CN', 'dark', 375],
    ['zh-TW', 'light', 1024],
    ['en', 'light', 1024],
  ] as const) {
    test(`${language}, ${colorScheme}, ${width} px: of one mail and of all; what is sealed stays hidden`, async () => {
      const { page, faults, close } = await browser.page({
        ...{ locale: language, colorScheme, viewport: { width, height: 850 } },
      });
      page.setDefaultTimeout(60_000);
      await signIn(page, 'wang');
      const look = async (name: string): Promise<void> => {
        const folder = process.env['MUNIMENT_TEST_PICTURES'];
        if (folder)
          await page.screenshot({ path: `${folder}/${name}-${language}-${colorScheme}-${width}.png` });
        assert.deepEqual(await misfits(page), [], name);
        assert.deepEqual(foreignWords(await ownWords(page), language), [], name);
        if (width === 1024) assert.deepEqual(await accessFaults(page), [], name);
      };
      await page.goto(`/#accesses/${message}`);
      const rows = page.locator('readers-page li');
      await rows.first().waitFor();
      assert.equal(await rows.count(), 1);
      for (const said of [addressOf('li'), contractRule.name, '127.0.0.1'])
        await rows.first().getByText(said).waitFor();
      await look('readers-mail');
      await page.goto(`/#accesses/${other}`);
      await page.locator('readers-page empty-state a').waitFor();
      await look('readers-none');
      await page.goto('/#accesses');
      await rows.first().waitFor();
      assert.equal(await rows.filter({ hasText: addressOf('zhao') }).count(), 0);
      await look('readers-all');
      assert.deepEqual(faults, []);
      await close();
    });
  }

  test('the ways there: from the mail, and from one’s account', async () => {
    const { page, faults, close } = await browser.page({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(60_000);
    await signIn(page, 'wang');
    await page.locator('drop-menu.account button[aria-expanded]').click();
    await page.locator('a[data-what=own-accesses]').click();
    await page.locator('readers-page h2', { hasText: 'Who read my mail' }).waitFor();
    assert.deepEqual(faults, []);
    await close();
  });
});
