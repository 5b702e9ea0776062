/** Every test of the language: true, untrue, and not to be decided. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Condition } from '../../../policies/rule-language/rule-conditions.ts';
import type { RuleFacts } from '../../../policies/rule-language/rule-facts.ts';
import { buyer, isHit, li, mailWith, part, text } from './rule-mails.ts';

const attachment = (name: string, type: string | null = 'application/pdf', number = '2') => ({
  part: number,
  name,
  type,
});

const cases: readonly {
  readonly what: string;
  readonly when: Condition;
  readonly yes: readonly Partial<RuleFacts>[];
  readonly no: readonly Partial<RuleFacts>[];
  readonly unknown?: readonly Partial<RuleFacts>[];
}[] = [
  {
    what: 'an address, however it is written',
    when: {
      test: 'address',
      in: ['from', 'envelopeRecipient'],
      match: ['wang@acme.example', '@*.outside.example'],
    },
    yes: [
      {},
      {
        addresses: { ...mailWith().addresses, from: [] },
        recipients: [{ address: 'x@mail.outside.example', account: null }],
      },
    ],
    no: [{ addresses: { ...mailWith().addresses, from: ['wang@outside.example'] } }],
    unknown: [{ addresses: { ...mailWith().addresses, from: [] }, headerComplete: false }],
  },
  {
    what: 'an address other than those (APR-07)',
    when: {
      test: 'address',
      in: ['envelopeSender', 'envelopeRecipient'],
      otherThan: ['@acme.example', 'x@partner.example'],
    },
    yes: [
      {},
      { recipients: [li, { address: 'y@partner.example', account: null }] },
      { recipients: [{ address: 'odd', account: null }] },
    ],
    no: [
      { recipients: [li, { address: 'X@partner.example', account: null }] },
      { sender: { address: '', account: null }, recipients: [li] },
    ],
  },
  {
    what: 'words in the subject',
    when: { test: 'text', in: ['subject'], words: ['采购合同', 'purchase order'] },
    yes: [{ subject: '关于采购合同的事' }, { subject: 'PURCHASE  Order 7' }],
    no: [{ subject: '采购' }, { subject: 'purchase ordering' }, { body: [text('采购合同')] }],
    unknown: [{ subject: '采购', headerComplete: false }],
  },
  {
    what: 'words anywhere, inside longer ones too',
    when: { test: 'text', in: ['body'], words: ['order'], match: 'anywhere' },
    yes: [{ body: [text('reordering')] }],
    no: [{ body: [text('odder')] }],
  },
  {
    what: 'so many finds in several texts together',
    when: { test: 'text', in: ['subject', 'body', 'attachments'], words: ['机密', '绝密'], atLeast: 3 },
    yes: [{ subject: '机密', body: [text('机密')], attachmentTexts: [text('机\n密')] }],
    no: [{ subject: '机密', body: [text('绝密')] }],
    unknown: [
      { subject: '机密', body: null },
      { attachmentTexts: [text(null, '2')] },
      { body: [text('机密', '1', false)] },
    ],
  },
  {
    what: 'so many different words',
    when: { test: 'text', in: ['body'], words: ['机密', '绝密', 'secret'], atLeast: 2, counting: 'words' },
    yes: [{ body: [text('机密、绝密')] }],
    no: [{ body: [text('机密、机密、机密')] }],
  },
  {
    what: 'words in a header field',
    when: { test: 'text', in: ['header:x-project'], words: ['tiger'] },
    yes: [{ headers: [{ name: 'X-Project', value: 'Tiger 2' }] }],
    no: [{ headers: [{ name: 'X-Other', value: 'tiger' }] }],
    unknown: [{ headers: null }],
  },
  {
    what: 'so many different numbers',
    when: { test: 'numbers', in: ['body'], kinds: ['identityCard'], atLeast: 2 },
    yes: [{ body: [text('11010519491231002X 440524188001010014')] }],
    no: [
      { body: [text('11010519491231002X 11010519491231002X')] },
      { body: [text('4111111111111111 4111111111111111')] },
    ],
    unknown: [{ body: [text(null)] }],
  },
  {
    what: 'a header field',
    when: { test: 'header', name: 'List-Id' },
    yes: [{ headers: [{ name: 'list-id', value: '' }] }],
    no: [{}],
    unknown: [{ headers: null }],
  },
  {
    what: 'the name of an attachment',
    when: { test: 'attachmentName', names: ['*.exe', '合同?.doc*'] },
    yes: [
      { attachments: [attachment('a.pdf'), attachment('Setup.EXE')] },
      { attachments: [attachment('合同A.docx')] },
    ],
    no: [
      { attachments: [attachment('exe')] },
      { attachments: [attachment('合同.doc')] },
      { attachments: [attachment('a.exe.txt')] },
    ],
    unknown: [{ headerComplete: false }],
  },
  {
    what: 'the type of an attachment by its content',
    when: { test: 'attachmentType', types: ['application/x-dosexec', 'video/*'] },
    yes: [
      { attachments: [attachment('a', 'application/x-dosexec')] },
      { attachments: [attachment('a', 'video/mp4')] },
    ],
    no: [{ attachments: [attachment('a.exe')] }, {}],
    unknown: [{ attachments: [attachment('a', null)] }],
  },
  {
    what: 'an attachment of another type than the listed ones (AVC-07)',
    when: { test: 'attachmentType', otherThan: ['application/pdf', 'image/*'] },
    yes: [{ attachments: [attachment('a'), attachment('b', 'text/html')] }],
    no: [{ attachments: [attachment('a'), attachment('b', 'image/png')] }, {}],
    unknown: [{ attachments: [attachment('a', null)] }],
  },
  {
    what: 'the size',
    when: { test: 'size', overOctets: 1000, underOctets: 2000 },
    yes: [{ octets: 1001 }, { octets: 1999 }],
    no: [{ octets: 1000 }, { octets: 2000 }],
  },
  {
    what: 'the number of recipients',
    when: { test: 'recipients', over: 1 },
    yes: [{ recipients: [buyer, buyer] }],
    no: [{}],
  },
  {
    what: 'an authentication result',
    when: { test: 'authentication', method: 'dmarc', results: ['fail', 'none'] },
    yes: [{ authentication: { dmarc: 'fail' } }],
    no: [{ authentication: { dmarc: 'pass' } }],
    unknown: [{}, { authentication: { spf: 'fail' } }],
  },
  {
    what: 'the time of day, over midnight, by the day on which it begins',
    when: { test: 'time', zone: 'Asia/Shanghai', days: ['fri'], from: '18:00', until: '08:00' },
    // 2026-11-20 is a Friday; Shanghai is eight hours ahead.
    yes: [{ nowMs: Date.UTC(2026, 10, 20, 10, 0) }, { nowMs: Date.UTC(2026, 10, 20, 23, 59) }],
    no: [
      { nowMs: Date.UTC(2026, 10, 20, 9, 59) },
      { nowMs: Date.UTC(2026, 10, 21, 0, 0) },
      { nowMs: Date.UTC(2026, 10, 21, 12, 0) },
    ],
  },
  {
    what: 'encrypted or signed',
    when: { test: 'protection', kinds: ['encrypted', 'signed'] },
    yes: [{ isEncrypted: true }, { isSigned: true }],
    no: [{}],
  },
];

for (const { what, when, yes, no, unknown = [] } of cases) {
  describe(`a condition: ${what}`, () => {
    for (const facts of yes)
      test(`is true of ${JSON.stringify(facts)}`, () => assert.ok(isHit(when, mailWith(facts))));
    for (const facts of no)
      test(`is untrue of ${JSON.stringify(facts)}`, () => assert.equal(isHit(when, mailWith(facts)), false));
    for (const facts of unknown) {
      test(`is open of ${JSON.stringify(facts)}`, () =>
        assert.equal(part(when, mailWith(facts))?.outcome, 'undecidable'));
    }
  });
}

describe('conditions joined', () => {
  const yes: Condition = { test: 'size', overOctets: 1 };
  const no: Condition = { test: 'size', underOctets: 1 };
  const open: Condition = { test: 'authentication', method: 'spf', results: ['pass'] };
  const outcome = (when: Condition) => part(when, mailWith())?.outcome ?? 'no';

  test('all, any and not count what is missing only where it could change the answer', () => {
    assert.equal(outcome({ all: [yes, yes] }), 'hit');
    assert.equal(outcome({ all: [yes, no] }), 'no');
    assert.equal(outcome({ all: [open, no] }), 'no');
    assert.equal(outcome({ all: [yes, open] }), 'undecidable');
    assert.equal(outcome({ any: [no, yes] }), 'hit');
    assert.equal(outcome({ any: [no, no] }), 'no');
    assert.equal(outcome({ any: [open, yes] }), 'hit');
    assert.equal(outcome({ any: [open, no] }), 'undecidable');
    assert.equal(outcome({ not: yes }), 'no');
    assert.equal(outcome({ not: no }), 'hit');
    assert.equal(outcome({ not: open }), 'undecidable');
  });

  test('reasons say which conditions were true, and where', () => {
    const body = '这份采购\n合同，合同';
    const words: Condition = { test: 'text', in: ['subject', 'body'], words: ['采购合同', '合同'] };
    const said = part(
      { all: [{ any: [no, words] }, { not: no }] },
      mailWith({ subject: 'Re: 合 同', body: [text(body, '1.2')] }),
    )!;
    assert.deepEqual(
      said.reasons.map(({ at, test: name, count }) => [at, name, count]),
      [
        ['when › all › 1 › any › 2', 'text', 4],
        ['when › all › 2', 'not', 0],
      ],
    );
    const places = said.reasons[0]!.places;
    assert.deepEqual(
      places.map(({ in: place, part: number, found }) => [place, number, found]),
      [
        ['subject', '', '合 同'],
        ['body', '1.2', '采购\n合同'],
        ['body', '1.2', '合同'],
        ['body', '1.2', '合同'],
      ],
    );
    for (const { in: place, start, end, found } of places)
      assert.equal((place === 'body' ? body : 'Re: 合 同').slice(start, end), found);
  });

  test('a reason keeps the first places and counts all', () => {
    const said = part(
      { test: 'text', in: ['body'], words: ['a'] },
      mailWith({ body: [text('a '.repeat(1000))] }),
    )!;
    assert.equal(said.reasons[0]!.count, 1000);
    assert.equal(said.reasons[0]!.places.length, 20);
  });
});
