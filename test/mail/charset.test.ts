import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import iconv from 'iconv-lite';
import { decoderFor, decodeText } from '../../services/mail/charset.ts';
import { encodingOf } from '../../services/mail/charset-names.ts';

const utf8 = (text: string) => Buffer.from(text, 'utf8');

describe('names', () => {
  const names: readonly (readonly [string, readonly string[]])[] = [
    [
      'gb18030',
      [
        'gb2312',
        'GBK',
        'GB_2312-80',
        'cp936',
        'MS936',
        'x-gbk',
        'chinese',
        'iso-ir-58',
        'EUC-CN',
        'GB18030-2022',
      ],
    ],
    ['big5', ['Big5', 'big5-hkscs', 'x-x-big5', 'cp950', 'big5-eten']],
    ['cp949', ['euc-kr', 'ks_c_5601-1987', 'KSC5601', 'windows-949', 'x-windows-949']],
    ['shift_jis', ['Shift_JIS', 'windows-31j', 'x-sjis', 'ms_kanji', 'cp932']],
    ['windows-1252', ['us-ascii', 'ISO-8859-1', 'latin1']],
    ['utf-8', ['UTF-8', 'utf8', 'UTF_8', 'utf-8*zh-cn']],
    ['utf-7', ['unicode-1-1-utf-7']],
    ['hz', ['hz-gb-2312']],
    ['other:koi8-r', ['KOI8-R']],
    ['other:iso-8859-15', ['ISO-8859-15']],
  ];
  for (const [encoding, aliases] of names) {
    for (const alias of aliases)
      test(`${alias} is ${encoding}`, () => assert.equal(encodingOf(alias), encoding));
  }

  test('nobody knows', () => {
    for (const name of ['', 'x-qinghe-1', 'base64', 'hex', 'binary', '_autodetect_all'])
      assert.equal(encodingOf(name), null);
  });
});

describe('families are read as their largest member', () => {
  const cases: readonly (readonly [string, Buffer, string])[] = [
    ['gb2312', iconv.encode('镕喆㛃𠮷€', 'gb18030'), '镕喆㛃𠮷€'],
    ['gb2312', Buffer.from([0x80]), '€'],
    ['ks_c_5601-1987', iconv.encode('똠방각하 펲', 'cp949'), '똠방각하 펲'],
    ['big5', iconv.encode('許功蓋 邊個嘅 咗啲嘢', 'big5hkscs'), '許功蓋 邊個嘅 咗啲嘢'],
    ['shift_jis', iconv.encode('表示能力ソ①', 'cp932'), '表示能力ソ①'],
    ['iso-8859-1', Buffer.from([0x93, 0x61, 0x94, 0x20, 0xe9]), '“a” é'],
    ['iso-2022-jp', Buffer.from('\x1b$BI=<(\x1b(B ok', 'latin1'), '表示 ok'],
    ['iso-2022-kr', Buffer.from('\x1b$)C\x0e0!\x0f a', 'latin1'), '가 a'],
    ['hz-gb-2312', Buffer.from('~{:OM,~} ~~1~\n2', 'latin1'), '合同 ~12'],
    ['utf-7', Buffer.from('+VAhUDA- +ACY-', 'latin1'), '合同 &'],
    ['utf-16', Buffer.from([0xfe, 0xff, 0x54, 0x08]), '合'],
    ['utf-16le', Buffer.from([0x08, 0x54]), '合'],
    ['koi8-r', Buffer.from([0xd2]), 'р'],
    ['windows-874', Buffer.from([0xa1]), 'ก'],
  ];
  for (const [charset, octets, expected] of cases) {
    test(`${charset}: ${expected}`, () => assert.equal(decodeText(octets, charset), expected));
  }
});

describe('wrong and missing names', () => {
  const gbk = iconv.encode('青禾科技三月对账单', 'gbk');

  test('declared UTF-8, really GBK', () => assert.equal(decodeText(gbk, 'utf-8'), '青禾科技三月对账单'));
  test('declared GBK, evidently UTF-8', () =>
    assert.equal(decodeText(utf8('青禾科技'), 'gb2312'), '青禾科技'));
  test('a GBK word that happens to be UTF-8 stays GBK', () => {
    assert.equal(decodeText(Buffer.from([0xc4, 0xa3]), 'gb2312'), '模');
  });
  test('damaged UTF-8 stays UTF-8', () => {
    const damaged = Buffer.concat([utf8('青禾科技三月'), Buffer.from([0xe5])]);
    assert.equal(decodeText(damaged, 'utf-8'), '青禾科技三月\ufffd');
  });
  test('none: UTF-8, else GB18030', () => {
    assert.equal(decodeText(utf8('合同'), ''), '合同');
    assert.equal(decodeText(gbk, ''), '青禾科技三月对账单');
    assert.equal(decodeText(gbk, 'x-qinghe-1'), '青禾科技三月对账单');
  });
  test('none, with a hint', () => {
    assert.equal(decodeText(iconv.encode('佐藤', 'shift_jis'), '', 'shift_jis'), '佐藤');
    assert.equal(decodeText(utf8('合同'), '', 'shift_jis'), '合同');
    assert.equal(decodeText(gbk, '', 'us-ascii'), '青禾科技三月对账单');
  });
  test('declared Western: Chinese where every octet pairs, Western otherwise', () => {
    assert.equal(decodeText(gbk, 'iso-8859-1'), '青禾科技三月对账单');
    assert.equal(decodeText(Buffer.from('caf\xe9 Gr\xfc\xdfe', 'latin1'), 'iso-8859-1'), 'café Grüße');
  });
});

test('in pieces of one octet', () => {
  for (const [charset, octets] of [
    ['utf-8', utf8('合同😀')],
    ['gbk', iconv.encode('镕㛃𠮷', 'gb18030')],
    ['big5', iconv.encode('許功蓋嘅', 'big5hkscs')],
    ['euc-kr', iconv.encode('똠펲', 'cp949')],
    ['hz', Buffer.from('~{:OM,~}~~', 'latin1')],
    ['iso-2022-kr', Buffer.from('\x1b$)C\x0e0!\x0f a', 'latin1')],
    ['utf-7', Buffer.from('a+VAhUDA-b', 'latin1')],
    ['utf-16le', Buffer.from('合同', 'utf16le')],
  ] as const) {
    const decoder = decoderFor(charset, octets);
    const pieces = [...octets].map((octet) => decoder.push(Buffer.from([octet]))).join('');
    assert.equal(pieces + decoder.finish(), decodeText(octets, charset), charset);
  }
});

test('a sample that ends inside a character is still UTF-8', () => {
  const text = utf8('青禾科技');
  for (let cut = 1; cut <= text.length; cut++) {
    const decoder = decoderFor('', text.subarray(0, cut));
    assert.equal(decoder.push(text) + decoder.finish(), '青禾科技', `cut at ${cut}`);
  }
});
