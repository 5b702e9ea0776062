import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import iconv from 'iconv-lite';
import { factLimits, factsOf, type MailFacts } from '../../services/mail/facts.ts';
import { mailOf, scanOf } from './scanning.ts';

function facts(text: string): MailFacts {
  return factsOf(scanOf(mailOf(text)));
}

describe('facts', () => {
  test('of a mail that has everything', () => {
    const header = `Received: one
Received: two
Message-ID: <1@x>
In-Reply-To: <0@x>
References: <a@x> <b@x>
 <0@x>
Date: Thu, 7 Mar 2024 09:00:00 +0800
From: =?utf-8?B?5byg5LiJ?= <a@x>
Sender: s@x
Reply-To: r@x (R)
To: g: t@x, U <u@x>;
Cc: c@x
Bcc: b@x
Subject: =?utf-8?B?5ZCI5ZCM?=
Auto-Submitted: Auto-Replied (vacation)
List-Id: A list <List.Example>

`;
    assert.deepEqual(facts(header), {
      messageId: '1@x',
      inReplyTo: '0@x',
      references: ['a@x', 'b@x', '0@x'],
      threadSeed: 'a@x',
      dateMs: Date.UTC(2024, 2, 7, 1),
      from: [{ name: '张三', address: 'a@x' }],
      sender: [{ name: '', address: 's@x' }],
      replyTo: [{ name: 'R', address: 'r@x' }],
      subject: '合同',
      to: [
        { name: '', address: 't@x' },
        { name: 'U', address: 'u@x' },
      ],
      cc: [{ name: '', address: 'c@x' }],
      bcc: [{ name: '', address: 'b@x' }],
      attachments: [],
      receivedCount: 2,
      autoSubmitted: 'auto-replied',
      listId: 'list.example',
      has8bitHeaders: false,
      complete: true,
    });
  });

  test('of a mail that has nothing', () => {
    const { messageId, threadSeed, dateMs, from, subject, receivedCount, complete } = facts('\n');
    assert.deepEqual(
      { messageId, threadSeed, dateMs, from, subject, receivedCount, complete },
      {
        messageId: '',
        threadSeed: '',
        dateMs: null,
        from: [],
        subject: '',
        receivedCount: 0,
        complete: true,
      },
    );
  });

  test('the thread follows References, In-Reply-To, Message-ID', () => {
    assert.equal(facts('Message-ID: <1@x>\n\n').threadSeed, '1@x');
    assert.equal(facts('Message-ID: <1@x>\nIn-Reply-To: Your mail <0@x>\n\n').threadSeed, '0@x');
    assert.equal(facts('In-Reply-To: <0@x>\nReferences: <r@x>\n\n').threadSeed, 'r@x');
    assert.equal(facts('Message-ID: bare\n\n').threadSeed, 'bare');
  });

  test('an encoded word is never an address', () => {
    const word = `=?utf-8?B?${Buffer.from('"A" <boss@x>').toString('base64')}?=`;
    assert.deepEqual(facts(`From: ${word}\n\n`).from, [{ name: '"A" <boss@x>', address: '' }]);
    assert.deepEqual(facts(`From: ${word} <real@x>\n\n`).from, [{ name: '"A" <boss@x>', address: 'real@x' }]);
  });

  test('raw octets in the charset of the text', () => {
    const name = iconv.encode('佐藤', 'shift_jis').toString('latin1');
    const { subject, has8bitHeaders } = facts(
      `Subject: ${name}\nContent-Type: text/plain; charset=Shift_JIS\n\n`,
    );
    assert.deepEqual([subject, has8bitHeaders], ['佐藤', true]);
  });

  test('what exceeds the limits is cut and said', () => {
    const recipients = Array.from({ length: 5000 }, (_, n) => `user${n}@example.test`).join(', ');
    const many = facts(`To: ${recipients}\n\n`);
    assert.equal(many.complete, false);
    assert.ok(many.to.length > 2000 && many.to.length < 5000);
    const long = facts(`Subject: ${'x'.repeat(5000)}\n\n`);
    assert.deepEqual([long.subject.length, long.complete], [factLimits.maxSubjectCharacters, false]);
    const references = Array.from({ length: 150 }, (_, n) => `<${n}@x>`).join(' ');
    assert.equal(facts(`References: ${references}\n\n`).references.length, factLimits.maxReferences);
  });
});

describe('attachments', () => {
  /** `part name type role` of each. */
  function attachments(...parts: readonly string[]): string[] {
    return attachmentsIn('mixed', ...parts);
  }
  function attachmentsIn(subtype: string, ...parts: readonly string[]): string[] {
    const body = parts.map((part) => `--b\n${part}\n`).join('');
    const mail = `Content-Type: multipart/${subtype}; boundary=b\n\n${body}--b--\n`;
    return facts(mail).attachments.map(({ part, name, type, role }) => `${part} ${name} ${type} ${role}`);
  }

  test('all but the text, whatever the sender calls it', () => {
    assert.deepEqual(
      attachments(
        'Content-Type: text/plain\n\ntext',
        'Content-Type: text/html\n\n<p>',
        'Content-Type: application/pdf; name=a.pdf\n\nx',
        'Content-Type: text/plain\nContent-Disposition: attachment\n\nx',
        'Content-Type: text/plain; name=b.txt\n\nx',
        'Content-Type: text/x-script\nContent-Disposition: inline\n\nx',
        'Content-Type: message/rfc822\n\nSubject: x\n\ny',
        'Content-Type: application/pkcs7-signature; name=smime.p7s\n\nx',
      ),
      [
        '3 a.pdf application/pdf attachment',
        '4  text/plain attachment',
        '5 b.txt text/plain attachment',
        '6  text/x-script attachment',
        '7  message/rfc822 attachment',
        '8 smime.p7s application/pkcs7-signature machinery',
      ],
    );
  });

  test('what a page shows', () => {
    assert.deepEqual(
      attachmentsIn(
        'related',
        'Content-Type: text/html\n\n<p>',
        'Content-Type: image/png; name=a.png\nContent-ID: <1@x>\n\nx',
        'Content-Type: application/x-msdownload; name=a.exe\nContent-ID: <2@x>\n\nx',
        'Content-Type: image/png; name=b.png\nContent-Disposition: attachment\nContent-ID: <3@x>\n\nx',
      ),
      ['2 a.png image/png inline', '3 a.exe application/x-msdownload inline', '4 b.png image/png attachment'],
    );
  });

  test('part numbers of nested parts', () => {
    const inner = 'Content-Type: multipart/mixed; boundary=c\n\n--c\n\nx\n--c\nContent-Type: a/b\n\ny\n--c--';
    assert.deepEqual(attachments('\nx', inner), ['2.2  a/b attachment']);
    assert.deepEqual(facts('Content-Type: image/png\n\nx').attachments[0]?.part, '1');
  });

  const gbk = (text: string) => iconv.encode(text, 'gbk').toString('latin1');
  const utf8 = (text: string) => Buffer.from(text).toString('latin1');
  const names: readonly (readonly [string, string])[] = [
    ['filename="a b.txt"', 'a b.txt'],
    [`filename="${utf8('合同.txt')}"`, '合同.txt'],
    [`filename="${gbk('合同.txt')}"`, '合同.txt'],
    [`filename=${gbk('采购 合同.txt')}`, '采购 合同.txt'],
    [`filename="${gbk('合同.txt')}`, '合同.txt'],
    ['filename="=?utf-8?B?5ZCI5ZCM?=.txt"', '合同.txt'],
    ['filename==?utf-8?B?5ZCI5ZCM?=', '合同'],
    ["filename*=utf-8''%E5%90%88%E5%90%8C.txt", '合同.txt'],
    ['filename*="utf-8\'\'%E5%90%88.txt"', '合.txt'],
    ['filename*=%E5%90%88.txt', '合.txt'],
    ["filename*0*=gbk'zh'%BA; filename*1*=%CF%CD%AC.txt", '合同.txt'],
    ["filename*1=b.txt; filename*0*=utf-8''%E5%90%88", '合b.txt'],
    ["filename=a.txt; filename*=utf-8''b.txt", 'b.txt'],
    ['filename="%E5%90%88.txt"', '合.txt'],
    ['filename="100%.txt"', '100%.txt'],
    ['filename="%E5.txt"', '%E5.txt'],
    ['filename="&#21512;.txt"', '合.txt'],
    ['filename=""', ''],
    ['filename="a\\"b.txt"', 'a"b.txt'],
  ];
  for (const [parameter, expected] of names) {
    test(`the name of ${parameter}`, () => {
      const part = `Content-Type: a/b\nContent-Disposition: attachment; ${parameter}\n\nx`;
      assert.deepEqual(attachments(part), [`1 ${expected} a/b attachment`]);
    });
  }

  test('the name of Content-Type where the disposition has none', () => {
    const part = 'Content-Type: a/b; name=n.txt\nContent-Disposition: attachment\n\nx';
    assert.deepEqual(attachments(part), ['1 n.txt a/b attachment']);
  });
});
