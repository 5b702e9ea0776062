import assert from 'node:assert/strict';
import test from 'node:test';
import { readAll, seeded } from './reading.ts';

const pieces = [
  ...[
    'a ',
    'b2 ',
    '* ',
    'UID ',
    ' ',
    '  ',
    '\r\n',
    '\n',
    '\r',
    '\0',
    '(',
    ')',
    '[',
    ']',
    '<',
    '>',
    '"',
    '\\',
    '%',
    '*',
    ':',
    ',',
    '.',
  ],
  ...[
    'FETCH ',
    'STORE ',
    'SEARCH ',
    'LOGIN ',
    'LIST ',
    'APPEND ',
    'SELECT ',
    'STATUS ',
    'COPY ',
    'ID ',
    'NOOP',
    'IDLE',
    'CREATE ',
  ],
  ...[
    '1:*',
    '1',
    '0',
    '$',
    '4294967295',
    '99999999999',
    'INBOX',
    '"a b"',
    '"x',
    '&AOQ-',
    '\xe5\x90\x88',
    '\xff',
  ],
  ...[
    '{3}\r\nabc',
    '{3+}\r\nabc',
    '{0+}\r\n',
    '~{2}\r\n\0a',
    '{5000+}\r\n',
    '{70000}\r\n',
    '{4294967296}\r\n',
    '{2}\r\n',
    '{',
  ],
  ...[
    'BODY[',
    'BODY.PEEK[HEADER.FIELDS (',
    'BINARY[1.2]',
    '<0.5>',
    'FLAGS',
    '+FLAGS ',
    '(\\Seen)',
    'UTF8 (~{1}\r\nx)',
  ],
  ...[
    'NOT ',
    'OR ',
    'CHARSET ',
    'UTF-8 ',
    'GB2312 ',
    'SUBJECT ',
    'ON 1-Feb-1994',
    'MODSEQ 5',
    'RETURN (ALL) ',
    '" 1-Jan-2026 00:00:00 +0000" ',
  ],
  ...[
    '(CHANGEDSINCE 5 VANISHED)',
    '(UNCHANGEDSINCE 5) ',
    '(QRESYNC (1 2 3:4 (1 2)))',
    'RETURN (STATUS (MESSAGES))',
  ],
];

const wholeCommands = [
  'FETCH 1:* (FLAGS UID BODY.PEEK[1.HEADER.FIELDS ("A" b)]<0.5>)',
  'UID STORE 5,7 (UNCHANGEDSINCE 5) +FLAGS.SILENT (\\Seen $x)',
  'SEARCH RETURN (ALL) CHARSET UTF-8 OR SUBJECT {2}\r\nab NOT (SEEN 1:*)',
  'LIST (SUBSCRIBED) "" (a% "b") RETURN (STATUS (MESSAGES))',
  'APPEND {1}\r\nx (\\Seen) {3}\r\n\r\nx UTF8 (~{1+}\r\nx)',
  'LOGIN {1}\r\na {2+}\r\nbc',
  'SELECT INBOX (QRESYNC (1 2 3:4 (1 2)))',
];

function randomInput(random: (below: number) => number): string {
  let text = '';
  const lines = random(6) + 1;
  for (let line = 0; line < lines; line++) {
    if (random(3) > 0) text += `t${line} `;
    if (random(3) === 0) text += wholeCommands[random(wholeCommands.length)];
    else for (let i = random(8); i >= 0; i--) text += pieces[random(pieces.length)];
    if (random(8) > 0) text += '\r\n';
  }
  return random(5) > 0 ? text : mutated(text, random);
}

function mutated(text: string, random: (below: number) => number): string {
  const at = random(text.length + 1);
  return text.slice(0, at) + String.fromCharCode(random(256)) + text.slice(at + random(3));
}

test('whatever comes is read without an exception, and alike however it is cut', () => {
  const random = seeded(20_261_121);
  let commands = 0;
  for (let round = 0; round < 20_000; round++) {
    const text = randomInput(random);
    const atOnce = readAll(text);
    commands += atOnce.filter((item) => item.kind === 'command').length;
    const singly = readAll(text, Array<number>(text.length).fill(1));
    assert.deepEqual(singly, atOnce, JSON.stringify(text));
    const cuts = Array.from({ length: 5 }, () => random(text.length + 1));
    assert.deepEqual(readAll(text, cuts), atOnce, JSON.stringify(text));
  }
  assert.ok(commands > 1000, `${commands} commands among the noise`);
});

test('random octets alone are read without an exception', () => {
  const random = seeded(3);
  for (let round = 0; round < 2000; round++) {
    readAll(Array.from({ length: random(200) }, () => String.fromCharCode(random(256))).join(''));
  }
});
