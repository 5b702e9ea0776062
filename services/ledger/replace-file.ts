/** Files that are there whole or not at all, also after a power cut. */
import { mkdir, open, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Puts a file in place of an older one: temporary file, sync, rename, sync of the folder. */
export async function replaceFile(path: string, content: string | Uint8Array, mode = 0o666): Promise<void> {
  await ensureFolder(dirname(path));
  await writeFile(`${path}.tmp`, content, { flush: true, mode });
  await rename(`${path}.tmp`, path);
  await syncFolder(dirname(path));
}

/** Makes a folder and those above it, durably. */
export async function ensureFolder(folder: string): Promise<void> {
  const made = await mkdir(folder, { recursive: true });
  if (made === undefined) return;
  const above = dirname(made);
  for (let child = folder; child !== above; child = dirname(child)) await syncFolder(dirname(child));
}

/** Makes the names in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
