import { chmodSync } from 'node:fs';
import { blobStoreContract } from '../contracts/blob-store.contract.ts';
import { flipOctet, makeVolumeFolder, openVolumes, removeVolumeFolders } from './volume-house.ts';

for (const [name, maxVolumeOctets] of [
  ['volumes', 256 * 1024 * 1024],
  ['volumes that are soon full', 100_000],
] as const) {
  blobStoreContract(name, async () => {
    const folder = makeVolumeFolder();
    let open = openVolumes(folder, { maxVolumeOctets });
    return {
      store: open.store,
      restart: async () => {
        await open.close();
        open = openVolumes(folder, { maxVolumeOctets });
        return open.store;
      },
      damage: async (frame, offset) => {
        const [path, place] = (await open.store.place(frame)).split(' at ') as [string, string];
        chmodSync(path, 0o600);
        flipOctet(path, Number(place) + offset);
      },
      remove: async () => {
        await open.close();
        removeVolumeFolders();
      },
    };
  });
}
