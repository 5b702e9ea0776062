/** The webmail in a real browser before the real server: each story as somebody does it. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { deliver, imapLogin } from '../support/delivered-mail.ts';
import { missing } from '../support/programs.ts';
import { addressOf, RealServer } from '../support/real-server.ts';
import { type Browser, signIn, startBrowser, type WatchedPage } from './chromium.ts';
import { firmMails, lateMail, manyMails } from './mails.ts';
import { foreignWords, ownWords } from './page-checks.ts';

describe('webmail', { skip: missing('chromium'), timeout: 400_000 }, () => {
  const many = 120;
  let server: RealServer;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;

  before(async () => {
    server = await RealServer.start(['wang']);
    [browser] = await Promise.all([
      startBrowser(server),
      deliver(server, 'wang', [...manyMails(many), ...firmMails]),
    ]);
    watched = await browser.page({ viewport: { width: 1440, height: 900 } });
    page = watched.page;
    page.setDefaultTimeout(30_000);
  });

  after(async () => {
    await browser?.close();
    await server?.dispose();
  });

  const row = (subject: string) => page.locator('.row', { hasText: subject });
  const inboxCount = () => page.locator('folder-list a', { hasText: 'Inbox' }).locator('.count');
  const unread = async (count: number): Promise<void> => {
    await page
      .locator('folder-list .count', { hasText: new RegExp(`^${count}$`) })
      .first()
      .waitFor();
  };
  const inFrame = () => page.frameLocator('mail-body iframe');

  test('a wrong password is said in words; the right one leads to the inbox', async () => {
    await page.goto('/');
    await page.locator('input[name=login]').fill(addressOf('wang'));
    await page.locator('input[name=password]').fill('wrong-1');
    await page.locator('sign-in button.primary').click();
    await page.getByText('The address or the password is wrong').waitFor();
    // The browser itself logs what was refused.
    assert.deepEqual(
      watched.faults.splice(0).filter((fault) => !/status of 401/.test(fault)),
      [],
    );
    await signIn(page, 'wang');
    await row('十一月差旅报销').waitFor();
    await unread(many + firmMails.length);
    assert.equal((await page.locator('.row').count()) < 40, true, 'only what is seen is drawn');
  });

  test('the end of a long list is fetched when one gets there', async () => {
    await page.locator('.scroller').evaluate((scroller) => scroller.scrollTo(0, scroller.scrollHeight));
    await row('Report number 0').last().waitFor();
    await page.locator('.scroller').evaluate((scroller) => scroller.scrollTo(0, 0));
  });

  test('a mail is read: its text, its file, its headers, its source; it counts as read', async () => {
    await row('Invoice 2025-1184').locator('a').click();
    await page.getByText('The invoice is attached.').last().waitFor();
    await unread(many + firmMails.length - 1);
    const file = page.locator('attachment-list a');
    const [download] = await Promise.all([page.waitForEvent('download'), file.click()]);
    assert.equal(download.suggestedFilename(), 'invoice-2025-1184.pdf');
    for (const [what, text] of [
      ['headers', /Message-ID: <invoice@partner\.example>/],
      ['source', /Content-Transfer-Encoding: base64/],
    ] as const) {
      await page.locator('drop-menu[data-what=more] button[aria-expanded]').click();
      await page.locator(`button[data-what=${what}]`).click();
      await page.locator('mail-view choice-dialog pre', { hasText: text }).waitFor();
      await page.keyboard.press('Escape');
    }
  });

  test('a file is looked at without saving it: in a frame, under a policy of its own', async () => {
    const shown = page.waitForResponse((response) => response.url().includes('/jmap/view/'));
    await page.locator('attachment-list button.name').click();
    // The browser's viewer puts itself in the place of what it shows: the answer is asked for once more.
    const answer = await page.request.get((await shown).url());
    const { 'content-security-policy': policy, 'content-type': type } = answer.headers();
    assert.equal(type, 'application/pdf');
    assert.match(policy!, /^default-src 'none'/);
    await page.locator('file-preview iframe').waitFor();
    await page.locator('file-preview choice-dialog footer button').first().click();
    await page.locator('file-preview iframe').waitFor({ state: 'detached' });
  });

  test('HTML runs nothing and asks nobody; pictures from elsewhere come when asked for', async () => {
    await row('双十二新品目录').locator('a').click();
    await inFrame().getByText('新品目录').waitFor();
    await page.waitForFunction(() => {
      const find = (root: ParentNode): HTMLIFrameElement | null =>
        root.querySelector('iframe') ??
        [...root.querySelectorAll('*')]
          .map((node) => (node.shadowRoot ? find(node.shadowRoot) : null))
          .find(Boolean) ??
        null;
      return (
        (find(document)?.contentDocument?.querySelector('img.own') as HTMLImageElement | null)
          ?.naturalWidth === 5
      );
    });
    assert.equal(
      await inFrame().locator('script, form, iframe, svg, [onerror], [href^="javascript:"]').count(),
      0,
    );
    assert.equal(await page.title(), 'Inbox · Muniment');
    assert.deepEqual(watched.faults, []);
    await page.context().route('http://tracker.example/**', (route) => route.fulfill({ status: 204 }));
    const asked = page.waitForRequest('http://tracker.example/pixel.gif');
    await page.locator('button[data-what=pictures]').click();
    await asked;
    await page.waitForTimeout(100);
    assert.deepEqual([...new Set(watched.faults.splice(0))].sort(), [
      'request to http://tracker.example/css',
      'request to http://tracker.example/pixel.gif',
    ]);
  });

  test('a conversation is one row; its mails unfold', async () => {
    await row('Re: 采购合同第三版').locator('a').click();
    await page.getByText('交货日期改为 12 月 15 日').last().waitFor();
    await page.locator('mail-view .folded').click();
    await page.locator('attachment-list .file', { hasText: '采购合同' }).waitFor();
    await page.locator('list-toolbar drop-menu button[aria-expanded]').last().click();
    await page.locator('list-toolbar .option input').uncheck();
    await page.locator('.row .subject', { hasText: /^采购合同第三版/ }).waitFor();
    await page.locator('list-toolbar .option input').check();
    await page.keyboard.press('Escape');
    await page.locator('.row .together').waitFor();
  });

  test('selected mails are moved, and the move is taken back', async () => {
    await row('Invoice 2025-1184').locator('input').check();
    await row('Quarterly review').locator('input').check();
    await page.locator('list-toolbar drop-menu[data-what=move] button[aria-expanded]').click();
    await page.locator('list-toolbar .folder', { hasText: 'Archive' }).click();
    await page.getByText('2 mails moved to Archive').waitFor();
    await row('Invoice 2025-1184').waitFor({ state: 'detached' });
    await page.locator('button[data-what=undo]').click();
    await row('Invoice 2025-1184').waitFor();
    await row('Quarterly review').waitFor();
  });

  test('all of a folder are selected at once, beyond what is drawn, and come back', async () => {
    const before = Number((await inboxCount().textContent()) ?? 0);
    await page.locator('list-toolbar button[data-what=select-all]').click();
    await page
      .locator('list-toolbar .count', { hasText: String(many) })
      .or(page.getByText(/\d{3} selected/))
      .first()
      .waitFor();
    await page.locator('list-toolbar button[data-what=read]').click();
    await page.getByText(/mails marked as read/).waitFor();
    await page.locator('button[data-what=undo]').click();
    await page.locator('notice-bar').getByText('Undone.').waitFor();
    await page
      .locator('folder-list .count', { hasText: new RegExp(`^${before}$`) })
      .first()
      .waitFor();
    await page.locator('list-toolbar button.icon').first().click();
  });

  test('with the keys alone: down, star, unread, into the trash, out of it for good', async () => {
    await page.goto('/#/mail/inbox');
    await page.locator('reading-pane .whole').waitFor();
    await page.keyboard.press('j');
    await page.locator('.row.open', { hasText: '十一月差旅报销' }).waitFor();
    await page.keyboard.press('s');
    await page.locator('.row.open .star.on').waitFor();
    await page.locator('[data-filter=flagged]').click();
    await page.getByText('1 found').waitFor();
    await page.locator('[data-filter=all]').click();
    await row('Report number 119').waitFor();
    await page.keyboard.press('#');
    await page.getByText('1 mail moved to Trash').waitFor();
    await page.goto('/#/mail/trash');
    await row('十一月差旅报销').waitFor();
    await page.keyboard.press('j');
    await page.locator('.row.open').waitFor();
    await page.keyboard.press('#');
    await page.locator('#for-ever dialog[open] button.danger').click();
    await page.getByText('The trash is empty').waitFor();
    await page.goto('/#/mail/inbox');
  });

  test('words find a mail by its text; the filter says when nothing is left', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('交货日期');
    await page.keyboard.press('Enter');
    await page.getByText('1 found').waitFor();
    await row('Re: 采购合同第三版').waitFor();
    await page.locator('[data-filter=unread]').click();
    await page.getByText('Nothing found').waitFor();
    await page.locator('mail-list empty-state button').click();
    await row('Report number 119').waitFor();
  });

  test('a mail that arrives is there at once, and so is what another program changed', async () => {
    const before = Number(await inboxCount().textContent());
    await deliver(server, 'wang', [lateMail], many + firmMails.length - 1);
    await row('刚刚到达的邮件').waitFor();
    await unread(before + 1);
    const program = await imapLogin(server, 'wang');
    await program.ok('SELECT INBOX');
    await program.ok('STORE * +FLAGS (\\Seen)');
    await unread(before);
    await program.logout();
  });

  test('another language is spoken at once, and dark is dark', async () => {
    await page.locator('drop-menu.account button[aria-expanded]').click();
    await page.locator('select[data-what=language]').selectOption('zh-CN');
    await page.locator('list-toolbar h1', { hasText: '收件箱' }).waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
    assert.deepEqual(foreignWords(await ownWords(page), 'zh-CN'), []);
    await page.locator('select[data-what=theme]').selectOption('dark');
    const ground = () => page.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor);
    assert.equal(await ground(), 'rgb(20, 22, 26)');
    await page.reload();
    await page.locator('list-toolbar h1', { hasText: '收件箱' }).waitFor();
    assert.equal(await ground(), 'rgb(20, 22, 26)', 'kept over a reload');
  });

  test('who signs out is out, also after the reload', async () => {
    await page.locator('drop-menu.account button[aria-expanded]').click();
    await page.locator('button[data-what=sign-out]').click();
    await page.locator('sign-in').waitFor();
    await page.reload();
    await page.locator('sign-in').waitFor();
  });

  test('through all of it no error in the console', () => {
    assert.deepEqual(watched.faults, []);
  });
});
