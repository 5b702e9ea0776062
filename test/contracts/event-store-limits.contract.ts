/** Part of the event store contract: promise 8, limits. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { AppendRefused, appendLimits, type NewRecord } from '../../services/event-store/event-store.ts';
import { newEventId } from '../../services/identifiers.ts';
import { type Declare, ids, newRecord, newRecords, settled, streamName } from '../support/event-store-kit.ts';

export function limits(promise: Declare): void {
  const sized = (recordOctets: number, sealedOctets: number | null = null): NewRecord => ({
    id: newEventId(),
    record: Buffer.alloc(recordOctets, 'x'),
    sealed: sealedOctets === null ? null : Buffer.alloc(sealedOctets, 1),
  });
  const { maxRecordOctets, maxFilingRecordOctets, maxSealedOctets, maxAppendOctets, maxAppendRecords } =
    appendLimits;
  const full = Array.from({ length: 15 }, () => sized(maxRecordOctets));
  const rest = maxAppendOctets - 15 * maxRecordOctets;
  const filing = () => `mailstore-${randomUUID()}`;

  promise('at the limits', async ({ store }) => {
    await settled(store, streamName(), 'absent', [sized(maxRecordOctets)]);
    await settled(store, filing(), 'absent', [sized(maxFilingRecordOctets)]);
    await settled(store, streamName(), 'absent', [sized(1, maxSealedOctets)]);
    await settled(store, streamName(), 'absent', newRecords(maxAppendRecords));
    const stream = streamName();
    const batch = [...full, sized(rest - 10, 10)];
    const { positions } = await settled(store, stream, 'absent', batch);
    assert.equal(positions.length, 16);
    assert.deepEqual(ids(await store.readStream(stream, 0, 100)), ids(batch));
  });

  promise('beyond the limits nothing is written', async ({ store }) => {
    const head = await store.head();
    const twice = newRecord();
    const refused: [string, NewRecord[]][] = [
      [streamName(), []],
      [streamName(), [sized(maxRecordOctets + 1)]],
      [filing(), [sized(maxFilingRecordOctets + 1)]],
      [streamName(), [sized(1, maxSealedOctets + 1)]],
      [streamName(), [...full, sized(rest - 10, 11)]],
      [streamName(), newRecords(maxAppendRecords + 1)],
      [streamName(), [twice, twice]],
      [streamName(), [{ ...newRecord(), id: 'no-uuid' }]],
      ...[
        '',
        'message',
        '$all',
        'Message-1',
        'message-',
        `message-${'x'.repeat(101)}`,
        'message-a b',
        'message-a\n',
      ].map((name): [string, NewRecord[]] => [name, newRecords(1)]),
    ];
    for (const [stream, records] of refused) {
      const what = `${stream.slice(0, 40)}, ${records.length} records`;
      await assert.rejects(settled(store, stream, 'absent', records), AppendRefused, what);
    }
    assert.equal(await store.head(), head);
  });
}
