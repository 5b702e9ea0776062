/** Hostile mail in a real browser: nothing of it runs, asks, speaks or leaves its frame, wherever it is shown. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { imapLogin } from '../support/delivered-mail.ts';
import { JmapClient } from '../support/jmap-client.ts';
import { missing } from '../support/programs.ts';
import { addressOf, passwordOf, RealServer } from '../support/real-server.ts';
import { type Browser, signIn, startBrowser, type WatchedPage } from './chromium.ts';
import { hostileClasses, hostileMails } from './hostile-mails.ts';

describe('hostile mail', { skip: missing('chromium'), timeout: 600_000 }, () => {
  const mails = hostileMails();
  let server: RealServer;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;
  /** In the order of the mails. */
  let ids: string[];

  before(async () => {
    server = await RealServer.start(['wang']);
    browser = await startBrowser(server);
    const imap = await imapLogin(server, 'wang');
    for (const { octets } of mails) await imap.append('INBOX', octets);
    await imap.logout();
    ids = await idsByArrival(server);
    watched = await browser.page({ viewport: { width: 1440, height: 900 } });
    page = watched.page;
    await signIn(page, 'wang');
    await page.locator('list-toolbar drop-menu button[aria-expanded]').last().click();
    await page.locator('list-toolbar .option input').uncheck();
  });

  after(async () => {
    await browser?.close();
    await server?.dispose();
  });

  test('there are at least twenty classes of ten cases, and all have arrived', () => {
    assert.ok(hostileClasses.length >= 20);
    assert.equal(ids.length, hostileClasses.length * 10);
  });

  for (const kind of hostileClasses) {
    test(`${kind}: read, pointed at and clicked`, async () => {
      const broken: string[] = [];
      for (const [i, { name }] of mails.entries()) {
        if (!name.startsWith(`${kind}-`)) continue;
        for (const fault of await facing(page, ids[i]!)) broken.push(`${name}: ${fault}`);
        for (const fault of watched.faults.splice(0)) broken.push(`${name}: ${fault}`);
      }
      assert.deepEqual(broken, []);
    });
  }

  test('quoted in an answer it is as harmless', async () => {
    const broken: string[] = [];
    for (const [i, { name }] of mails.entries()) {
      if (!/-(?:0|4|7)$/.test(name)) continue;
      await open(page, ids[i]!);
      await page.keyboard.press('r');
      await page.frameLocator('rich-editor iframe').locator('blockquote').first().waitFor();
      await page.waitForTimeout(30);
      for (const fault of await marksOn(page)) broken.push(`${name}: ${fault}`);
      for (const fault of watched.faults.splice(0)) broken.push(`${name}: ${fault}`);
      await page.locator('button[data-what=discard]').click();
      await page.locator('#discard button[data-what=confirm]').click();
      await page.locator('writing-window').waitFor({ state: 'detached' });
    }
    assert.deepEqual(broken, []);
  });
});

async function idsByArrival(server: RealServer): Promise<string[]> {
  const jmap = await JmapClient.signIn(server.ports.http, addressOf('wang'), passwordOf('wang'));
  const imap = await imapLogin(server, 'wang');
  await imap.ok('EXAMINE INBOX');
  const { untagged } = await imap.ok('FETCH 1:* (EMAILID)');
  await imap.logout();
  assert.ok(jmap.account);
  return untagged.flatMap((line) => /EMAILID \(([^)]+)\)/.exec(line)?.[1] ?? []);
}

async function open(page: Page, id: string): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `#/mail/inbox/${id}`);
  await page.locator(`mail-view[data-id="${id}"] mail-body[data-shown]`).waitFor({ state: 'attached' });
}

/** Opens it, points at it and clicks into it; what went wrong. */
async function facing(page: Page, id: string): Promise<string[]> {
  await open(page, id);
  const faults = await marksOn(page);
  const box = await page.locator('mail-body').first().boundingBox();
  if (!box) return [...faults, 'the mail is nowhere'];
  const pane = await page.locator('reading-pane .mails').boundingBox();
  if (box.x + box.width > pane!.x + pane!.width + 1) faults.push('it is wider than its place');
  const [x, y] = [box.x + 20, Math.min(box.y + 12, 860)];
  await page.mouse.move(x, y);
  await page.mouse.click(x, Math.min(box.y + 45, 870));
  await page.mouse.click(x, Math.min(box.y + 80, 880));
  await page.waitForTimeout(20);
  for (const other of page.context().pages()) {
    if (other === page) continue;
    // A link to elsewhere opens by itself, as the reader asked; nothing else does.
    if (!/^(?:about:blank|https?:)/.test(other.url())) faults.push(`it opened ${other.url()}`);
    await other.close();
  }
  return [...faults, ...(await marksOn(page))];
}

/** What a script would have left behind, and whether the page is still the page. */
async function marksOn(page: Page): Promise<string[]> {
  const { pwned, hash, path, stranger } = await page.evaluate(() => {
    const at = document.elementFromPoint(40, 300);
    return {
      pwned: (window as unknown as { pwned?: string }).pwned ?? null,
      hash: location.hash,
      path: location.pathname,
      stranger: at?.localName ?? '',
    };
  });
  const faults: string[] = [];
  if (pwned !== null) faults.push(`a script ran: ${pwned}`);
  if (path !== '/' || !hash.startsWith('#/mail/')) faults.push(`it led to ${path}${hash}`);
  if (stranger !== 'muniment-app') faults.push(`${stranger} lies over the page`);
  return faults;
}
