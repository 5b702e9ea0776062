import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HeaderBlock } from '../../../services/http/jmap/header-block.ts';
import type { Json } from '../../../services/http/jmap/request.ts';
import { SetError } from '../../../services/http/jmap/standard-set.ts';
import { envelopeOf } from '../../../services/http/jmap/submission-envelope.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const block = (...lines: string[]) => new HeaderBlock(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`));
const plain = block('From: a@b.example', 'To: x@y.example');

describe('the envelope of a submission', () => {
  test('comes out of the header: Sender before From, and every recipient once', () => {
    const header = block(
      'From: one@b.example, two@b.example',
      'Sender: three@b.example',
      'To: Team: x@y.example, X@Y.example;, z@y.example',
      'Cc: c@y.example',
      'Bcc: z@y.example',
      'Bcc: hidden@y.example',
    );
    const { mailFrom, rcptTo, wasGiven } = envelopeOf(null, header);
    assert.deepEqual([mailFrom, wasGiven], ['three@b.example', false]);
    assert.deepEqual(rcptTo, ['x@y.example', 'z@y.example', 'c@y.example', 'hidden@y.example']);
  });

  test('is taken as it is given; the null sender is one', () => {
    const given = { mailFrom: { email: '' }, rcptTo: [{ email: 'q@r.example', parameters: {} }] };
    assert.deepEqual(envelopeOf(given, plain), { mailFrom: '', rcptTo: ['q@r.example'], wasGiven: true });
  });

  test('has recipients', () => {
    for (const [given, header] of [
      [{ mailFrom: { email: 'a@b' }, rcptTo: [] }, plain],
      [null, block('From: a@b.example')],
    ] as const)
      assert.throws(() => envelopeOf(given, header), { type: 'noRecipients' });
    assert.throws(() => envelopeOf(null, block('To: a@b.example')), { type: 'invalidEmail' });
  });

  test('nothing that a client sends is an exception of ours', () => {
    const random = seededRandom(41);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
    const value = (depth: number): Json => {
      const kind = random();
      if (depth > 4 || kind < 0.4) return pick<Json>(['a@b', '', 'x'.repeat(600), null, 3, true, '\ud800']);
      if (kind < 0.65) return Array.from({ length: Math.floor(random() * 4) }, () => value(depth + 1));
      const names = ['mailFrom', 'rcptTo', 'email', 'parameters', '__proto__'];
      return Object.fromEntries(names.filter(() => random() < 0.6).map((name) => [name, value(depth + 1)]));
    };
    const types = new Set<string>();
    for (let i = 0; i < 5000; i++) {
      try {
        envelopeOf(value(0), plain);
        types.add('taken');
      } catch (error) {
        if (!(error instanceof SetError)) throw error;
        types.add(error.type);
      }
    }
    assert.ok(types.has('taken') && types.has('invalidProperties'), [...types].join());
  });
});
