/** Writing mail in a real browser before the real server: to people here, and to a next hop that notes what it gets. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Locator, Page } from 'playwright-core';
import { deliver, inboxWith } from '../support/delivered-mail.ts';
import { DnsServer } from '../support/dns-server.ts';
import { NextHopPeer } from '../support/next-hop.ts';
import { missing } from '../support/programs.ts';
import { RealServer } from '../support/real-server.ts';
import { type Browser, signIn, startBrowser, type WatchedPage } from './chromium.ts';
import { firmMails } from './mails.ts';

describe('writing', { skip: missing('chromium'), timeout: 400_000 }, () => {
  let peer: NextHopPeer;
  let dns: DnsServer;
  let server: RealServer;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;

  before(async () => {
    peer = await NextHopPeer.start({
      answer: (step, line) =>
        step === 'RCPT' && line.includes('gone@') ? '550 5.1.1 no such user' : undefined,
    });
    dns = await DnsServer.start({ 'out.example': { a: ['127.0.0.1'] } });
    server = await RealServer.start(['wang', 'li'], {
      MUNIMENT_DNS_SERVERS: dns.address,
      MUNIMENT_DELIVERY_PORT: String(peer.port),
    });
    [browser] = await Promise.all([startBrowser(server), deliver(server, 'wang', firmMails)]);
    watched = await browser.page({ viewport: { width: 1440, height: 900 } });
    page = watched.page;
    page.setDefaultTimeout(30_000);
    await signIn(page, 'wang');
    await row('十一月差旅报销').waitFor();
  });

  after(async () => {
    await browser?.close();
    await server?.dispose();
    await peer?.close();
    await dns?.close();
  });

  const row = (subject: string): Locator => page.locator('.row', { hasText: subject });
  const writing = (): Locator => page.locator('writing-window section');
  const field = (name: string): Locator => page.locator(`address-field[data-field=${name}] input`);
  const text = (): Locator => page.frameLocator('rich-editor iframe').locator('#text');
  const kept = (words: RegExp): Promise<void> => page.locator('.keeping', { hasText: words }).waitFor();
  const notice = (words: string): Promise<void> => page.locator('notice-bar').getByText(words).waitFor();
  const taken = async (count: number) => {
    for (let waitedMs = 0; peer.taken.length < count && waitedMs < 20_000; waitedMs += 50) await sleep(50);
    return peer.taken[count - 1]!;
  };

  test('a mail is written by keys alone, kept by itself, and sent', async () => {
    await page.keyboard.press('c');
    await field('to').pressSequentially('buyer@out.example,');
    await page.keyboard.press('Tab');
    await page.locator('input[data-field=subject]').fill('关于三季度采购合同的确认');
    await text().click();
    await page.keyboard.type('Dear buyer, ');
    await page.locator('[data-format=bold]').click();
    await page.keyboard.type('合同');
    await kept(/Saved \d\d:\d\d/);
    await page.keyboard.press('Control+Enter');
    await writing().waitFor({ state: 'detached' });
    await notice('Your mail has been sent.');
    const { octets, recipients } = await taken(1);
    assert.deepEqual(recipients, ['buyer@out.example']);
    assert.match(octets.toString(), /multipart\/alternative/);
    assert.match(octets.toString(), /text\/html/);
    await page.goto('/#/mail/sent');
    await row('关于三季度采购合同的确认').waitFor();
    await page.goto('/#/mail/drafts');
    await page.getByText('Nothing in this folder').waitFor();
    await page.goto('/#/mail/inbox');
  });

  test('an answer quotes the mail, goes to whom it came from, and both mails know of one another', async () => {
    await row('Re: 采购合同第三版').locator('a').click();
    await page.locator('reading-pane .answer[data-what=replyAll]').click();
    await text().getByText('交货日期改为').waitFor();
    const chips = await page.locator('address-field .chip .name').allTextContents();
    assert.deepEqual(chips, ['陈晓华', '李经理']);
    await text().focus();
    await page.keyboard.type('Agreed.');
    await page.locator('button[data-what=send]').click();
    await notice('Your mail has been sent.');
    await page.locator('.row.open .clip[title=Answered]').waitFor();
    const [octets] = (await inboxWith(server, 'li', 1)).map(String);
    assert.match(octets!, /^Subject: =\?utf-8\?/im);
    assert.match(octets!, /^In-Reply-To: <contract-2@partner\.example>/m);
    assert.match(octets!, /^References: <contract@partner\.example>\s+<contract-2@partner\.example>/m);
  });

  test('in Sent each mail says how far it has come, and each recipient why', async () => {
    await page.goto('/#/mail/sent');
    await row('Re: 采购合同第三版').locator('.progress').waitFor();
    await row('关于三季度采购合同的确认').locator('[data-progress=handedOver]').waitFor();
    await row('关于三季度采购合同的确认').locator('a').click();
    const buyer = page.locator('delivery-states li[data-recipient="buyer@out.example"]');
    await buyer.getByText('Handed over').waitFor();
    await buyer.locator('summary').click();
    await buyer.getByText('Not encrypted').waitFor();
    await buyer.locator('dd', { hasText: /^250/ }).waitFor();
  });

  test('what the other server refuses is seen without asking, as it happens', async () => {
    let refuse: (reply: string) => void = () => {};
    const refused = new Promise<string>((resolve) => {
      refuse = resolve;
    });
    peer.behaviour = { answer: (step) => (step === 'RCPT' ? refused : undefined) };
    await page.keyboard.press('c');
    await field('to').fill('gone@out.example,');
    await page.locator('input[data-field=subject]').fill('To nobody');
    await page.keyboard.press('Control+Enter');
    await row('To nobody').locator('[data-progress=underway]').waitFor();
    await row('To nobody').locator('a').click();
    refuse('550 5.1.1 no such user');
    const gone = page.locator('delivery-states li[data-recipient="gone@out.example"]');
    await gone.getByText('Not delivered').waitFor();
    await row('To nobody').locator('[data-progress=failed]').waitFor();
    await gone.locator('summary').click();
    await gone.getByText('550 5.1.1 no such user').waitFor();
    peer.behaviour = {};
  });

  test('a mail that is passed on keeps its files, and the words on the draft say when it was saved', async () => {
    await page.goto('/#/mail/inbox');
    await row('Invoice 2025-1184').locator('a').click();
    await page.getByText('The invoice is attached.').last().waitFor();
    await page.keyboard.press('f');
    await page.locator('draft-file-list li', { hasText: 'invoice-2025-1184.pdf' }).waitFor();
    await field('to').fill('buyer@out.example, second@out.example');
    await field('to').press('Enter');
    await page.keyboard.press('Control+Enter');
    await notice('Your mail has been sent.');
    const { octets } = await taken(2);
    assert.match(octets.toString(), /^Subject: Fwd: Invoice 2025-1184/m);
    assert.match(octets.toString(), /filename="?invoice-2025-1184\.pdf/);
    assert.doesNotMatch(octets.toString(), /^In-Reply-To/m);
  });

  test('what is wrong is said at its field, what is doubtful is asked, and who was asked may go back', async () => {
    await page.locator('folder-list').first().waitFor();
    await page.keyboard.press('c');
    await text().waitFor();
    await page.keyboard.press('Control+Enter');
    await page.getByText('Say whom the mail goes to.').waitFor();
    await field('to').fill('not an address;');
    await field('to').press('Enter');
    await page.locator('.chip.wrong').waitFor();
    await page.keyboard.press('Control+Enter');
    await page.locator('#doubts li', { hasText: 'no subject' }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('input[data-field=subject]').fill('Doubts');
    await page.keyboard.press('Control+Enter');
    await page.getByText('This is no address: not an address').waitFor();
    await page.locator('.chip.wrong .remove').click();
    await field('to').fill('gone-for-good@acme.example,');
    await text().click();
    await page.keyboard.type('The contract is attached.');
    await page.keyboard.press('Control+Enter');
    await page.locator('#doubts li', { hasText: 'You write of an attachment' }).waitFor();
    await page.locator('#doubts button[data-what=confirm]').click();
    await page.getByText('Nobody got the mail').waitFor();
    await page.locator('.chip.wrong', { hasText: 'gone-for-good' }).waitFor();
    await page.locator('button[data-what=discard]').click();
    await page.locator('#discard button[data-what=confirm]').click();
    await writing().waitFor({ state: 'detached' });
    await page.goto('/#/mail/drafts');
    await page.getByText('Nothing in this folder').waitFor();
  });

  test('a mail that was sent off is taken back and written on; its files go and come', async () => {
    await page.keyboard.press('c');
    await field('to').fill('buyer@out.example,');
    await page.locator('input[data-field=subject]').fill('Taken back');
    await page.locator('.attach input').setInputFiles([
      { name: 'plan.txt', mimeType: 'text/plain', buffer: Buffer.from('the plan') },
      { name: 'too much.txt', mimeType: 'text/plain', buffer: Buffer.from('too much') },
    ]);
    await page.locator('draft-file-list li small', { hasText: '8 B' }).nth(1).waitFor();
    await page.locator('draft-file-list li', { hasText: 'too much' }).locator('button').click();
    await page.locator('button[data-what=send]').click();
    await page.locator('notice-bar button[data-what=undo]').click();
    await page.locator('draft-file-list li', { hasText: 'plan.txt' }).waitFor();
    await text().click();
    await page.keyboard.type('Now for good.');
    await page.keyboard.press('Control+Enter');
    await notice('Your mail has been sent.');
    const { octets } = await taken(3);
    assert.match(octets.toString(), /Now for good\./);
    assert.match(octets.toString(), /filename="?plan\.txt/);
    assert.doesNotMatch(octets.toString(), /too much/);
  });

  test('without a network it is kept here, survives a reload, and reaches the server later', async () => {
    await page.keyboard.press('c');
    await field('to').fill('buyer@out.example,');
    await page.locator('input[data-field=subject]').fill('Offline');
    await page.route('**/jmap/api', (route) => route.abort());
    await text().click();
    await page.keyboard.type('Written in a tunnel.');
    await kept(/No connection, kept on this device \d\d:\d\d/);
    await page.waitForTimeout(500);
    await page.unroute('**/jmap/api');
    await page.reload();
    await text().getByText('Written in a tunnel.').waitFor();
    await kept(/Saved \d\d:\d\d/);
    await page.keyboard.press('Escape');
    await writing().waitFor({ state: 'detached' });
    await page.goto('/#/mail/drafts');
    await row('Offline').locator('a').click();
    await text().getByText('Written in a tunnel.').waitFor();
    assert.equal(await page.locator('address-field .chip').count(), 1);
    watched.faults.splice(
      0,
      watched.faults.length,
      ...watched.faults.filter((fault) => !/ERR_FAILED|Failed to fetch/.test(fault)),
    );
  });

  test('plain text stays plain, and rich text becomes it', async () => {
    await page.locator('button[data-what=rich]').click();
    const plain = page.locator('writing-window textarea');
    assert.equal(await plain.inputValue(), 'Written in a tunnel.');
    await plain.fill('Only plain.\n> quoted');
    await page.keyboard.press('Control+Enter');
    await notice('Your mail has been sent.');
    const { octets } = await taken(4);
    assert.match(octets.toString(), /^Content-Type: text\/plain/m);
    assert.doesNotMatch(octets.toString(), /text\/html/);
    await page.goto('/#/mail/inbox');
    await page.keyboard.press('c');
    await page.locator('writing-window textarea').waitFor();
    await page.locator('button[data-what=rich]').click();
    await text().waitFor();
    await page.keyboard.press('Escape');
  });

  test('people are offered by the mails read and sent, and a pasted list becomes chips', async () => {
    await page.keyboard.press('c');
    await field('to').pressSequentially('陈');
    await page.locator('address-field [role=option]', { hasText: 'chen.xiaohua@partner.example' }).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.chip', { hasText: '陈晓华' }).waitFor();
    await field('to').evaluate((input) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData(
        'text/plain',
        '"Wang, Fang" <wang@acme.example>; li@acme.example\nzhao@acme.example',
      );
      input.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    });
    const chips = await page.locator('address-field .chip .name').allTextContents();
    assert.deepEqual(chips, ['陈晓华', 'Wang, Fang', 'li@acme.example', 'zhao@acme.example']);
    await page.locator('button[data-what=discard]').click();
    await page.locator('#discard button[data-what=confirm]').click();
  });

  test('somebody of the house is offered to whom one has never written', async () => {
    const zhou = ['zhou@acme.example', '--password', 'demo-Zhou-1', '--name', '周文'];
    await server.muniment('account', 'add', ...zhou);
    await page.keyboard.press('c');
    await field('to').pressSequentially('周');
    await page.locator('address-field [role=option]', { hasText: 'zhou@acme.example' }).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.chip', { hasText: '周文' }).waitFor();
    await page.locator('button[data-what=discard]').click();
    await page.locator('#discard button[data-what=confirm]').click();
  });

  test('a signature stands under what one writes, above what one quotes, and follows the sender', async () => {
    await page.locator('drop-menu.account button[aria-expanded]').click();
    await page.locator('button[data-what=signatures]').click();
    await page.locator('signature-dialog input[data-field=name]').fill('王芳');
    await page.locator('signature-dialog textarea').fill('王芳\n销售部');
    await page.locator('signature-dialog button[data-what=confirm]').click();
    await notice('Name and signature are saved.');
    await row('十一月差旅报销').locator('a').click();
    await page.locator('mail-body[data-shown]').first().waitFor();
    await page.keyboard.press('r');
    await text().getByText('销售部').waitFor();
    const lines = await text().innerText();
    assert.ok(lines.indexOf('销售部') < lines.indexOf('各位同事'), lines);
    await page.locator('button[data-what=discard]').click();
    await page.locator('#discard button[data-what=confirm]').click();
  });

  test('a picture stands in the text and goes along; an upload that takes long is stopped', async () => {
    await page.keyboard.press('c');
    await field('to').fill('buyer@out.example,');
    await page.locator('input[data-field=subject]').fill('With a picture');
    await text().click();
    await page
      .frameLocator('rich-editor iframe')
      .locator('#text')
      .evaluate((root) => {
        const octets = Uint8Array.from(
          atob(
            'iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==',
          ),
          (letter) => letter.charCodeAt(0),
        );
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([octets], 'dot.png', { type: 'image/png' }));
        root.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
      });
    await text().locator('img[data-cid]').waitFor();
    await page.route('**/jmap/upload/**', () => {});
    await page
      .locator('.attach input')
      .setInputFiles({ name: 'slow.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(9) });
    await page.locator('draft-file-list progress').waitFor();
    await page.locator('draft-file-list button').click();
    await page.locator('draft-file-list progress').waitFor({ state: 'detached' });
    await page.unroute('**/jmap/upload/**');
    await kept(/Saved/);
    await page.keyboard.press('Control+Enter');
    await notice('Your mail has been sent.');
    const { octets } = await taken(5);
    assert.match(octets.toString(), /multipart\/related/);
    assert.match(octets.toString(), /^Content-ID: <[^>]+@muniment>/m);
    assert.doesNotMatch(octets.toString(), /slow\.bin/);
  });

  test('through all of it no error in the console', () => {
    assert.deepEqual(watched.faults, []);
  });
});
