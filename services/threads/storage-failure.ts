/**
 * What an error says about the storage below it.
 *
 * `full`: there is no space; what was tried has not happened and may be tried again.
 * `broken`: the disk or a file can't be trusted any more; going on could acknowledge what is not kept.
 * `none`: an ordinary refusal of one command.
 */
export type StorageFailure = 'full' | 'broken' | 'none';

const fullErrnos: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT']);
const brokenErrnos: ReadonlySet<unknown> = new Set(['EIO', 'EROFS', 'ENXIO', 'ENODEV', 'EFBIG', 'ESTALE']);

/** Primary result codes of SQLite (the low octet of an extended one), https://www.sqlite.org/rescode.html */
const sqliteFull = 13;

export function storageFailure(error: unknown): StorageFailure {
  const { code, errcode } = (error ?? {}) as { code?: unknown; errcode?: unknown };
  // What SQLite reports beside "full" is never about the command, but about file, disk or memory.
  if (code === 'ERR_SQLITE_ERROR') return Number(errcode) % 256 === sqliteFull ? 'full' : 'broken';
  if (fullErrnos.has(code)) return 'full';
  return brokenErrnos.has(code) ? 'broken' : 'none';
}
