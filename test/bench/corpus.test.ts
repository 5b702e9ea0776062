import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mailOf, realisticOctets } from '../../bench/corpus.ts';
import { median } from '../../bench/measure.ts';
import { MailScan } from '../../services/mail/mail-scan.ts';
import { encodeStructure, openStructure } from '../../services/mail/structure-codec.ts';

describe('corpus of the benchmark', () => {
  test('sizes have the median and the bounds that they are said to have', () => {
    const sizes = Array.from({ length: 2000 }, (_, n) => realisticOctets(n));
    const middle = median(sizes);
    assert.ok(middle > 9_500 && middle < 11_000, `median ${middle}`);
    assert.equal(Math.min(...sizes), 1536);
    assert.ok(Math.max(...sizes) <= 8 * 1024 * 1024 && Math.max(...sizes) > 4 * 1024 * 1024);
  });

  test('mails are about as long as asked, need no dot-stuffing, and are all different', () => {
    const mails = Array.from({ length: 30 }, (_, n) => mailOf(n, 20_000));
    for (const mail of mails) {
      assert.ok(mail.length > 15_000 && mail.length < 25_000, `${mail.length} octets`);
      const text = mail.toString('latin1');
      assert.doesNotMatch(text, /^\./m);
      assert.doesNotMatch(text.replaceAll('\r\n', ''), /[\r\n]/);
      assert.ok(text.endsWith('\r\n'));
    }
    assert.equal(new Set(mails.map((mail) => mail.toString('latin1'))).size, mails.length);
    assert.notDeepEqual(mailOf(1, 20_000, 1), mailOf(1, 20_000, 2));
  });

  test('text, alternatives and attachments take turns', () => {
    const types = [0, 1, 2].map((n) => {
      const scan = new MailScan();
      scan.push(mailOf(n, 5000));
      return Buffer.from(openStructure(encodeStructure(scan.finish()))!.bodyStructure).toString('latin1');
    });
    assert.match(types[0]!, /^\("TEXT" "PLAIN"/i);
    assert.match(types[1]!, /"ALTERNATIVE"/i);
    assert.match(types[2]!, /"MIXED"/i);
    assert.match(types[2]!, /report\.bin/);
  });
});
