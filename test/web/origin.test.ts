/** The reading pane says in words whether a mail comes from where it says. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { peerRecord, signedBy } from '../services/authentication/signed-mails.ts';
import { DnsServer } from '../support/dns-server.ts';
import { missing } from '../support/programs.ts';
import { addressOf, RealServer } from '../support/real-server.ts';
import { SmtpClient } from '../support/smtp-client.ts';
import { type Browser, signIn, startBrowser, type WatchedPage } from './chromium.ts';

const mailOf = (subject: string, from: string): string =>
  `From: <${from}>\r\nTo: <${addressOf('wang')}>\r\nSubject: ${subject}\r\n\r\n${subject}\r\n`;

describe('where a mail comes from', { skip: missing('chromium'), timeout: 120_000 }, () => {
  let dns: DnsServer;
  let server: RealServer;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;

  before(async () => {
    dns = await DnsServer.start({
      'partner.example': { txt: ['v=spf1 -all'] },
      'peer._domainkey.partner.example': { txt: [peerRecord] },
      '_dmarc.partner.example': { txt: ['v=DMARC1; p=reject'] },
    });
    server = await RealServer.start(['wang'], {
      MUNIMENT_DNS_SERVERS: dns.address,
      // All traffic of tests is on loopback: here it counts as outside.
      MUNIMENT_UNCHECKED_NETWORKS: '192.0.2.1',
    });
    browser = await startBrowser(server);
    const client = await SmtpClient.connect(server.ports.smtp);
    for (const mail of [
      await signedBy('partner.example', mailOf('Signed offer', 'buyer@partner.example')),
      mailOf('Forged offer', 'buyer@partner.example'),
      mailOf('Plain offer', 'someone@plain.example'),
    ])
      assert.match(await client.send('x@partner.example', [addressOf('wang')], Buffer.from(mail)), /^250 /);
    await client.quit();
    watched = await browser.page({ viewport: { width: 1440, height: 900 } });
    page = watched.page;
    await page.goto('/');
    await signIn(page, 'wang');
  });

  after(async () => {
    await browser?.close();
    await server?.dispose();
    await dns?.close();
  });

  const lineOf = async (subject: string): Promise<string> => {
    await page.locator('.row', { hasText: subject }).locator('a').click();
    await page.locator('h1', { hasText: subject }).waitFor();
    return (await page.locator('origin-line summary').innerText()).trim();
  };

  test('one line says it, and what was found stands behind it', async () => {
    assert.equal(await lineOf('Signed offer'), 'Verified: sent by partner.example');
    await page.locator('origin-line summary').click();
    const found = await page.locator('origin-line dl').innerText();
    assert.match(found, /DKIM\s+pass · partner\.example \/ peer/);
    assert.match(found, /DMARC\s+pass · partner\.example · p=reject/);
    assert.match(await lineOf('Forged offer'), /^Could not be verified: partner\.example has not confirmed/);
    assert.match(await lineOf('Plain offer'), /^Could not be verified: plain\.example gives no way/);
    assert.deepEqual(watched.faults, []);
    const pictures = process.env['MUNIMENT_TEST_PICTURES'];
    if (pictures) await page.screenshot({ path: `${pictures}/origin.png` });
  });
});
