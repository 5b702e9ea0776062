import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import {
  AppendRefused,
  type NewRecord,
  UnknownOutcome,
  WrongExpectedRevision,
} from '../../services/event-store/event-store.ts';
import { EventStoreDBEventStore } from '../../services/event-store/eventstoredb-event-store.ts';
import { ForeignRecord } from '../../services/event-store/eventstoredb-records.ts';
import type { Patience } from '../../services/event-store/until-known.ts';
import { newEventId } from '../../services/identifiers.ts';
import { eventStoreContract } from '../contracts/event-store.contract.ts';
import { collectFrom } from '../support/collected-records.ts';
import { type ClientFault, EventStoreDBStandIn } from '../support/eventstoredb-stand-in.ts';

const patience: Patience = {
  callTimeoutMs: 60,
  settleMs: 20,
  firstPauseMs: 1,
  maxPauseMs: 5,
  giveUpAfterMs: 400,
};

/** For what has no faults: however busy the machine is, nothing is given up. */
const unhurried: Patience = { ...patience, callTimeoutMs: 5_000, giveUpAfterMs: 60_000 };

const url = process.env['MUNIMENT_TEST_EVENTSTORE_URL'];

if (url === undefined) {
  test('event store contract: EventStoreDB', {
    skip: 'MUNIMENT_TEST_EVENTSTORE_URL names no server',
  }, () => {});
} else {
  eventStoreContract('EventStoreDB', async () => {
    let store = EventStoreDBEventStore.connect(url);
    return {
      store,
      restart: async () => {
        await store.close();
        store = EventStoreDBEventStore.connect(url);
        return store;
      },
      close: () => store.close(),
    };
  });
}

eventStoreContract("EventStoreDB's engine before a stand-in for its client", async () => {
  const first = new EventStoreDBStandIn();
  let standIn = first;
  let store = new EventStoreDBEventStore(standIn.calls, { patience: unhurried });
  const close = async () => {
    await store.close();
    assert.deepEqual(standIn.misuses, []);
    assert.equal(standIn.openSubscriptions, 0);
    assert.ok(standIn.disposed);
  };
  return {
    store,
    restart: async () => {
      await close();
      standIn = new EventStoreDBStandIn(first.log);
      store = new EventStoreDBEventStore(standIn.calls, { patience: unhurried });
      return store;
    },
    close,
  };
});

function records(count: number): NewRecord[] {
  return Array.from({ length: count }, () => {
    const id = newEventId();
    return {
      id,
      record: Buffer.from(`{"v":1,"type":"MessageAccepted","id":"${id}"}`),
      sealed: Buffer.from([1, 2]),
    };
  });
}

async function withEngine(
  body: (store: EventStoreDBEventStore, standIn: EventStoreDBStandIn) => Promise<void>,
) {
  const standIn = new EventStoreDBStandIn();
  const store = new EventStoreDBEventStore(standIn.calls, { patience });
  try {
    await body(store, standIn);
    assert.deepEqual(standIn.misuses, []);
  } finally {
    await store.close();
  }
}

const stream = () => `message-${randomUUID()}`;

describe("EventStoreDB's engine and a server that fails", () => {
  const faults: ClientFault[] = ['lost-before', 'lost-after', 'silent-before', 'silent-after'];
  for (const fault of faults) {
    test(`an append whose first tries are ${fault} is repeated until it is known, and written once`, () =>
      withEngine(async (store, standIn) => {
        const name = stream();
        standIn.faults.push(fault, fault);
        const batch = records(2);
        const { firstRevision, positions } = await store.append(name, 'absent', batch);
        const written = await store.readStream(name, 0, 10);
        assert.equal(firstRevision, 0);
        assert.deepEqual(
          written.map(({ id, position }) => [id, position]),
          batch.map(({ id }, i) => [id, positions[i]]),
        );
        assert.equal(standIn.appends, 3);
      }));
  }

  test('an append that is never answered is given up as unknown', () =>
    withEngine(async (store, standIn) => {
      standIn.faults.push(...Array.from({ length: 400 }, (): ClientFault => 'lost-before'));
      await assert.rejects(store.append(stream(), 'absent', records(1)), UnknownOutcome);
      assert.ok(standIn.appends > 3, `${standIn.appends} tries`);
    }));

  test('a clear answer is not asked for twice', () =>
    withEngine(async (store, standIn) => {
      await assert.rejects(store.append(stream(), 3, records(1)), WrongExpectedRevision);
      standIn.faults.push('too-large');
      await assert.rejects(store.append(stream(), 'absent', records(1)), AppendRefused);
      assert.equal(standIn.appends, 2);
    }));

  test('subscriptions go on behind the last record that was processed', () =>
    withEngine(async (store, standIn) => {
      const collector = collectFrom(store, -1, () => new Promise((resolve) => setTimeout(resolve, 1)));
      const name = stream();
      for (let i = 0; i < 60; i++) {
        await store.append(name, i === 0 ? 'absent' : i - 1, records(1));
        if (i % 6 === 0) standIn.breakSubscriptions();
      }
      await collector.reached(await store.head());
      assert.deepEqual(
        collector.records.map(({ revision }) => revision),
        Array.from({ length: 60 }, (_, i) => i),
      );
      await collector.close();
    }));

  test('what is not ours in our streams stops the reader', () =>
    withEngine(async (store, standIn) => {
      const name = stream();
      const json = { id: newEventId(), record: { length: 2 } as unknown as Uint8Array, sealed: null };
      standIn.log.write(name, 0, [json]);
      await assert.rejects(store.readStream(name, 0, 1), ForeignRecord);
      const subscription = store.subscribe(-1, () => {});
      await assert.rejects(subscription.ended, ForeignRecord);
    }));

  test('there are never so many subscriptions that the connection hangs', () =>
    withEngine(async (store) => {
      for (let i = 0; i < 40; i++) store.subscribe(-1, () => {});
      assert.throws(() => store.subscribe(-1, () => {}), /40 subscriptions/);
    }));

  test('a URL that would hide conflicts is refused', () => {
    assert.throws(() => EventStoreDBEventStore.connect('esdb://127.0.0.1:1?throwOnAppendFailure=false'));
  });
});
