import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import iconv from 'iconv-lite';
import { decodeHeaderText } from '../../services/mail/header-text.ts';

const latin1 = (octets: Buffer) => octets.toString('latin1');
const b64 = (text: string, charset: string) => iconv.encode(text, charset).toString('base64');

describe('encoded words', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['B and Q', '=?utf-8?B?5ZCI5ZCM?= =?UTF-8?q?=E5=90=88_=5f?=', '合同合 _'],
    ['blanks between words go, others stay', 'a =?utf-8?Q?b?= \t =?utf-8?Q?c?=  d', 'a bc  d'],
    ['words that touch', '=?utf-8?Q?a?==?utf-8?Q?b?=', 'ab'],
    ['inside text and quotes', '"=?utf-8?Q?a?=",x=?utf-8?Q?b?=y', '"a",xby'],
    ['a language', '=?utf-8*zh-cn?Q?a?=', 'a'],
    ['blanks and question marks inside', '=?utf-8?Q?a b?c?=', 'a b?c'],
    ['wrong padding', '=?utf-8?B?5ZCI5ZCM=?= =?utf-8?B?YQ?=', '合同a'],
    ['blanks in base64', '=?utf-8?B?5ZCI 5ZCM?=', '合同'],
    ['padding before the end', '=?utf-8?B?YQ==?= =?utf-8?B?YQ==?=', 'aa'],
    ['an empty word', 'a =?utf-8?B??= b', 'a  b'],
    ['no end', '=?utf-8?B?5pyq5a6M? =?utf-8?Q?a?=', '=?utf-8?B?5pyq5a6M? a'],
    ['no such encoding', '=?utf-8?X?abc?=', '=?utf-8?X?abc?='],
    ['no charset', '=??Q?a?=', '=??Q?a?='],
    ['a line end inside becomes a blank', '=?utf-8?Q?a=0D=0A_Bcc:_b?=', 'a Bcc: b'],
    ['controls go', '=?utf-8?Q?a=00=07b=7F?=', 'ab'],
    ['blanks at the ends go', '  =?utf-8?Q?_a_?= ', 'a'],
    ['nothing', '', ''],
  ];
  for (const [name, value, expected] of cases)
    test(name, () => assert.equal(decodeHeaderText(value), expected));

  test('a character that two words share', () => {
    const octets = iconv.encode('合同', 'gbk');
    const [first, second] = [octets.subarray(0, 3), octets.subarray(3)].map((piece) =>
      piece.toString('base64'),
    );
    assert.equal(decodeHeaderText(`=?gbk?B?${first}?=\t=?GBK?B?${second}?=`), '合同');
  });

  test('words of several charsets', () => {
    const value = `=?gb2312?B?${b64('简体', 'gbk')}?= =?big5?B?${b64('繁體', 'big5')}?= =?ks_c_5601-1987?B?${b64('똠', 'cp949')}?=`;
    assert.equal(decodeHeaderText(value), '简体繁體똠');
  });
});

describe('raw octets', () => {
  test('UTF-8, else GB18030', () => {
    assert.equal(decodeHeaderText(latin1(Buffer.from('合同 a'))), '合同 a');
    assert.equal(decodeHeaderText(latin1(iconv.encode('合同 a', 'gbk'))), '合同 a');
  });

  test('the charset of the text, where it fits', () => {
    assert.equal(decodeHeaderText(latin1(iconv.encode('佐藤', 'shift_jis')), 'Shift_JIS'), '佐藤');
  });

  test('beside words', () => {
    assert.equal(decodeHeaderText(`${latin1(iconv.encode('合同', 'gbk'))} =?utf-8?Q?a?=`), '合同 a');
  });

  test('an octet 0xA0 at the end is half of a character, no blank', () => {
    assert.equal(decodeHeaderText(latin1(Buffer.from('à'))), 'à');
  });
});
