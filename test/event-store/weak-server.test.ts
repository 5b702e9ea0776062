/** The engine and the client's own code before a server that is as weak as a distributed one may be. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UnknownOutcome } from '../../services/event-store/event-store.ts';
import { EventStoreDBEventStore } from '../../services/event-store/eventstoredb-event-store.ts';
import type { Patience } from '../../services/event-store/until-known.ts';
import { eventStoreContract } from '../contracts/event-store.contract.ts';
import { collectFrom } from '../support/collected-records.ts';
import { filledStream, ids, newRecords, streamName } from '../support/event-store-kit.ts';
import { WeakServer, type WeakServerOptions } from '../support/weak-server.ts';

let seed = 1;

eventStoreContract("EventStoreDB's client before a weak server", async () => {
  const server = await WeakServer.start({ seed: seed++, maxLateMs: 100 });
  let store = EventStoreDBEventStore.connect(server.url);
  return {
    store,
    restart: async () => {
      await store.close();
      store = EventStoreDBEventStore.connect(server.url);
      return store;
    },
    close: async () => {
      await store.close();
      server.close();
    },
  };
});

const patience: Patience = {
  callTimeoutMs: 2000,
  settleMs: 20,
  firstPauseMs: 1,
  maxPauseMs: 5,
  giveUpAfterMs: 300,
};

async function withServer(
  options: Omit<WeakServerOptions, 'seed'>,
  body: (store: EventStoreDBEventStore, server: WeakServer) => Promise<void>,
): Promise<void> {
  const server = await WeakServer.start({ seed: 1, ...options });
  const store = EventStoreDBEventStore.connect(server.url, patience);
  try {
    await body(store, server);
  } finally {
    await store.close();
    server.close();
  }
}

describe('the weak server is weak', () => {
  test('acknowledgements get lost until the engine gives up', () =>
    withServer({ unknownRate: 1 }, async (store) => {
      await assert.rejects(store.append(streamName(), 'absent', newRecords(1)), UnknownOutcome);
    }));

  test('positions have gaps, with records of the server between ours', () =>
    withServer({ unknownRate: 0 }, async (store, server) => {
      const { stream } = await filledStream(store, 40);
      const [first] = await store.readAll(-1, 1);
      assert.equal(first!.stream, stream);
      assert.ok(first!.position > 1000, `position ${first!.position}`);
      assert.ok(server.log.stream('$stats').length >= 120);
    }));

  test('subscriptions break off and go on', () =>
    withServer({ unknownRate: 0.3, breakRate: 0.5, maxLateMs: 20 }, async (store) => {
      const collector = collectFrom(store, -1);
      const { records } = await filledStream(store, 1200);
      await collector.reached(await store.head());
      assert.deepEqual(ids(collector.records), ids(records));
      await collector.close();
    }));
});

describe('several logs in one database', () => {
  test('each sees its own streams, by their own names', () =>
    withServer({}, async (_store, server) => {
      const at = (prefix: string) => EventStoreDBEventStore.connect(`${server.url}&streamPrefix=${prefix}`);
      const [one, other] = [at('one.'), at('other.')];
      const collector = collectFrom(one, -1);
      const { stream, records } = await filledStream(one, 3);
      await filledStream(other, 2);
      await collector.reached(await one.head());
      const found = [collector.records, await one.readAll(-1, 10), await one.readStream(stream, 0, 10)].map(
        (each) => each.map((record) => [record.stream, record.id]),
      );
      const heads = [await one.head(), await other.head()] as const;
      for (const store of [one, other]) await store.close();
      const own = records.map(({ id }) => [stream, id]);
      assert.deepEqual(found, [own, own, own]);
      assert.ok(heads[0] < heads[1]);
      assert.equal(server.log.stream(`one.${stream}`).length, 3);
      assert.throws(() => at('A-b'), /streamPrefix/);
    }));
});
