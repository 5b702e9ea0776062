/** The first minutes in a browser: the printed link, a domain, an administrator, the records for the DNS, the console. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { missing } from '../support/programs.ts';
import { RealServer } from '../support/real-server.ts';
import { type Browser, startBrowser } from './chromium.ts';
import { accessFaults, misfits } from './page-checks.ts';

const pictures = process.env['MUNIMENT_TEST_PICTURES'];

describe('setting up', { skip: missing('chromium'), timeout: 120_000 }, () => {
  let server: RealServer;
  let browser: Browser;

  before(async () => {
    server = await RealServer.start();
    browser = await startBrowser(server);
  });

  after(async () => {
    await browser?.close();
    await server?.dispose();
  });

  const link = (): string => /\/console\/#\/set-up\/[\w-]+/.exec(server.output)![0];

  test('is done once, by the link that the server printed', async () => {
    const { page, faults, close } = await browser.page({
      locale: 'zh-CN',
      viewport: { width: 375, height: 900 },
    });
    await page.goto(link());
    await page.locator('set-up-page [name=domain]').fill('acme.example');
    await page.locator('set-up-page [name=realName]').fill('王伟');
    await page.locator('set-up-page [name=password]').fill('short');
    await page.locator('set-up-page button.primary').click();
    await page.locator('set-up-page .fault', { hasText: '密码' }).waitFor();
    assert.deepEqual(await misfits(page), []);
    faults.splice(0);
    await page.locator('set-up-page [name=password]').fill('a first password 1');
    await page.locator('set-up-page button.primary').click();
    await page.locator('set-up-page', { hasText: 'v=spf1 mx -all' }).waitFor();
    assert.match(
      await page.locator('set-up-page main').innerText(),
      /10 mail\.acme\.example\.[\s\S]*v=DKIM1[\s\S]*v=DMARC1/,
    );
    assert.deepEqual(await misfits(page), []);
    assert.deepEqual(await accessFaults(page), []);
    if (pictures) await page.screenshot({ path: join(pictures, 'set-up-zh-CN-375.png'), fullPage: true });
    await page.locator('set-up-page button[data-what=go-on]').click();
    await page.locator('first-steps account-list tr', { hasText: '王伟' }).waitFor();
    assert.deepEqual(await misfits(page), []);
    await page.locator('first-steps account-list button[data-what=add]').click();
    const form = page.locator('first-steps account-list form-dialog');
    await form.locator('[name=address]').fill('li@acme.example');
    await form.locator('[name=password]').fill('demo-Li-1');
    await form.locator('button.primary').click();
    await page.locator('first-steps account-list tr', { hasText: 'li@acme.example' }).waitFor();
    await page.locator('first-steps account-list button', { hasText: '导入' }).click();
    const csv = Buffer.from('address,password,name\nzhao@acme.example,demo-Zhao-1,赵强\n');
    await page
      .locator('csv-import input[type=file]')
      .setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: csv });
    await page.locator('csv-import button.primary').click();
    await page.locator('first-steps account-list tr', { hasText: '赵强' }).waitFor();
    await page.locator('button[data-what=to-rule]').click();
    await page.locator('first-steps select[name=preset]').selectOption('contracts');
    assert.deepEqual(await misfits(page), []);
    assert.deepEqual(await accessFaults(page), []);
    if (pictures) await page.screenshot({ path: join(pictures, 'set-up-rule-zh-CN-375.png') });
    await page.locator('first-steps button[data-what=publish]').click();
    await page.locator('people-page account-list tr', { hasText: '赵强' }).waitFor();
    await page.goto('/console/#/rules');
    await page.locator('rules-page td', { hasText: '合同外发须审批' }).waitFor();
    assert.deepEqual(faults, []);
    await close();
  });

  test('a link that was used does nothing, and the next start prints none', async () => {
    const token = link().split('/').at(-1)!;
    const response = await fetch(`http://127.0.0.1:${server.ports.http}/api/set-up`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token, domain: 'evil.example', password: 'another password 1' }),
    });
    assert.equal(response.status, 410);
    const before = server.output.length;
    await server.stop();
    await server.start();
    assert.doesNotMatch(server.output.slice(before), /set-up/);
  });
});
