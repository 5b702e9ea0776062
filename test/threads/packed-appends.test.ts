import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { uuidText } from '../../services/domain/values.ts';
import type { NewRecord } from '../../services/event-store/event-store.ts';
import { newEventId } from '../../services/identifiers.ts';
import { packAppends, type UnpackedAppend, unpackAppends } from '../../services/threads/packed-appends.ts';
import { seededRandom } from '../support/seeded-random.ts';

function randomAppend(random: () => number): UnpackedAppend {
  const octets = () => randomBytes(Math.floor(random() ** 3 * 5000));
  const record = (): NewRecord => ({
    id: newEventId(),
    record: octets(),
    sealed: random() < 0.4 ? null : octets(),
  });
  return {
    stream: `a-${Math.floor(random() * 1e9)}`,
    expected: random() < 0.3 ? 'absent' : Math.floor(random() * 1e6),
    records: Array.from({ length: Math.floor(random() * 6) + 1 }, record),
    causes: Array.from({ length: Math.floor(random() * 3) }, () => {
      return { position: Math.floor(random() * 1e9), id: newEventId() };
    }),
  };
}

test('appends come out of the packing as they went in, also across a thread border', () => {
  const random = seededRandom(7);
  for (let round = 0; round < 50; round++) {
    const appends = Array.from({ length: Math.floor(random() * 20) + 1 }, () => randomAppend(random));
    const packed = packAppends(appends);
    const unpacked = unpackAppends(structuredClone(packed, { transfer: [packed.octets] }));
    assert.equal(packed.octets.byteLength, 0, 'handed over');
    assert.deepEqual(
      unpacked.map(({ stream, expected, rows, causes }) => ({
        stream,
        expected,
        causes: causes.map(({ position, id }) => ({ position, id: uuidText(id) })),
        records: rows.map(({ id, record, sealed }) => ({
          id: uuidText(id),
          record: Buffer.from(record),
          sealed: sealed && Buffer.from(sealed),
        })),
      })),
      appends,
    );
  }
});
