/**
 * One event, octet for octet as `docs/formats.md` says. The expected values were computed by another program
 * (Python's hashlib and cryptography) from the text of that page.
 */
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { describe, test } from 'node:test';
import type { DraftEvent, JsonObject } from '../../services/domain/event.ts';
import { AppendRefused } from '../../services/event-store/event-store.ts';
import { recordText } from '../../services/event-store/record-text.ts';
import { type AppendContext, recordOf } from '../../services/event-store/sealed-batch.ts';
import {
  openPersonal,
  SealBroken,
  sealPersonal,
  sealWith,
} from '../../services/event-store/sealed-personal.ts';

const octets = (first: number, count: number) => Uint8Array.from({ length: count }, (_, i) => first + i);
const key = octets(0, 32);
const salt = octets(100, 32);
const nonce = octets(200, 12);
const id = '01931b2c-7a40-7abc-8def-0123456789ab';
const stream = 'message-01931b2c-7a3f-7000-8000-000000000001';

const draft: DraftEvent = {
  type: 'MessageAccepted',
  version: 1,
  data: {
    source: 'smtp',
    blobOctets: 70000,
    submitter: null,
    uids: [1, 4, Number.MAX_SAFE_INTEGER],
    normalised: false,
    nested: { a: -1 },
  },
  personal: { subject: '合同 "A"', returnPath: 'wang@acme.example', dateMs: 1763700000000 },
};

const context: AppendContext = {
  ids: [id],
  epoch: 3,
  at: 1763700001234,
  actor: 'account-6f1ed002-ab7d-4a0c-9c3e-7d0a7a4f2b11',
  cause: '01931b2c-7a3e-7fff-bfff-ffffffffffff',
};

const expectedSeal = '69217f1f40e9833ccd9d258d9d6ef65ca8e520f19530f8e558e10517cd5d84f4';
const expectedSealed =
  '01c8c9cacbcccdcecfd0d1d2d3751d07bceea5914b185171d16e77996794f29adf7c12d25f91d4459e5a10296ab7ae59d3' +
  'f0754fc946dd7e85558789054f3d3be4a64cab32393464e7c426324ea8afc5304d6f18e3fb803d0fa7fed2ba614bf05059' +
  'cd014f798d84d89f21577f7b1a4f917ad09541340e57941f7c5658f9f205c35e07c430ff52782214f815316ceb';
const expectedRecord =
  '{"v":1,"epoch":3,"stream":"message-01931b2c-7a3f-7000-8000-000000000001","revision":2,' +
  '"id":"01931b2c-7a40-7abc-8def-0123456789ab","type":"MessageAccepted","version":1,"at":1763700001234,' +
  '"actor":"account-6f1ed002-ab7d-4a0c-9c3e-7d0a7a4f2b11","cause":"01931b2c-7a3e-7fff-bfff-ffffffffffff",' +
  '"data":{"source":"smtp","blobOctets":70000,"submitter":null,"uids":[1,4,9007199254740991],' +
  '"normalised":false,"nested":{"a":-1}},"key":"message-01931b2c-7a3f-7000-8000-000000000001",' +
  '"seal":"69217f1f40e9833ccd9d258d9d6ef65ca8e520f19530f8e558e10517cd5d84f4"}';
const expectedLeaf = '7fa04e67a87c176a462bbb3baf7b7a52bd639c5014db6e90fa57312c463c9de7';

describe('the golden record', () => {
  const part = sealWith(draft.personal!, key, id, salt, nonce);
  const { record } = recordOf({ stream, revision: 2, id }, draft, context, stream, part);

  test('seal and sealed form', () => {
    assert.equal(part.seal, expectedSeal);
    assert.equal(Buffer.from(part.sealed).toString('hex'), expectedSealed);
    // The client of EventStoreDB writes anything else as JSON.
    assert.equal(part.sealed.constructor, Uint8Array);
  });

  test('record and leaf', () => {
    assert.equal(Buffer.from(record.record).toString('utf8'), expectedRecord);
    assert.equal(hash('sha256', Buffer.concat([Buffer.from([0]), record.record])), expectedLeaf);
  });

  test('the personal part opens, and only as it was sealed', () => {
    assert.deepEqual(openPersonal(part.sealed, key, id, part.seal), draft.personal);
    const flipped = Uint8Array.from(part.sealed);
    flipped[60]! ^= 1;
    const otherId = id.replace('7abc', '7abd');
    const broken: (() => unknown)[] = [
      () => openPersonal(flipped, key, id, part.seal),
      () => openPersonal(part.sealed, octets(1, 32), id, part.seal),
      () => openPersonal(part.sealed, key, otherId, part.seal),
      () => openPersonal(part.sealed, key, id, '0'.repeat(64)),
      () => openPersonal(part.sealed.subarray(0, 40), key, id, part.seal),
      () => openPersonal(Uint8Array.from([2, ...part.sealed.subarray(1)]), key, id, part.seal),
    ];
    for (const open of broken) assert.throws(open, SealBroken);
  });

  test('sealing twice gives other octets and another seal', () => {
    const [a, b] = [sealPersonal(draft.personal!, key, id), sealPersonal(draft.personal!, key, id)];
    assert.notEqual(a.seal, b.seal);
    assert.notDeepEqual(a.sealed.subarray(1, 13), b.sealed.subarray(1, 13), 'nonces');
    assert.deepEqual(openPersonal(b.sealed, key, id, b.seal), draft.personal);
  });
});

describe('the record text', () => {
  const fields = recordOf({ stream, revision: 0, id }, { ...draft, personal: null }, context, null, null).made
    .fields;

  test('says null where nothing is sealed and nothing caused it', () => {
    const text = recordText({ ...fields, cause: null });
    assert.match(text, /"cause":null,"data":\{.*\},"key":null,"seal":null\}$/);
    assert.deepEqual(Object.keys(JSON.parse(text)), [
      ...[
        'v',
        'epoch',
        'stream',
        'revision',
        'id',
        'type',
        'version',
        'at',
        'actor',
        'cause',
        'data',
        'key',
        'seal',
      ],
    ]);
  });

  test('is what JSON.stringify would say of the same members', () => {
    const data = { 'ключ "x"': '\u2028\ud800\n', list: [[], {}, [null, true]], empty: {} };
    assert.equal(recordText({ ...fields, data }), JSON.stringify({ v: 1, ...fields, data }));
  });

  const noValues: [string, unknown][] = [
    ['a float', { a: 1.5 }],
    ['an integer that is too large', { a: [2 ** 53] }],
    ['not a number', { a: Number.NaN }],
    ['undefined', { a: undefined }],
    ['undefined in a list', { a: [[undefined]] }],
    ['a BigInt', { a: { b: 1n } }],
    ['a function', { a: () => 1 }],
  ];
  for (const [what, data] of noValues) {
    test(`refuses ${what}`, () => {
      assert.throws(() => recordText({ ...fields, data: data as JsonObject }), AppendRefused);
      assert.throws(() => sealPersonal(data as JsonObject, key, id), AppendRefused);
    });
  }

  test('refuses names that would need escaping, and times that are none', () => {
    for (const wrong of [
      { type: 'A"B' },
      { type: '' },
      { cause: 'x\n' },
      { key: 'a b' },
      { stream: 'message-ä' },
    ]) {
      assert.throws(() => recordText({ ...fields, ...wrong }), AppendRefused);
    }
    for (const wrong of [{ at: 1.5 }, { epoch: Number.NaN }, { revision: 2 ** 53 }, { version: undefined }]) {
      assert.throws(() => recordText({ ...fields, ...(wrong as { at: number }) }), AppendRefused);
    }
  });
});
