/** The words of the pages: that a language lacks none is the compiler's to see; that they are its own is seen here. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { consoleEn } from '../../web/i18n/console-en.ts';
import { consoleZhCn } from '../../web/i18n/console-zh-cn.ts';
import { consoleZhTw } from '../../web/i18n/console-zh-tw.ts';
import { en } from '../../web/i18n/en.ts';
import { zhCn } from '../../web/i18n/zh-cn.ts';
import { zhTw } from '../../web/i18n/zh-tw.ts';

type Said = string | ((first: never, second: never) => string);

function said(table: Readonly<Record<string, Said>>): [string, string][] {
  return Object.entries(table).map(([key, value]) => [
    key,
    typeof value === 'string' ? value : value(3 as never, '7' as never),
  ]);
}

/** Nothing but what they are given. */
const onlyValues = new Set(['publishedBy', 'verifyProgress']);

describe('words', () => {
  test('are Chinese in both tables, and say what they are given', () => {
    for (const table of [zhCn, zhTw, consoleZhCn, consoleZhTw]) {
      for (const [key, text] of said(table)) {
        if (!onlyValues.has(key)) assert.match(text, /[\u4e00-\u9fff]/, key);
        assert.doesNotMatch(text.replace(/\bGB\b/, ''), /[A-Za-z]{2}/, key);
      }
    }
    assert.equal(zhCn.movedTo(3, '归档'), '已将 3 封邮件移到“归档”');
  });

  test('are not simplified in the traditional table', () => {
    const simplifiedOnly = /[邮无与开发时应该选显图删设语]/;
    const mistaken = [...said(zhTw), ...said(consoleZhTw)].filter(([, text]) => simplifiedOnly.test(text));
    assert.match(zhCn.search, simplifiedOnly);
    assert.deepEqual(mistaken, []);
  });

  test('are English in the first, one and many told apart', () => {
    for (const [key, text] of [...said(en), ...said(consoleEn)])
      assert.doesNotMatch(text, /[\u3400-\u9fff]/, key);
    assert.deepEqual([en.mailCount(1), en.mailCount(12_000)], ['1 mail', '12,000 mails']);
  });
});
