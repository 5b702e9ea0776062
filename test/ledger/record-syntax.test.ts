import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { newEventId } from '../../services/identifiers.ts';
import { RecordMalformed, readRecord } from '../../services/ledger/record-syntax.ts';
import { StreamTable } from '../../services/ledger/stream-table.ts';
import { seededRandom } from '../support/seeded-random.ts';

const id = '018bcfe5-6800-7df6-bdd7-5ff7641f7140';
const record = {
  v: 1,
  epoch: 1,
  stream: `message-${id}`,
  revision: 0,
  id,
  type: 'MessageAccepted',
  version: 1,
  at: 1_700_000_000_000,
  actor: `account-${id}`,
  cause: id,
  data: { a: [1, null, true, { b: 'é\u2028"\\' }], c: -5 },
  key: `message-${id}`,
  seal: '0f'.repeat(32),
};
const octetsOf = (value: unknown) => Buffer.from(JSON.stringify(value));

describe('record syntax', () => {
  test('what records may be', () => {
    assert.deepEqual(readRecord(octetsOf(record)), record);
    for (const actor of ['operator', 'peer', 'system'])
      readRecord(octetsOf({ ...record, actor, cause: null }));
    readRecord(octetsOf({ ...record, key: null, seal: null, data: {} }));
    readRecord(octetsOf({ ...record, key: `access-${id}-202611` }));
  });

  test('what they may not be', () => {
    const wrong: Partial<Record<keyof typeof record, unknown>>[] = [
      { v: 2 },
      { epoch: 0 },
      { stream: 'message' },
      { stream: `Message-${id}` },
      { stream: 'message-7' },
      { revision: -1 },
      { revision: 1.5 },
      { revision: '0' },
      { id: id.replace('-7', '-4') },
      { id: id.toUpperCase() },
      { type: 'messageAccepted' },
      { version: 0 },
      { at: -1 },
      { at: 2 ** 53 },
      { actor: 'account-1' },
      { actor: null },
      { cause: 'x' },
      { data: [] },
      { data: null },
      { data: { a: [{ b: 0.5 }] } },
      { data: { a: 2 ** 53 } },
      { key: null },
      { seal: null },
      { seal: '0F'.repeat(32) },
      { key: 'wang@acme.example' },
    ];
    for (const change of wrong) {
      assert.throws(
        () => readRecord(octetsOf({ ...record, ...change })),
        RecordMalformed,
        JSON.stringify(change),
      );
    }
  });

  test('one way to write them only', () => {
    const text = JSON.stringify(record);
    const { v, ...rest } = record;
    const wrong = [
      '',
      'null',
      '7',
      '[]',
      `${text} `,
      `\ufeff${text}`,
      text.replace(',', ', '),
      text.replace('"v":1', '"v":1,"v":1'),
      text.replace('"v":1', '"v":1.0'),
      text.replace('"c":-5', '"c":-0'),
      text.replace('MessageAccepted', '\\u004dessageAccepted'),
      text.slice(0, -1),
      JSON.stringify({ ...rest, v }),
      JSON.stringify({ ...record, more: 1 }),
      JSON.stringify(rest),
    ];
    for (const each of wrong) assert.throws(() => readRecord(Buffer.from(each)), RecordMalformed, each);
    assert.throws(() => readRecord(Buffer.concat([octetsOf(record), Buffer.of(0xff)])), RecordMalformed);
  });

  test('random octets never lead to another error', () => {
    const random = seededRandom(13);
    const octets = octetsOf(record);
    for (let round = 0; round < 2000; round++) {
      const altered = Buffer.from(octets);
      for (let i = 0; i < 3; i++) altered[Math.floor(random() * altered.length)] = Math.floor(random() * 256);
      try {
        readRecord(altered.subarray(0, random() < 0.3 ? Math.floor(random() * altered.length) : undefined));
      } catch (error) {
        assert.ok(error instanceof RecordMalformed, String(error));
      }
    }
  });
});

describe('stream table', () => {
  test('remembers the end of each of many streams, also of those that share a UUID', () => {
    const table = new StreamTable();
    const known = new Map<string, { revision: number; at: number }>();
    for (let i = 0; i < 5000; i++) {
      const stream = `${['message', 'rule', 'session'][i % 3]}-${i % 10 === 0 ? id : newEventId()}`;
      const end = { revision: i, at: 1_700_000_000_000 + i };
      table.set(stream, end);
      known.set(stream, end);
    }
    assert.equal(table.count, known.size);
    for (const [stream, end] of known) assert.deepEqual(table.get(stream), end);
    assert.equal(table.get(`message-${newEventId()}`), null);
    assert.equal(table.get(`case-${id}`), null);
  });
});
