import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type BodyPart, bodyLists } from '../../../services/http/jmap/body-parts.ts';
import { HeaderBlock } from '../../../services/http/jmap/header-block.ts';
import { headerForms, readHeaderProperty } from '../../../services/http/jmap/header-property.ts';
import { seededRandom } from '../../support/seeded-random.ts';

function shown(property: string, ...lines: string[]) {
  const read = readHeaderProperty(property);
  assert.ok(read, property);
  return new HeaderBlock(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`)).value(read);
}

describe('names of header properties (RFC 8621 §4.1.3)', () => {
  test('have a field, a form and "all", in this order', () => {
    assert.deepEqual(readHeaderProperty('header:X-Spam'), { field: 'x-spam', form: 'Raw', all: false });
    assert.deepEqual(readHeaderProperty('header:Subject:asText'), {
      field: 'subject',
      form: 'Text',
      all: false,
    });
    assert.deepEqual(readHeaderProperty('header:To:asAddresses:all'), {
      field: 'to',
      form: 'Addresses',
      all: true,
    });
    assert.deepEqual(readHeaderProperty('header:Received:all'), {
      field: 'received',
      form: 'Raw',
      all: true,
    });
  });

  test('that are none, or ask for a form that the field cannot have, are refused', () => {
    for (const property of [
      'subject',
      'header',
      'header:',
      'header:Two Words',
      'header:Subject:asDate',
      'header:Subject:asNothing',
      'header:Subject:all:asText',
      'header:Subject:asText:asText',
      'header:From:asText',
      'header:Date:asAddresses',
      'header:List-Id:asURLs',
      'header:Received:asText',
      'header:Subject:asText:all:all',
    ])
      assert.equal(readHeaderProperty(property), null, property);
  });

  test('fields that nobody has defined may have any form', () => {
    for (const form of headerForms) assert.ok(readHeaderProperty(`header:X-Own:as${form}`), form);
  });
});

describe('forms of header fields (§4.1.2)', () => {
  test('raw is what stands there', () => {
    assert.equal(shown('header:Subject', 'Subject:  one', '  two '), '  one\r\n  two ');
    assert.equal(shown('header:Subject', 'From: x'), null);
    assert.deepEqual(shown('header:X-A:all', 'X-A: 1', 'x-a: 2'), [' 1', ' 2']);
    assert.deepEqual(shown('header:X-A:all', 'X-B: 1'), []);
    assert.equal(shown('header:X-A', 'X-A: 1', 'X-A: 2'), ' 2');
  });

  test('text is unfolded and decoded', () => {
    const words = 'Subject: =?utf-8?B?5ZCI5ZCM?=\r\n =?utf-8?B?6K+35a6h?= 2026';
    assert.equal(shown('header:Subject:asText', words), '合同请审 2026');
    assert.equal(shown('header:Subject:asText', 'Subject: cafe\u0301'), 'caf\u00e9');
  });

  test('addresses, with and without their groups', () => {
    const to =
      'To: "Li, 李" <li@acme.example>, Team: a@b.example, =?utf-8?Q?=E7=8E=8B?= <w@b.example>;, z@z.example';
    const [li, a, w, z] = [
      { name: 'Li, 李', email: 'li@acme.example' },
      { name: null, email: 'a@b.example' },
      { name: '王', email: 'w@b.example' },
      { name: null, email: 'z@z.example' },
    ];
    assert.deepEqual(shown('header:To:asAddresses', to), [li, a, w, z]);
    assert.deepEqual(shown('header:To:asGroupedAddresses', to), [
      { name: null, addresses: [li] },
      { name: 'Team', addresses: [a, w] },
      { name: null, addresses: [z] },
    ]);
    assert.deepEqual(shown('header:To:asGroupedAddresses', 'To: Nobody:;'), [
      { name: 'Nobody', addresses: [] },
    ]);
  });

  test('ids, URLs and dates are null where there are none', () => {
    assert.deepEqual(shown('header:References:asMessageIds', 'References: <a@b> <c@d>'), ['a@b', 'c@d']);
    assert.equal(shown('header:Message-ID:asMessageIds', 'Message-ID: none'), null);
    const unsubscribe = 'List-Unsubscribe: <mailto:x@y>, <https://y/x>';
    assert.deepEqual(shown('header:List-Unsubscribe:asURLs', unsubscribe), ['mailto:x@y', 'https://y/x']);
    assert.equal(shown('header:Date:asDate', 'Date: yesterday'), null);
    assert.equal(
      shown('header:Date:asDate', 'Date: Thu, 13 Aug 2026 09:30:05 +0800 (CST)'),
      '2026-08-13T09:30:05+08:00',
    );
    assert.equal(shown('header:Date:asDate', 'Date: 13 Aug 2026 09:30 -0330'), '2026-08-13T09:30:00-03:30');
    assert.equal(shown('header:Date:asDate', 'Date: 13 Aug 2026 09:30 GMT'), '2026-08-13T09:30:00Z');
  });

  test('every field is listed, as written and in its order', () => {
    const block = new HeaderBlock(Buffer.from('X-One: 1\r\nno field\r\nfrom : a\r\n b\r\n\r\n'));
    assert.deepEqual(block.all(), [
      { name: 'X-One', value: ' 1' },
      { name: 'from', value: ' a\r\n b' },
    ]);
  });

  test('whatever a header holds, each form has an answer', () => {
    const random = seededRandom(11);
    const pieces = [
      '<',
      '>',
      '"',
      '=?utf-8?B?',
      '?=',
      ':',
      ';',
      ',',
      '@',
      '\r\n ',
      '(',
      '\\',
      'a',
      '\xff',
      '+0800',
      '2026',
    ];
    for (let i = 0; i < 2000; i++) {
      const value = Array.from({ length: 12 }, () => pieces[Math.floor(random() * pieces.length)]!).join('');
      const block = new HeaderBlock(Buffer.from(`X-A: ${value}\r\n\r\n`, 'latin1'));
      for (const form of headerForms) block.value({ field: 'x-a', form, all: false });
    }
  });
});

/** `partId` counts leaves; a name stands behind `=`, an attachment begins with `!`. */
function tree(shape: string | [string, ...unknown[]], numbers = { next: 1 }): BodyPart {
  if (typeof shape === 'string') {
    const [, isAttached, type, name] = /^(!?)([^=]+)(?:=(.*))?$/.exec(shape)!;
    const disposition = isAttached ? 'attachment' : null;
    return { partId: `${numbers.next++}`, type: type!, disposition, name: name ?? null, subParts: [] };
  }
  const [type, ...inner] = shape;
  const subParts = (inner as [string][]).map((each) => tree(each, numbers));
  return { partId: null, type: `multipart/${type}`, disposition: null, name: null, subParts };
}

function sorted(shape: string | [string, ...unknown[]]): string[] {
  const { textBody, htmlBody, attachments } = bodyLists(tree(shape));
  return [textBody, htmlBody, attachments].map((parts) => parts.map(({ partId }) => partId).join(' '));
}

describe('text and attachments of a mail (§4.1.4)', () => {
  const cases: [string, string | [string, ...unknown[]], string[]][] = [
    ['plain text is both', 'text/plain', ['1', '1', '']],
    ['HTML alone is both', 'text/html', ['1', '1', '']],
    ['alternatives are told apart', ['alternative', 'text/plain', 'text/html'], ['1', '2', '']],
    ['an alternative of one kind is both', ['alternative', 'text/html'], ['1', '1', '']],
    ['a file is attached', ['mixed', 'text/plain', 'application/pdf=a.pdf'], ['1', '1', '2']],
    [
      'a text file behind the text is attached',
      ['mixed', 'text/plain', 'text/plain=log.txt'],
      ['1', '1', '2'],
    ],
    ['a signature without a name is read on', ['mixed', 'text/plain', 'text/plain'], ['1 2', '1 2', '']],
    ['what calls itself an attachment is one', ['mixed', 'text/plain', '!image/png'], ['1', '1', '2']],
    [
      'a picture between texts is shown in both',
      ['mixed', 'text/plain', 'image/png', 'text/plain'],
      ['1 2 3', '1 2 3', ''],
    ],
    [
      'pictures of a page are attached to it',
      ['alternative', 'text/plain', ['related', 'text/html', 'image/png', 'image/gif']],
      ['1', '2', '3 4'],
    ],
    [
      'a mail as mail programs write it',
      [
        'mixed',
        ['alternative', 'text/plain', ['related', 'text/html', 'image/png']],
        'application/pdf=a.pdf',
      ],
      ['1', '2', '3 4'],
    ],
    [
      'a branch with text and picture counts for its own kind',
      ['alternative', ['mixed', 'text/plain', 'image/png', 'text/plain'], 'text/html'],
      ['1 2 3', '4', '2'],
    ],
    [
      'an invitation beside the texts is attached',
      ['alternative', 'text/plain', 'text/html', 'text/calendar'],
      ['1', '2', '3'],
    ],
    ['a mail inside is attached', ['mixed', 'text/plain', 'message/rfc822'], ['1', '1', '2']],
    ['a picture alone is shown', 'image/png', ['1', '1', '']],
    ['a file alone is attached', 'application/pdf', ['', '', '1']],
    ['nothing is nothing', ['mixed'], ['', '', '']],
  ];
  for (const [name, shape, expected] of cases) test(name, () => assert.deepEqual(sorted(shape), expected));
});
