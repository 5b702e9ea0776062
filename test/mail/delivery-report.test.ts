/** Reports of what became of a mail: their form, as another program reads it, and their words in three languages. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { simpleParser } from 'mailparser';
import { bounceClasses } from '../../services/domain/delivery-events.ts';
import { deliveryReport, type ReportFacts } from '../../services/mail/delivery-report.ts';
import { languageOf, reportTexts } from '../../services/mail/report-texts.ts';
import { uuidOf } from '../support/given-when-then.ts';

const facts: ReportFacts = {
  kind: 'failed',
  language: 'zh-CN',
  message: uuidOf(5),
  hostname: 'mail.acme.example',
  to: 'wang@acme.example',
  atMs: Date.UTC(2026, 10, 21, 12),
  recipient: 'nobody@out.example',
  acceptedAtMs: Date.UTC(2026, 10, 21, 11),
  retryUntilMs: Date.UTC(2026, 10, 26, 11),
  class: 'noSuchUser',
  host: 'mx.out.example [192.0.2.1]',
  reply: '550 5.1.1 user unknown',
  subject: '合同 2026：关于采购与供货的长长的主题，一行放不下',
  messageId: '<abc@acme.example>',
  header: Buffer.from(
    'From: <wang@acme.example>\r\nSubject: =?utf-8?B?5ZCI5ZCM?=\r\nMessage-ID: <abc@acme.example>\r\n',
  ),
};

/** The contents of its three parts, by type. */
function partsOf(report: Buffer): Map<string, string> {
  const text = report.toString();
  const boundary = /boundary="(.*)"/.exec(text)![1]!;
  const parts = text.split(`--${boundary}`).slice(1, -1);
  return new Map(
    parts.map((part) => {
      const blank = part.indexOf('\r\n\r\n');
      return [/Content-Type: ([^;\r]*)/.exec(part)![1]!, part.slice(blank + 4)];
    }),
  );
}

describe('a delivery report', () => {
  test('says to people what happened, as another program decodes it', async () => {
    const mail = await simpleParser(deliveryReport(facts));
    assert.equal(mail.subject, `未能送达: ${facts.subject}`);
    assert.equal(mail.from!.text, '"邮件投递" <MAILER-DAEMON@mail.acme.example>');
    assert.equal(mail.date!.getTime(), facts.atMs);
    assert.equal(mail.inReplyTo, facts.messageId);
    assert.equal(mail.headers.get('auto-submitted'), 'auto-replied');
    for (const words of [facts.recipient, facts.subject, '收件人不存在', facts.reply, '不会再次尝试'])
      assert.ok(mail.text!.includes(words), words);
  });

  test('says to programs what RFC 3464 asks for', () => {
    const parts = partsOf(deliveryReport(facts));
    assert.deepEqual([...parts.keys()], ['text/plain', 'message/delivery-status', 'text/rfc822-headers']);
    assert.deepEqual(parts.get('message/delivery-status')!.trim().split('\r\n'), [
      'Reporting-MTA: dns; mail.acme.example',
      'Arrival-Date: Sat, 21 Nov 2026 11:00:00 +0000',
      '',
      'Final-Recipient: rfc822; nobody@out.example',
      'Action: failed',
      'Status: 5.1.1',
      'Remote-MTA: dns; mx.out.example',
      'Diagnostic-Code: smtp; 550 5.1.1 user unknown',
      'Last-Attempt-Date: Sat, 21 Nov 2026 12:00:00 +0000',
    ]);
    assert.equal(parts.get('text/rfc822-headers')!.trim(), facts.header.toString().trim());
  });

  test('a delay says until when, and is no failure', () => {
    const report = deliveryReport({ ...facts, kind: 'delayed', language: 'en', reply: '451 4.7.1 later' });
    const status = partsOf(report).get('message/delivery-status')!;
    assert.match(status, /Action: delayed\r\nStatus: 4\.7\.1\r\n/);
    assert.match(status, /Will-Retry-Until: Thu, 26 Nov 2026 11:00:00 \+0000/);
  });

  test('an expired one fails with the status of the last temporary reply made final', () => {
    const status = partsOf(deliveryReport({ ...facts, reply: '451 4.7.1 later' })).get(
      'message/delivery-status',
    )!;
    assert.match(status, /Status: 5\.7\.1\r\n/);
  });

  test('where somebody ended the attempts it gives the reason and no diagnostic', async () => {
    const report = deliveryReport({ ...facts, class: null, host: '', reply: '地址写错了' });
    const status = partsOf(report).get('message/delivery-status')!;
    assert.match(status, /Status: 5\.0\.0\r\n/);
    assert.doesNotMatch(status, /Diagnostic|Remote/);
    assert.match((await simpleParser(report)).text!, /管理员终止了投递[\s\S]*地址写错了/);
  });

  test('an address outside ASCII has the types of RFC 6533', () => {
    const parts = partsOf(deliveryReport({ ...facts, recipient: '买家@out.example' }));
    assert.match(parts.get('message/global-delivery-status')!, /Final-Recipient: utf-8; 买家@out\.example/);
  });

  test('its own header is ASCII, in lines that fit, whatever is in the subject', () => {
    for (const subject of [
      '',
      'plain',
      '合'.repeat(500),
      '😀'.repeat(100),
      'a\r\nBcc: x@y.example',
      '=?x?',
    ]) {
      const header = deliveryReport({ ...facts, subject })
        .toString('latin1')
        .split('\r\n\r\n')[0]!;
      assert.match(header, /^[\x09\x20-\x7e\r\n]+$/);
      assert.doesNotMatch(header, /^Bcc/m);
      for (const line of header.split('\r\n')) assert.ok(line.length <= 90, line);
    }
  });

  test('the same facts make the same octets', () => {
    assert.ok(deliveryReport(facts).equals(deliveryReport({ ...facts })));
  });
});

describe('languages of reports', () => {
  test('each has a word for each class', () => {
    for (const [language, texts] of Object.entries(reportTexts)) {
      assert.deepEqual(Object.keys(texts.class).sort(), [...bounceClasses].sort(), language);
    }
  });

  test('the first that the mail names and that there is', () => {
    const cases: readonly (readonly [readonly string[], string])[] = [
      [['zh-CN, en-US'], 'zh-CN'],
      [['zh-TW'], 'zh-TW'],
      [['zh-Hant-HK;q=0.9'], 'zh-TW'],
      [['zh'], 'zh-CN'],
      [['fr, de', 'en'], 'en'],
      [['english'], 'zh-TW'],
      [[], 'zh-TW'],
    ];
    for (const [values, language] of cases)
      assert.equal(languageOf(values, 'zh-TW'), language, values.join());
  });
});
