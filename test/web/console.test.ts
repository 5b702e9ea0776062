/** The console in a real browser before the real server: each story as an administrator, an auditor or anybody does it. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { codeOf, stepOf } from '../../services/sign-in/totp.ts';
import { octetsOfBase32 } from '../support/base32-octets.ts';
import { ImapClient } from '../support/imap-client.ts';
import { missing } from '../support/programs.ts';
import { addressOf, passwordOf } from '../support/real-server.ts';
import { type Browser, startBrowser, type WatchedPage } from './chromium.ts';
import { type Firm, openFirm, signInConsole } from './console-firm.ts';

describe('the console', { skip: missing('chromium'), timeout: 180_000 }, () => {
  let firm: Firm;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muniment-console-'));
    firm = await openFirm();
    browser = await startBrowser(firm.server);
    watched = await browser.page({ viewport: { width: 1440, height: 900 } });
    page = watched.page;
    await signInConsole(page, 'admin');
  });

  after(async () => {
    await browser?.close();
    await firm?.server.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  const goTo = (place: string) => page.locator(`nav a[data-place=${place}]`).click();
  const said = (text: string | RegExp) => page.locator('.said', { hasText: text }).waitFor();
  const fill = async (form: string, values: Readonly<Record<string, string>>): Promise<void> => {
    for (const [name, value] of Object.entries(values))
      await page.locator(`${form} [name=${name}]`).fill(value);
  };
  /** The browser itself logs what was refused. */
  const forgive = (status: number): void => {
    const left = watched.faults.splice(0).filter((fault) => !fault.includes(`status of ${status}`));
    assert.deepEqual(left, []);
  };

  test('a person is added; what is wrong is said beside the field', async () => {
    await goTo('people');
    await page.locator('account-list button[data-what=add]').click();
    const form = 'account-list form-dialog';
    await fill(form, { address: addressOf('li'), password: passwordOf('sun'), realName: '孙悦' });
    await page.locator(`${form} button.primary`).click();
    await page.locator(`${form} .fault`, { hasText: 'taken' }).waitFor();
    assert.equal(await page.locator(`${form} [name=address]`).getAttribute('aria-invalid'), 'true');
    forgive(409);
    await fill(form, { address: addressOf('sun') });
    await page.locator(`${form} button.primary`).click();
    await said('added');
    await page.locator('account-list tr', { hasText: '孙悦' }).waitFor();
  });

  test('a person is found, frozen with a reason, and works again', async () => {
    const row = page.locator(`account-list tr[data-address="${addressOf('sun')}"]`);
    await page.locator('account-list input[type=search]').fill('孙');
    await page.locator('account-list .foot', { hasText: /^\s*1 person/ }).waitFor();
    await row.locator('drop-menu button[aria-expanded]').click();
    await row.locator('button[data-what=freeze]').click();
    await fill('account-list form-dialog', { reason: 'on leave' });
    await page.locator('account-list form-dialog button.danger').click();
    await row.getByText('on leave').waitFor();
    await row.locator('drop-menu button[aria-expanded]').click();
    await row.locator('button[data-what=unfreeze]').click();
    await row.getByText('Active').waitFor();
  });

  test('a CSV file is looked at before anybody is added', async () => {
    const file = join(folder, 'people.csv');
    await writeFile(
      file,
      `address,password,name\nzhou@acme.example,demo-Zhou-1,周\n${addressOf('li')},demo-Li-2,李\n`,
    );
    await page.locator('account-list .tools button', { hasText: 'Import a CSV file' }).click();
    await page.locator('csv-import input[type=file]').setInputFiles(file);
    await page.locator('csv-import [role=status]', { hasText: '1 line is fine' }).waitFor();
    await page.locator('csv-import tr', { hasText: 'Line 3' }).getByText('taken').waitFor();
    await page.locator('csv-import button.primary').click();
    await said('1 person was added');
  });

  test('a department gets a leader', async () => {
    await page.locator('people-page [data-tab=departments]').click();
    const east = page.locator('department-tree li[data-name=华东区]');
    await east.locator('button[data-what=leader]').click();
    await fill('department-tree form-dialog', { leader: addressOf('wang') });
    await page.locator('department-tree form-dialog button.primary').click();
    await east.getByText(`Led by ${addressOf('wang')}`).waitFor();
  });

  test('mail on its way is held with a reason and released', async () => {
    await goTo('queue');
    const row = page.locator('queue-page tbody tr', { hasText: 'buyer@outside.example' });
    for (const [change, state] of [
      ['hold', 'Held'],
      ['release', 'Waiting'],
    ] as const) {
      await row.locator('input').check();
      await page.locator(`queue-page button[data-what=${change}]`).click();
      await fill('queue-page form-dialog', { reason: 'asked by wang' });
      await page.locator('queue-page form-dialog button.primary').click();
      await row.locator('.badge', { hasText: state }).waitFor();
      await row.getByText('asked by wang').waitFor();
    }
  });

  test('the way of a mail names rule and version, and its proof is taken by whom it is for', async () => {
    await page.locator('queue-page tbody a').first().click();
    await page.locator('message-page li', { hasText: 'Accepted' }).getByText('version 2').waitFor();
    await page.locator('message-page li', { hasText: 'Held' }).first().waitFor();
    const auditor = await browser.page();
    await signInConsole(auditor.page, 'chen');
    await auditor.page.goto(`/console/#/messages/${firm.message}`);
    const [download] = await Promise.all([
      auditor.page.waitForEvent('download'),
      auditor.page.locator('message-page button[data-what=proof]').click(),
    ]);
    assert.match(download.suggestedFilename(), /^proof-.*\.zip$/);
    assert.deepEqual(auditor.faults, []);
    await auditor.close();
  });

  test('what somebody filed is not shown as sent by the server', async () => {
    const li = await ImapClient.login(firm.server.ports.imap, addressOf('li'), passwordOf('li'));
    await li.append('Drafts', Buffer.from(`From: ${addressOf('li')}\r\nSubject: Not yet\r\n\r\nx\r\n`));
    await li.logout();
    await goTo('messages');
    const row = page.locator('messages-page tbody tr', { hasText: 'Not yet' });
    await row.getByText('Filed in a mailbox, not sent').waitFor();
    await row.getByText(addressOf('li')).waitFor();
  });

  test('the log is verified, and its head downloaded', async () => {
    await goTo('ledger');
    await page.locator('ledger-page button[data-what=verify]').click();
    await page.locator('ledger-page', { hasText: 'Sound: nothing was changed' }).waitFor({ timeout: 30_000 });
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('ledger-page button[data-what=download]').click(),
    ]);
    assert.match(download.suggestedFilename(), /^checkpoint-\d+\.txt$/);
  });

  test('somebody without a role sees who read their mail, who tried, and changes the password', async () => {
    const own = await browser.page();
    await signInConsole(own.page, 'wang');
    assert.deepEqual(
      await own.page
        .locator('nav a')
        .evaluateAll((links) => links.map((link) => (link as HTMLElement).dataset['place'])),
      ['own-accesses', 'security'],
    );
    await own.page.locator('own-access-page tr', { hasText: '陈静' }).first().waitFor();
    await own.page.locator('nav a[data-place=security]').click();
    await own.page.locator('security-page', { hasText: 'wrong password' }).waitFor();
    await own.page.locator('button[data-what=password]').click();
    const form = own.page.locator('security-page form-dialog');
    await form.locator('[name=current]').fill('not this one');
    await form.locator('[name=password]').fill('a new password 7');
    await form.locator('button.primary').click();
    await form.locator('.fault', { hasText: 'wrong' }).waitFor();
    own.faults.splice(0);
    await form.locator('[name=current]').fill(passwordOf('wang'));
    await form.locator('button.primary').click();
    await own.page.locator('sign-in', { hasText: 'Your password is changed' }).waitFor();
    assert.deepEqual(own.faults, []);
    await own.close();
  });

  test('somebody turns a second factor on, gives a program its own password, and turns it off', async () => {
    const own = await browser.page();
    const { page: at } = own;
    await signInConsole(at, 'li');
    await at.locator('nav a[data-place=security]').click();
    await at.locator('select[data-what=server-language]').selectOption('zh-TW');
    await at.locator('.said', { hasText: 'Saved' }).waitFor();

    await at.locator('button[data-what=turn-on]').click();
    const setUp = at.locator('second-factor-set-up');
    await setUp.locator('qr-code svg path').waitFor();
    const secret = octetsOfBase32((await setUp.locator('code').textContent())!);
    const code = (away: number) => codeOf(secret, stepOf(Date.now()) + away);
    await setUp.locator('[name=password]').fill(passwordOf('li'));
    await setUp.locator('[name=code]').fill('12345');
    await setUp.locator('button.primary').click();
    await setUp.locator('.fault', { hasText: 'The code is wrong' }).waitFor();
    await setUp.locator('[name=code]').fill(code(-1));
    await setUp.locator('button.primary').click();
    const shown = at.locator('second-factor-panel shown-once');
    await shown.locator('li').first().waitFor();
    const recovery = await shown.locator('li').allTextContents();
    assert.equal(recovery.length, 10);
    await shown.locator('button[data-what=kept]').click();
    const signIn = at.locator('sign-in');
    await signIn.getByText('The second factor is on').waitFor();

    await signIn.locator('[name=login]').fill(addressOf('li'));
    await signIn.locator('[name=password]').fill(passwordOf('li'));
    await signIn.locator('button.primary').click();
    await signIn.locator('[name=code]').fill('000 000 x');
    await signIn.locator('button.primary').click();
    await signIn.locator('.fault', { hasText: 'The code is wrong' }).waitFor();
    await signIn.locator('[name=code]').fill(code(0));
    await signIn.locator('button.primary').click();

    await at.locator('nav a[data-place=security]').click();
    await at.locator('second-factor-panel', { hasText: '10 recovery codes are left' }).waitFor();
    await at.locator('button[data-what=add-program]').click();
    const programs = at.locator('application-passwords');
    await programs.locator('[name=name]').fill('mail on my telephone');
    await programs.locator('[name=current]').fill(passwordOf('li'));
    await programs.locator('form-dialog button.primary').click();
    assert.match(
      (await programs.locator('shown-once li').textContent())!,
      /^(?:[a-z2-7]{4}-){6}[a-z2-7]{4}$/,
    );
    await programs.locator('button[data-what=kept]').click();
    await programs.locator('tr', { hasText: 'never used' }).getByText('Revoke').click();
    await programs.getByText('No program has a password of its own').waitFor();

    await at.locator('button[data-what=turn-off]').click();
    const off = at.locator('second-factor-panel form-dialog');
    await off.locator('[name=password]').fill(passwordOf('li'));
    await off.locator('[name=code]').fill(recovery[0]!);
    await off.locator('button.danger').click();
    await signIn.getByText('The second factor is off').waitFor();
    assert.deepEqual(
      own.faults.filter((fault) => !/status of 401/.test(fault)),
      [],
    );
    await own.close();
  });

  test('nothing went wrong on the way', () => {
    assert.deepEqual(watched.faults, []);
  });
});
