import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseCommand, parseNumber, parsePlain } from '../../services/pop3/command.ts';

describe('POP3 commands', () => {
  const valid: readonly [string, string, readonly string[]][] = [
    ['STAT', 'STAT', []],
    ['retr 12', 'RETR', ['12']],
    ['TOP 1  5', 'TOP', ['1', '5']],
    ['PASS  with  spaces ', 'PASS', ['with', 'spaces']],
  ];
  for (const [line, keyword, args] of valid) {
    test(JSON.stringify(line), () => {
      const command = parseCommand(line);
      assert.deepEqual([command?.keyword, command?.args], [keyword, args]);
    });
  }

  test('a password keeps its spaces', () => assert.equal(parseCommand('PASS  a b ')?.rest, ' a b '));

  for (const line of ['', ' STAT', 'ST', 'STATUS', 'STAT\0', 'R\tX', '12', 'USER\tx']) {
    test(`${JSON.stringify(line)} is no command`, () => assert.equal(parseCommand(line), null));
  }

  test('numbers', () => {
    assert.deepEqual(['1', '007', '', '-1', '1.5', '1e3', '9999999999', undefined].map(parseNumber), [
      1,
      7,
      null,
      null,
      null,
      null,
      null,
      null,
    ]);
  });

  test('AUTH PLAIN', () => {
    const encode = (text: string) => Buffer.from(text).toString('base64');
    assert.deepEqual(parsePlain(encode('\0me\0secret')), { authorise: '', login: 'me', password: 'secret' });
    assert.deepEqual(parsePlain(encode('me\0me\0密码')), { authorise: 'me', login: 'me', password: '密码' });
    for (const bad of [
      '',
      '!',
      encode('me\0secret'),
      encode('\0\0x'),
      encode('\0me\0'),
      encode('a\0b\0c\0d'),
    ])
      assert.equal(parsePlain(bad), null, bad);
  });
});
