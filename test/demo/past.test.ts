import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { simpleParser } from 'mailparser';
import { letterOctets } from '../../services/demo/letter-octets.ts';
import { type Letter, writePast } from '../../services/demo/past.ts';
import { isWithPartner } from '../../services/demo/people.ts';

const nowMs = Date.UTC(2026, 10, 21, 12);
const dayMs = 86_400_000;
const zoneMs = 8 * 3_600_000;
const letters = writePast(nowMs);

async function octetsOf(letter: Letter): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of letterOctets(letter)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('the invented past', () => {
  test('is several hundred letters of some weeks, in both languages, with conversations and files', () => {
    assert.ok(letters.length > 250, `${letters.length}`);
    assert.ok(letters.every(({ atMs }) => atMs < nowMs && atMs > nowMs - 50 * dayMs));
    assert.ok(
      letters.some(({ text }) => /^Dear /.test(text)) && letters.some(({ text }) => /您好/.test(text)),
    );
    assert.ok(letters.some(({ file }) => file !== null) && letters.some(({ answers }) => answers.length > 2));
    assert.equal(new Set(letters.map(({ key }) => key)).size, letters.length);
  });

  test('is the same story from each start, at dates that fit the day', () => {
    assert.deepEqual(writePast(nowMs), letters);
    const told = ({ key, from, to, subject, text, file, chance }: Letter) =>
      JSON.stringify([key, from, to, subject, text, file, chance]).replace(
        /\d+月(\d+日)?|week \d+|第\d+周/g,
        '…',
      );
    const known = new Set(letters.map(told));
    const later = writePast(nowMs + 3.3 * dayMs);
    const isNew = (letter: Letter) => !known.has(told(letter));
    // What had not been written yet on the first day may have been by the other.
    assert.ok(later.filter(isNew).length < 40);
    assert.ok(later.length > 250);
  });

  test('is written at work: from Monday to Friday, in the hours of the firm', () => {
    for (const { atMs, key } of letters) {
      const local = new Date(atMs + zoneMs);
      const hour = local.getUTCHours() + local.getUTCMinutes() / 60;
      assert.ok(![0, 6].includes(local.getUTCDay()) && hour >= 8.5 && hour < 18.5, `${key}: ${local}`);
    }
  });

  test('speaks of days that fit those on which it is written', () => {
    const minutes = letters.filter(({ subject }) => subject.endsWith('例会纪要'));
    assert.ok(minutes.length > 3);
    for (const { subject, key, atMs } of minutes.filter(({ answers }) => answers.length === 0)) {
      const local = new Date(atMs + zoneMs);
      assert.equal(subject, `${local.getUTCMonth() + 1}月${local.getUTCDate()}日例会纪要`, key);
    }
    const arrivals = letters.flatMap(({ text, atMs }) => {
      const [, month, day] = /新货(\d+)月(\d+)日到/.exec(text) ?? [];
      return day === undefined ? [] : [(Date.UTC(2026, Number(month) - 1, Number(day)) - atMs) / dayMs];
    });
    assert.ok(arrivals.length > 0 && arrivals.every((days) => days > 1 && days < 13), `${arrivals}`);
  });

  test('has nothing sent to the partner that the rule would have held', () => {
    const sent = letters.filter(({ from, to }) => !isWithPartner(from) && to.some(isWithPartner));
    assert.ok(sent.length > 20);
    const held = sent.filter(({ subject, file }) => /合同/.test(subject + JSON.stringify(file)));
    assert.deepEqual(held, []);
  });

  test('each letter is a mail that another parser reads as it was meant', async () => {
    for (const letter of letters) {
      const octets = await octetsOf(letter);
      const mail = await simpleParser(octets);
      assert.equal(mail.subject, letter.subject);
      assert.ok(mail.text?.startsWith(letter.text));
      assert.equal(mail.date?.getTime(), Math.floor(letter.atMs / 1000) * 1000);
      assert.deepEqual(
        mail.attachments.map(({ filename, content }) => [filename, content.toString()]),
        letter.file === null ? [] : [[letter.file.name, letter.file.content]],
      );
      assert.ok(
        octets
          .toString('latin1')
          .split('\r\n')
          .every((line) => line.length <= 998),
      );
    }
  });
});
