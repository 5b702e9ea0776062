import { MemoryKeyStore } from '../../services/key-store/memory-key-store.ts';
import { keyStoreContract } from '../contracts/key-store.contract.ts';
import { makeKeyFolder, openKeys, removeFolder } from './key-house.ts';

keyStoreContract('memory', async () => {
  const store = new MemoryKeyStore();
  return { store, restart: async () => store, remove: async () => {} };
});

keyStoreContract('sqlite', async () => {
  const folder = makeKeyFolder();
  let open = openKeys(folder);
  return {
    store: open.store,
    restart: async () => {
      await settled();
      await open.close();
      open = openKeys(folder);
      return open.store;
    },
    remove: async () => {
      await settled();
      await open.close();
      removeFolder(folder);
    },
  };
});

/** Commands that nobody waits for have arrived. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
