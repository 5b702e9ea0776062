/**
 * How fast the webmail is with a very large mailbox, by hand: `bin/node test/web/large-mailbox.ts [MAILS [DATA]]`. Prints, in
 * milliseconds, the median of five: the first list after a reload, opening a mail, places all over the list; and of one,
 * a search. DATA: a folder that stays, and is not filled again.
 */
import { existsSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { SmtpDriver } from '../../bench/smtp-driver.ts';
import { addressOf, RealServer } from '../support/real-server.ts';
import { signIn, startBrowser } from './chromium.ts';

const mails = Number(process.argv[2] ?? 100_000);
const folder = process.argv[3];
const isFilled = folder !== undefined && existsSync(folder);
const connections = 30;
const rounds = 5;
/** A search reads every mail. */
const searchWithinMs = 600_000;

const server = await RealServer.prepare({}, folder);
await server.start();
const browser = await startBrowser(server);
try {
  if (!isFilled) await fill();
  const { page } = await browser.page({ viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(searchWithinMs);
  await signIn(page, 'wang');
  await page.locator('.row a').first().waitFor();
  await report('first list', page, firstList);
  await page.locator('.row a').first().waitFor();
  await report('opening a mail', page, opening);
  await report('places all over the list', page, farEnd);
  await report('a search', page, search, 1);
} finally {
  await browser.close();
  if (folder === undefined) await server.dispose();
  else await server.stop();
}

async function fill(): Promise<void> {
  await server.addAccounts(['wang']);
  let next = 0;
  const work = async (): Promise<void> => {
    const smtp = await SmtpDriver.open(server.ports.smtp);
    for (let n = next++; n < mails; n = next++) await smtp.send(addressOf('wang'), Buffer.from(mailOf(n)));
    smtp.close();
  };
  await Promise.all(Array.from({ length: connections }, work));
}

async function report(
  what: string,
  page: Page,
  measure: (page: Page, round: number) => Promise<number>,
  count = rounds,
): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < count; round++) times.push(await measure(page, round));
  const sorted = times.toSorted((a, b) => a - b);
  const all = times.map(Math.round).join(', ');
  process.stdout.write(`${what}: ${Math.round(sorted[Math.floor(count / 2)]!)} ms (${all})\n`);
}

/** From the beginning of the navigation to the first row with a subject, on the page's own clock. */
async function firstList(page: Page): Promise<number> {
  await page.reload({ waitUntil: 'commit' });
  return untilShown(page, '.row .subject', null);
}

/** From the click to the text. */
async function opening(page: Page, round: number): Promise<number> {
  const row = page.locator('.row a').nth(round + 1);
  await row.waitFor();
  const id = await page
    .locator('.row')
    .nth(round + 1)
    .getAttribute('data-id');
  const from = await page.evaluate(() => performance.now());
  await row.evaluate((link: HTMLElement) => link.click());
  return untilShown(page, `mail-view[data-id="${id}"]`, from);
}

async function farEnd(page: Page, round: number): Promise<number> {
  const number = round * Math.floor(mails / rounds);
  const from = await page.evaluate(() => performance.now());
  await page
    .locator('.scroller')
    .evaluate((scroller, top) => scroller.scrollTo(0, top), (mails - 10 - number) * 84);
  return untilShown(
    page,
    `.row[aria-posinset="${mails - number}"] .subject, .row[aria-posinset="${mails - number - 8}"] .subject`,
    from,
  );
}

async function search(page: Page, round: number): Promise<number> {
  const from = await page.evaluate(() => performance.now());
  await page.locator('input[type=search]').fill(`number${round + 1}7`);
  await page.keyboard.press('Enter');
  return untilShown(page, '.row .subject', from, `number${round + 1}7`);
}

/** Milliseconds of the page's clock since `from` (null: its beginning) until something is there, looked for in every frame. */
function untilShown(page: Page, selector: string, from: number | null, text = ''): Promise<number> {
  return page.evaluate(
    ([wanted, since, words]) =>
      new Promise<number>((resolve) => {
        const find = (root: ParentNode): Element | null => {
          const own = [...root.querySelectorAll(wanted)].find((each) => each.textContent?.includes(words));
          if (own) return own;
          for (const node of root.querySelectorAll('*')) {
            const inner = node.shadowRoot ? find(node.shadowRoot) : null;
            if (inner) return inner;
          }
          return null;
        };
        const look = (): void => {
          const found = find(document);
          const isThere =
            found !== null &&
            (found.localName !== 'mail-view' || found.shadowRoot?.querySelector('mail-body[data-shown]'));
          if (isThere) resolve(performance.now() - (since ?? 0));
          else requestAnimationFrame(look);
        };
        look();
      }),
    [selector, from, text] as const,
  );
}

function mailOf(number: number): string {
  const lines = [
    `From: Sender ${number % 500} <sender${number % 500}@partner.example>`,
    `To: ${addressOf('wang')}`,
    `Subject: Report number${number} of the quarter`,
    `Message-ID: <large-${number}@partner.example>`,
    'Date: Thu, 20 Nov 2025 09:30:05 +0800',
    'Content-Type: text/plain; charset=utf-8',
    '',
    `The text of report ${number}. ${'It goes on for a while. '.repeat(12)}`,
    '',
  ];
  return lines.join('\r\n');
}
