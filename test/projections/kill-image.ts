/**
 * What a kill -9 leaves of a folder: its files as they are at this instant. Taken in one go on the thread that
 * writes them, so it is what the next process would find.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export function killImage(folder: string): string {
  const image = mkdtempSync(join(tmpdir(), 'muniment-killed-'));
  cpSync(folder, image, { recursive: true });
  return image;
}

/** The folder as the image has it. */
export function restoreImage(folder: string, image: string): void {
  rmSync(folder, { recursive: true });
  cpSync(image, folder, { recursive: true });
  rmSync(image, { recursive: true });
}
