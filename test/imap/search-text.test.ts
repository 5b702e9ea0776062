import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sentDay } from '../../services/imap/sent-day.ts';
import { foldedText } from '../../services/mail/folded-text.ts';

test('letter case, width, blanks and line ends do not matter', () => {
  assert.equal(foldedText('Ｈello  WORLD\r\n x'), 'hello world x');
  assert.equal(foldedText('合\r\n同 ABC 12'), '合同 abc 12');
  assert.equal(foldedText('合 同'), foldedText('合同'));
  assert.notEqual(foldedText('a b'), foldedText('ab'));
});

test('traditional and simplified characters do not matter', () => {
  for (const [traditional, simple] of [
    ['合約', '合约'],
    ['臺北', '台北'],
    ['裡面', '里面'],
    ['裏', '里'],
    ['戶名', '户名'],
    ['電腦軟體', '电脑软体'],
  ] as const)
    assert.equal(foldedText(traditional), foldedText(simple), simple);
  assert.notEqual(foldedText('合同'), foldedText('合约'));
  assert.equal(foldedText('𠮷\ud842 約'), '𠮷\ud842 约');
});

test('the day of a Date field', () => {
  const day = Date.UTC(2026, 0, 2) / 86_400_000;
  for (const value of [
    'Fri, 2 Jan 2026 23:59:59 -0800',
    '2 Jan 2026 00:00',
    'Fri,  02 January 2026',
    '2-Jan-2026',
    '2 jan 26 10:00 GMT',
  ]) {
    assert.equal(sentDay(value), day, value);
  }
  assert.equal(sentDay('1 Jan 99'), Date.UTC(1999, 0, 1) / 86_400_000);
  for (const value of ['', 'yesterday', '2026-01-02', 'Fri, 2 Foo 2026', '12345 Jan 2026'])
    assert.equal(sentDay(value), null, value);
});
