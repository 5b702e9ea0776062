/** Debian's Chromium, and pages in it that keep what went wrong on them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { addressOf, passwordOf, type RealServer } from '../support/real-server.ts';

const program = '/usr/bin/chromium';

/** Root has no sandbox of its own; the rest keeps the browser from calling home. */
const options = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

export interface Browser {
  /** A fresh profile, signed in nowhere. */
  page(over?: BrowserContextOptions): Promise<WatchedPage>;
  close(): Promise<void>;
}

export interface WatchedPage {
  readonly page: Page;
  /** Errors of the console and of scripts, and requests that left the server. */
  readonly faults: string[];
  close(): Promise<void>;
}

export async function startBrowser(server: RealServer): Promise<Browser> {
  const home = await mkdtemp(join(tmpdir(), 'muniment-chromium-'));
  const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home } as Record<
    string,
    string
  >;
  const browser = await chromium.launch({ executablePath: program, args: options, env });
  return {
    page: async (over = {}) => {
      const baseURL = `http://127.0.0.1:${server.ports.http}`;
      const context = await browser.newContext({
        baseURL,
        locale: 'en',
        timezoneId: 'Asia/Shanghai',
        ...over,
      });
      return watched(context, baseURL);
    },
    close: async () => {
      await browser.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function watched(context: BrowserContext, baseURL: string): Promise<WatchedPage> {
  const faults: string[] = [];
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(baseURL) && !/^(?:data|blob|about|chrome|chrome-extension):/.test(url))
      faults.push(`request to ${url}`);
  });
  return { page, faults, close: () => context.close() };
}

/** Until the list is there. */
export async function signIn(page: Page, name: string): Promise<void> {
  await page.goto('/');
  await page.locator('input[name=login]').fill(addressOf(name));
  await page.locator('input[name=password]').fill(passwordOf(name));
  await page.locator('sign-in button.primary').click();
  await page.locator('list-toolbar h1').waitFor();
}
