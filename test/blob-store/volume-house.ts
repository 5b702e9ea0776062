/** The volume engine with its writer on the same thread: what is sent to it is copied, as a thread border would. */
import { closeSync, cpSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VolumeBlobStore } from '../../services/blob-store/volume-blob-store.ts';
import type { SendVolumeCommand } from '../../services/blob-store/volume-commands.ts';
import type { NamedFrames } from '../../services/blob-store/volume-recovery.ts';
import { VolumeWriter, type VolumeWriterOptions } from '../../services/blob-store/volume-writer.ts';

export const logId = '0196a0b0-0000-7000-8000-000000000001';

/** The log of a server that has lost no event. */
const everyFrame: NamedFrames = { isNamed: () => true, newest: [] };

export interface OpenVolumes {
  readonly writer: VolumeWriter;
  readonly store: VolumeBlobStore;
  close(): Promise<void>;
}

const folders: string[] = [];

export function makeVolumeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'muniment-volumes-'));
  folders.push(folder);
  return folder;
}

/** The folder as a kill -9 at this moment would leave it. */
export function asKilledNow(folder: string): string {
  const left = makeVolumeFolder();
  cpSync(folder, left, { recursive: true });
  return left;
}

export function removeVolumeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

export function openVolumes(folder: string, options: Partial<VolumeWriterOptions> = {}): OpenVolumes {
  const writer = new VolumeWriter({ folder, logId: () => logId, named: everyFrame, ...options });
  const store = new VolumeBlobStore(folder, sendingTo(writer));
  return {
    writer,
    store,
    close: async () => {
      await store.close();
      writer.close();
    },
  };
}

/** Answers come in a later turn, in the order of the commands. */
export function sendingTo(writer: VolumeWriter): SendVolumeCommand {
  return async (command, transfer = []) => {
    const copy = structuredClone(command, { transfer: [...transfer] });
    await new Promise((resolve) => setImmediate(resolve));
    return structuredClone(writer.handle(copy));
  };
}

/** Exchanges the bits of one octet; twice is never. */
export function flipOctet(path: string, offset: number): void {
  const file = openSync(path, 'r+');
  const octet = Buffer.alloc(1);
  readSync(file, octet, 0, 1, offset);
  writeSync(file, Buffer.from([octet[0]! ^ 0x10]), 0, 1, offset);
  closeSync(file);
}
