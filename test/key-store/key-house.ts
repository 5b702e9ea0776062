/** The embedded key store with its core on the same thread: what is sent to it is copied, as a thread border would. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SendKeyCommand } from '../../services/key-store/key-commands.ts';
import { SqliteKeyStore } from '../../services/key-store/sqlite-key-store.ts';
import { SqliteKeys } from '../../services/key-store/sqlite-keys.ts';

export interface OpenKeys {
  readonly core: SqliteKeys;
  readonly store: SqliteKeyStore;
  close(): Promise<void>;
}

export function makeKeyFolder(): string {
  return mkdtempSync(join(tmpdir(), 'muniment-keys-'));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

export function keyFiles(folder: string): { file: string; rootKeyFile: string } {
  return { file: join(folder, 'keys.sqlite'), rootKeyFile: join(folder, 'root.key') };
}

export function openKeys(folder: string): OpenKeys {
  const core = new SqliteKeys(keyFiles(folder));
  const store = new SqliteKeyStore({ ...keyFiles(folder), send: sendingTo(core) });
  return {
    core,
    store,
    close: async () => {
      await store.close();
      core.close();
    },
  };
}

/** Answers come in a later turn, in the order of the commands. */
export function sendingTo(core: SqliteKeys): SendKeyCommand {
  return async (command) => {
    const copy = structuredClone(command);
    await new Promise((resolve) => setImmediate(resolve));
    return structuredClone(core.handle(copy));
  };
}
