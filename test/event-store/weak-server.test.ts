/** The engine and the client's own code before a server that is as weak as a distributed one may be. */

import { EventStoreDBEventStore } from '../../services/event-store/eventstoredb-event-store.ts';
import { eventStoreContract } from '../contracts/event-store.contract.ts';
import { WeakServer } from '../support/weak-server.ts';

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
