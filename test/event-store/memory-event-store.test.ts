import { MemoryEventStore, MemoryLog } from '../../services/event-store/memory-event-store.ts';
import { eventStoreContract } from '../contracts/event-store.contract.ts';

eventStoreContract('memory', async () => {
  const log = new MemoryLog();
  let store = new MemoryEventStore(log);
  return {
    store,
    restart: async () => {
      await store.close();
      store = new MemoryEventStore(log);
      return store;
    },
    close: () => store.close(),
  };
});
