/** Header fields of 256 KiB made to hurt parsers: each is read in linear time, or the timeout tells. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { searchableHeader } from '../../services/mail/body-text.ts';
import { factsOf } from '../../services/mail/facts.ts';
import { filterHeader } from '../../services/mail/header-filter.ts';
import { encodeStructure } from '../../services/mail/structure-codec.ts';
import { scanOf } from './scanning.ts';

const octets = 250_000;
const patterns: Readonly<Record<string, string>> = {
  quotes: '"',
  'escaped quotes': '"\\',
  'quotes that never close': '\\"',
  'open comments': '(',
  'closed comments': '()',
  'angle brackets': '<',
  'long ids without an end': `<${'a'.repeat(998)}`,
  commas: ',',
  'groups in groups': 'g:',
  semicolons: ';',
  'empty parameters': ';a=',
  'quoted parameters': ';a="\\',
  continuations: ';a*1=b',
  routes: '<@a,',
  'open literals': 'a@[',
  words: 'a b ',
  'beginnings of encoded words': '=?a?b?x ',
  'encoded words in turns': '=?utf-8?Q?a?= =?gbk?Q?b?= ',
  'ends of encoded words': '?=',
  blanks: ' ',
  tabs: '\t',
  'carriage returns': '\r',
  'folded lines': '\r\n ',
  'raw octets': '\xe4\\',
  'percent signs': '%e4',
  colons: ':',
  NUL: '\0',
};
const names = [
  'From',
  'Subject',
  'References',
  'Date',
  'List-Id',
  'Content-Type',
  'Content-Disposition',
  'Content-Language',
];

for (const [name, pattern] of Object.entries(patterns)) {
  test(name, { timeout: 60_000 }, () => {
    for (const field of names) {
      const value = pattern.repeat(Math.ceil(octets / pattern.length));
      const prefix = field === 'Content-Type' ? 'multipart/mixed; boundary=b' : '';
      const mail = Buffer.from(
        `MIME-Version: 1.0\r\n${field}: ${prefix}${value}\r\n\r\n--b\r\n\r\n--b--`,
        'latin1',
      );
      const structure = scanOf(mail);
      assert.ok(encodeStructure(structure).length > 0);
      assert.equal(typeof factsOf(structure).complete, 'boolean');
      assert.ok(filterHeader(mail.toString('latin1'), new Set(['from']), true).length > 0);
      assert.ok(searchableHeader(mail.subarray(0, structure.root.bodyStart)).length > 0);
    }
  });
}
