/** Tells what is wrong with a file or the disk from what is wrong with an event. */

/** Primary result codes of SQLite (sqlite.org/rescode.html). */
const busy = 5;
const readOnly = 8;
const ioError = 10;
const corrupt = 11;
const full = 13;
const cannotOpen = 14;
const notADatabase = 26;

const storageCodes = new Set([busy, 6, 7, readOnly, ioError, corrupt, full, cannotOpen, notADatabase]);

function resultCode(error: unknown): number | null {
  const code = (error as { errcode?: unknown } | null)?.errcode;
  return typeof code === 'number' ? code & 0xff : null;
}

/** The disk or the file fails: no event is to blame, and the same may succeed later. */
export function isStorageFault(error: unknown): boolean {
  const code = resultCode(error);
  return code !== null && storageCodes.has(code);
}

/** The file is no database or a broken one. */
export function isDamagedFile(error: unknown): boolean {
  const code = resultCode(error);
  return code === corrupt || code === notADatabase;
}

/** Faults of this program, not of one event: leaving the stream out would hide them. */
const programFaults = new Set(['KeyNotLoaded', 'UnknownEventVersion']);

/** Whether an event that failed so is poison for the projection that met it. */
export function isPoison(error: unknown): boolean {
  return !isStorageFault(error) && !programFaults.has((error as Error | null)?.name ?? '');
}
