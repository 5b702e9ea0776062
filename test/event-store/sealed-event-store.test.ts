import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import type { DraftEvent, JsonObject, LoggedEvent } from '../../services/domain/event.ts';
import { catalogueUpcasts, UnknownEventVersion, upcastsFrom } from '../../services/domain/upcasts.ts';
import { WrongExpectedRevision } from '../../services/event-store/event-store.ts';
import { MemoryEventStore, MemoryLog } from '../../services/event-store/memory-event-store.ts';
import { KeyNotLoaded, RecordDamaged, SealedEvent } from '../../services/event-store/sealed-event.ts';
import { type AppendContext, SealedEventStore } from '../../services/event-store/sealed-event-store.ts';
import { SealBroken } from '../../services/event-store/sealed-personal.ts';
import { newEventId } from '../../services/identifiers.ts';
import { KeyDestroyed } from '../../services/key-store/key-store.ts';
import { MemoryKeyStore } from '../../services/key-store/memory-key-store.ts';

/** Counts what the store asks for. */
class CountingKeys extends MemoryKeyStore {
  ensured: string[] = [];
  batches: (readonly string[])[] = [];

  override ensure(name: string): Promise<Uint8Array> {
    this.ensured.push(name);
    return super.ensure(name);
  }

  override getMany(names: readonly string[]): Promise<(Uint8Array | null)[]> {
    this.batches.push(names);
    return super.getMany(names);
  }
}

interface House {
  readonly log: MemoryLog;
  readonly keys: CountingKeys;
  readonly events: SealedEventStore;
  /** As another process sees the same log: nothing is shared but what is stored. */
  readonly other: SealedEventStore;
}

function house(): House {
  const log = new MemoryLog();
  const keys = new CountingKeys();
  const open = () => new SealedEventStore(new MemoryEventStore(log), keys, { upcastsOf: () => [] });
  return { log, keys, events: open(), other: open() };
}

function context(count: number, more: Partial<AppendContext> = {}): AppendContext {
  const ids = Array.from({ length: count }, () => newEventId());
  return { ids, epoch: 1, at: 1_763_700_000_000, actor: 'system', cause: null, ...more };
}

function draft(type: string, data: JsonObject, personal: JsonObject | null): DraftEvent {
  return { type, version: 1, data, personal };
}

const drafts = [
  draft('SubjectSet', { size: 7 }, { subject: '合同' }),
  draft('FlagSet', { flag: 3 }, null),
  draft('SubjectSet', { size: 8 }, { subject: 'zweiter' }),
];

const stream = () => `message-${randomUUID()}`;

/** Everything of an event, as a plain object. */
function plain(event: LoggedEvent): Omit<LoggedEvent, 'record'> & { record: string } {
  const { position, epoch, stream, revision, id, type, version, at, actor, cause, data, key, personal } =
    event;
  const record = Buffer.from(event.record).toString('utf8');
  return {
    position,
    epoch,
    stream,
    revision,
    id,
    type,
    version,
    at,
    actor,
    cause,
    data,
    key,
    personal,
    record,
  };
}

describe('sealed event store', () => {
  test('what was appended is what is read, by stream and by log, here and elsewhere', async () => {
    const { events, other } = house();
    const name = stream();
    const given = context(3, { actor: 'operator', cause: newEventId(), epoch: 4 });
    const appended = await events.appendDrafts(name, 'absent', drafts, given);
    assert.deepEqual(
      appended.map(({ id, revision, position, epoch, cause, actor, data, personal }) => {
        return { id, revision, position, epoch, cause, actor, data, personal };
      }),
      drafts.map(({ data, personal }, i) => {
        const { epoch, cause, actor } = given;
        return { id: given.ids[i], revision: i, position: i, epoch, cause, actor, data, personal };
      }),
    );
    for (const store of [events, other]) {
      for (const read of [await store.readStream(name, 0, 10), await store.readAll(-1, 10)]) {
        await store.prepare(read);
        assert.deepEqual(read.map(plain), appended.map(plain));
      }
    }
    const further = await events.appendDrafts(name, 2, [drafts[1]!], context(1));
    assert.deepEqual(further.map(plain), (await other.readStream(name, 3, 10)).map(plain));
    assert.equal(await events.head(), 3);
  });

  test('the key is named in the record, ensured once an append and fetched once a batch', async () => {
    const { events, other, keys } = house();
    const [a, b] = [stream(), stream()];
    await events.appendDrafts(a, 'absent', drafts, context(3));
    await events.appendDrafts(b, 'absent', drafts, context(3));
    assert.deepEqual(keys.ensured, [a, b]);
    const read = await other.readAll(-1, 10);
    assert.deepEqual(
      read.map(({ key }) => key),
      [a, null, a, b, null, b],
    );
    await other.prepare(read);
    await other.prepare(read);
    assert.deepEqual(keys.batches, [[a, b]]);
    assert.deepEqual(
      read.map(({ personal }) => personal?.['subject']),
      ['合同', undefined, 'zweiter', '合同', undefined, 'zweiter'],
    );
  });

  test('personal is opened once and kept', async () => {
    const { events, other } = house();
    const name = stream();
    await events.appendDrafts(name, 'absent', drafts, context(3));
    const [first] = await other.readStream(name, 0, 1);
    await other.prepare([first!]);
    assert.equal(first!.personal, first!.personal);
    assert.equal(first!.data, first!.data);
  });

  test('personal without its key asks to be prepared; where the key is destroyed it is null', async () => {
    const { events, other, keys } = house();
    const name = stream();
    await events.appendDrafts(name, 'absent', drafts, context(3));
    const before = await other.readStream(name, 0, 10);
    assert.throws(() => before[0]!.personal, KeyNotLoaded);
    assert.equal(before[1]!.personal, null);
    await keys.destroy(name);
    const after = await other.readStream(name, 0, 10);
    await other.prepare(after);
    assert.deepEqual(
      after.map(({ personal, key, data }) => [personal, key, data]),
      drafts.map(({ data, personal }) => [null, personal && name, data]),
    );
    await assert.rejects(events.appendDrafts(name, 2, drafts, context(3)), KeyDestroyed);
    await events.appendDrafts(name, 2, [drafts[1]!], context(1));
  });

  test('who reads live shares the event of the one who wrote it', async () => {
    const { events, keys } = house();
    const live: LoggedEvent[] = [];
    const subscription = events.subscribe(-1, (batch) => void live.push(...batch));
    const appended = await events.appendDrafts(stream(), 'absent', drafts, context(3));
    while (live.length < 3) await new Promise((resolve) => setImmediate(resolve));
    assert.ok(live.every((event, i) => event === appended[i]));
    await events.prepare(live);
    assert.deepEqual(keys.batches, []);
    await subscription.close();
  });

  test('a batch is sealed once and may be appended again', async () => {
    const { events, other } = house();
    const name = stream();
    const batch = await events.seal(name, 'absent', drafts, context(3));
    const first = (await events.append(batch)).map(plain);
    await events.appendDrafts(name, 2, drafts, context(3));
    assert.deepEqual((await events.append(batch)).map(plain), first);
    const stored = await other.readStream(name, 0, 3);
    await other.prepare(stored);
    assert.deepEqual(stored.map(plain), first);
    const late = await events.seal(name, 1, drafts, context(3));
    await assert.rejects(events.append(late), WrongExpectedRevision);
  });

  test('one id for each draft', async () => {
    const { events } = house();
    await assert.rejects(
      events.appendDrafts(stream(), 'absent', drafts, context(2)),
      /one id for each draft/,
    );
  });

  test('the key of a session is named by account and month, or by a rule of its own', async () => {
    const { log, keys, events } = house();
    const account = randomUUID();
    const opened = draft('SessionOpened', { account }, { peer: '192.0.2.1' });
    const [event] = await events.appendDrafts(`session-${randomUUID()}`, 'absent', [opened], context(1));
    assert.equal(event!.key, `access-${account}-202511`);
    const own = new SealedEventStore(new MemoryEventStore(log), keys, { keyNameFor: () => 'organisation-x' });
    const [other] = await own.appendDrafts(stream(), 'absent', [opened], context(1));
    assert.equal(other!.key, 'organisation-x');
  });
});

describe('sealed event store and damage', () => {
  const name = stream();
  const place = { position: 9, stream: name, revision: 0, id: newEventId() };

  async function storedOf(): Promise<{
    record: Buffer;
    sealed: Uint8Array | null;
    id: string;
    house: House;
  }> {
    const made = house();
    const [event] = await made.events.appendDrafts(
      name,
      'absent',
      [drafts[0]!],
      context(1, { ids: [place.id] }),
    );
    const { sealed } = made.log.records[0]!;
    return { record: Buffer.from(event!.record), sealed, id: event!.id, house: made };
  }

  const damaged = (record: Uint8Array, sealed: Uint8Array | null = null, at = place) =>
    new SealedEvent({ ...at, record, sealed }, () => []);

  test('a record at another place, of another format, or none is named', async () => {
    const { record } = await storedOf();
    assert.equal(damaged(record).type, 'SubjectSet');
    const wrong = [
      damaged(record, null, { ...place, revision: 1 }),
      damaged(record, null, { ...place, stream: stream() }),
      damaged(record, null, { ...place, id: newEventId() }),
      damaged(Buffer.from(record.toString().replace('"v":1', '"v":2'))),
      damaged(record.subarray(1)),
    ];
    for (const event of wrong) assert.throws(() => event.data, RecordDamaged);
    assert.throws(() => wrong[0]!.at, /position 9/);
  });

  test('a sealed part that is altered, exchanged or gone is named, never shown as erased', async () => {
    const { record, sealed, house } = await storedOf();
    const flipped = Uint8Array.from(sealed!);
    flipped[20]! ^= 4;
    const otherSeal = Buffer.from(record.toString().replace(/"seal":"./, (text) => `${text.slice(0, -1)}g`));
    for (const event of [damaged(record, flipped), damaged(record, null), damaged(otherSeal, sealed)]) {
      await house.events.prepare([event]);
      assert.throws(() => event.personal, SealBroken);
    }
  });

  test('an unknown version stops the reader by name; an old one is read as the newest', async () => {
    const { record, sealed, house } = await storedOf();
    const unknown = new SealedEvent({ ...place, record, sealed }, catalogueUpcasts);
    assert.throws(() => unknown.type, UnknownEventVersion);
    assert.throws(() => unknown.data, /SubjectSet@1/);
    const registry = {
      'SubjectSet@1': {
        data: ({ size }: JsonObject) => ({ octets: size! }),
        personal: ({ subject }: JsonObject, { size }: JsonObject) => ({ title: `${subject} (${size})` }),
      },
      'SubjectSet@2': {
        data: ({ octets }: JsonObject) => ({ octets: octets!, parts: 0 }),
        personal: ({ title }: JsonObject, { octets }: JsonObject) => ({ title: `${title}/${octets}` }),
      },
    };
    const old = new SealedEvent({ ...place, record, sealed }, (at, event) =>
      upcastsFrom(at, event, () => 3, registry),
    );
    await house.events.prepare([old]);
    assert.deepEqual(
      [old.version, old.data, old.personal],
      [3, { octets: 7, parts: 0 }, { title: '合同 (7)/7' }],
    );
  });
});
