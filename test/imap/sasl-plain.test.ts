import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainCredentials } from '../../services/imap/protocol/sasl-plain.ts';

const encoded = (text: string): string => Buffer.from(text).toString('base64');

test('PLAIN', () => {
  assert.deepEqual(plainCredentials(encoded('\0wang\0密码')), {
    authorize: '',
    login: 'wang',
    password: '密码',
  });
  assert.deepEqual(plainCredentials(encoded('a\0b\0c')), { authorize: 'a', login: 'b', password: 'c' });
});

test('what is no PLAIN', () => {
  for (const text of [
    '',
    '*',
    'a',
    'a===',
    encoded('ab'),
    encoded('a\0b'),
    encoded('a\0b\0c\0d'),
    '/w==',
    encoded('\0a\0b').slice(0, -1),
  ]) {
    assert.equal(plainCredentials(text), null, text);
  }
});
