import assert from 'node:assert/strict';
import test from 'node:test';
import type { FetchItem } from '../../../services/imap/protocol/fetch-items.ts';
import { assertRefused, commandOf } from './reading.ts';

function itemsOf(text: string): readonly FetchItem[] {
  const command = commandOf(`FETCH 1 ${text}`);
  assert.ok(command.verb === 'FETCH');
  return command.items;
}

const names = (items: readonly FetchItem[]): string[] =>
  items.map((item) =>
    'label' in item ? `${item.label}${'peek' in item && item.peek ? ' peek' : ''}` : item.item,
  );

test('items and macros', () => {
  const cases: readonly (readonly [string, string[]])[] = [
    ['FLAGS', ['FLAGS']],
    ['all', ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE']],
    ['FAST', ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE']],
    ['FULL', ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE', 'BODY']],
    [
      '(UID BODY BODYSTRUCTURE MODSEQ EMAILID THREADID)',
      ['UID', 'BODY', 'BODYSTRUCTURE', 'MODSEQ', 'EMAILID', 'THREADID'],
    ],
    [
      '(RFC822 RFC822.HEADER RFC822.TEXT RFC822.SIZE)',
      ['RFC822', 'RFC822.HEADER peek', 'RFC822.TEXT', 'RFC822.SIZE'],
    ],
    ['BODY[]', ['BODY[]']],
    ['body.peek[]<0.100>', ['BODY[]<0> peek']],
    ['BODY[HEADER]', ['BODY[HEADER]']],
    ['BODY[1]', ['BODY[1]']],
    ['BODY[4.2.2.MIME]', ['BODY[4.2.2.MIME]']],
    ['BODY[2.header.fields (From "To" "a b")]', ['BODY[2.HEADER.FIELDS (From To "a b")]']],
    ['BODY.PEEK[HEADER.FIELDS.NOT (DATE)]<5.6>', ['BODY[HEADER.FIELDS.NOT (DATE)]<5> peek']],
    ['BINARY[1.2]', ['BINARY[1.2]']],
    ['(BINARY.PEEK[]<7.1> BINARY.SIZE[3])', ['BINARY[]<7> peek', 'BINARY.SIZE[3]']],
  ];
  for (const [text, expected] of cases) assert.deepEqual(names(itemsOf(text)), expected, text);
});

test('a section names part, text and fields', () => {
  const [item] = itemsOf('BODY[1.2.HEADER.FIELDS (SUBJECT)]<3.4>');
  assert.ok(item?.item === 'SECTION');
  assert.deepEqual(item.section, { part: [1, 2], text: 'HEADER.FIELDS', fields: ['SUBJECT'] });
  assert.deepEqual(item.partial, { offset: 3, length: 4 });
});

test('modifiers', () => {
  const command = commandOf('UID FETCH 1:* (FLAGS) (CHANGEDSINCE 12345 VANISHED)');
  assert.ok(command.verb === 'FETCH' && command.byUid);
  assert.equal(command.changedSince, 12345);
  assert.equal(command.vanished, true);
});

test('what is no FETCH is BAD', () => {
  const invalid = [
    '1',
    '1 ',
    '1 ()',
    '1 (ALL)',
    '1 FLAGS UID',
    '1 (FLAGS  UID)',
    '1 (FLAGS',
    '1 NOTHING',
    '1 BODY[',
    '1 BODY[0]',
    '1 BODY[1.]',
    '1 BODY[1',
    '1 BODY[MIME]',
    '1 BODY[1.WHAT]',
    '1 BODY[1HEADER]',
    '1 BODY[HEADER.FIELDS]',
    '1 BODY[HEADER.FIELDS ()]',
    '1 BODY[]<0>',
    '1 BODY[]<0.0>',
    '1 BODY[]<99999999999999999999.1>',
    '1 BODY.PEEK',
    '1 BINARY',
    '1 BINARY[1.TEXT]',
    '1 BINARY.SIZE[1]<0.1>',
    '1 RFC822.PEEK',
    '0 FLAGS',
    '1 FLAGS (VANISHED)',
    '1 FLAGS (CHANGEDSINCE)',
    '1 FLAGS (CHANGEDSINCE 9223372036854775808)',
    '1 FLAGS (SOMETHING 1)',
    `1 BODY[${Array(101).fill('1').join('.')}]`,
  ];
  for (const text of invalid) assertRefused(`FETCH ${text}`);
});
