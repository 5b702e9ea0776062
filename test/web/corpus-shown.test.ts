/** Each East Asian mail of the corpus as the webmail shows it, beside what a careful person expects to see. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { imapLogin } from '../support/delivered-mail.ts';
import { JmapClient } from '../support/jmap-client.ts';
import { corpusIsThere, corpusMails, expectedRows, withCrlf } from '../support/mail-corpus.ts';
import { missing } from '../support/programs.ts';
import { addressOf, passwordOf, RealServer } from '../support/real-server.ts';
import { type Browser, signIn, startBrowser, type WatchedPage } from './chromium.ts';
import { shownMail } from './shown-mail.ts';

/** `mail column` -> why what is shown differs from the table. */
const exceptions: Readonly<Record<string, string>> = {
  'own-cjk-outlook-tnef-text-in-rtf-only text': 'winmail.dat is a file here: its text is not looked into',
  'own-cjk-outlook-tnef-text-in-rtf-only attachments': 'as before',
  'own-cjk-exchange-online-related-cid text': 'the pictures stand where the plain text names them',
  'own-cjk-uuencode-gbk-name text':
    'the lines of the uuencoded file are shown as text, which the note allows',
  'own-cjk-uuencode-gbk-name attachments': 'as before',
  'own-cjk-alternative-html-first text': 'the page is shown wherever it stands, which the note allows',
  'own-cjk-headers-twice subject': 'the last one counts, as in ENVELOPE and for the rules',
  'own-cjk-headers-twice from': 'the last one counts (RFC 8621 §4.1.3)',
  'own-cjk-no-separator text': 'all of it is header: the source shows it',
  'own-cjk-smime-signed-opaque text': 'the text is inside the signature, which is a file here',
  'own-cjk-smime-signed-opaque attachments': 'as before',
  'own-cjk-smime-encrypted attachments': 'the encrypted mail is a file here, for a program that has the key',
  'own-cjk-smime-signed-then-encrypted attachments': 'as before',
  'own-cjk-pgp-mime-encrypted attachments': 'as before',
};

type Column = 'subject' | 'from' | 'text' | 'attachments';

const skip = missing('chromium') || (corpusIsThere ? false : '../shared/corpus is absent');

describe('the corpus in the webmail', { skip, timeout: 300_000 }, () => {
  let server: RealServer;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;
  /** Ids by the names of the files. */
  const ids = new Map<string, string>();

  before(async () => {
    server = await RealServer.start(['wang']);
    browser = await startBrowser(server);
    const imap = await imapLogin(server, 'wang');
    const mails = corpusMails().filter(({ name }) => name.startsWith('own-cjk-'));
    for (const { octets } of mails) await imap.append('INBOX', withCrlf(octets));
    await imap.logout();
    const jmap = await JmapClient.signIn(server.ports.http, addressOf('wang'), passwordOf('wang'));
    const found = await jmap.call('Email/query', {
      sort: [{ property: 'receivedAt', isAscending: true }],
      limit: 1000,
    });
    const { list } = await jmap.call('Email/get', { ids: found['ids'], properties: ['size', 'blobId'] });
    const sizeOf = new Map(mails.map(({ name, octets }) => [name, withCrlf(octets)] as const));
    for (const { id, blobId } of list) {
      const { octets } = await jmap.download(blobId);
      const [name] = [...sizeOf].find(([, own]) => octets.subarray(-own.length).equals(own)) ?? [];
      if (name) ids.set(name, id);
    }
    watched = await browser.page({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' });
    page = watched.page;
    await signIn(page, 'wang');
  });

  after(async () => {
    await browser?.close();
    await server?.dispose();
  });

  test('is shown as the table says, apart from what is named', async () => {
    const differences: string[] = [];
    for (const [name, subject, from, kind, text, attachments, , note] of expectedRows()) {
      const shown = await shownMail(page, ids.get(name!)!);
      const wanted: Record<Column, string> = {
        subject: subject! || '（无主题）',
        from: from! || '（无发件人）',
        text: kind === 'none' ? '' : squeezed(text!).slice(0, 30),
        attachments: attachments!
          .replace(/\[message: [^\]]*\]/g, '所附邮件.eml')
          .replace(/\[unnamed ([^\]]*)\]/g, (_, type: string) => unnamed[type] ?? '未命名文件'),
      };
      const got: Record<Column, string> = {
        subject: shown.subject,
        from: shown.from,
        text: kind === 'none' ? '' : squeezed(shown.text),
        attachments: shown.attachments.join(' | '),
      };
      for (const column of Object.keys(wanted) as Column[]) {
        const isSame =
          column === 'text'
            ? got.text.includes(wanted.text)
            : squeezed(got[column]) === squeezed(wanted[column]);
        if (isSame === (exceptions[`${name} ${column}`] !== undefined))
          differences.push(
            `${name} ${column}: ${JSON.stringify(got[column].slice(0, 200))}, expected ${JSON.stringify(wanted[column])} (${note})`,
          );
      }
    }
    assert.deepEqual(differences, []);
  });

  test('without an error in the console', () => {
    assert.deepEqual(watched.faults, []);
  });
});

const unnamed: Readonly<Record<string, string>> = {
  'application/pdf': '未命名文件.pdf',
  'text/plain': '未命名文件.txt',
};

/** White space is the page's to lay out, and so are the marks of quotes at the beginning of lines. */
function squeezed(text: string): string {
  return text.replace(/^> ?/gm, '').replace(/[\s\u200b]+/g, '');
}
