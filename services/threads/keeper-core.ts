/**
 * What the keeper thread is composed of: synchronous cores, one per store that must reach the disk before
 * the log does.
 *
 * A core lives in the room of its engine (`blob-store/volume-writer.ts`, `key-store/sqlite-keys.ts`) and
 * fulfils `Core` by its shape; engines must not import this file (they are below `threads/`). `keeper-cores.ts`
 * composes the cores, `keeper-loop.ts` runs them.
 *
 * One group of the keeper:
 *   1. every message that waits is drained, and each command goes to its core's `handle`, in order of arrival;
 *   2. where the group has appends: `beginSync` and `syncBeforeLog` of every core, then ONE commit of the log;
 *   3. all answers go back, those of the cores first. Where the group has no appends nothing of them is on disk yet.
 * So whatever a core did is on disk before any append is acknowledged that was called after the command; and an append
 * that was called before the answer to a command was known is refused where that command failed.
 */

/** Cores that are addressed by name; the log is not among them, because it commits last. */
export type CoreName = 'volumes' | 'keys';

export interface Core<Command = unknown, Result = unknown> {
  /**
   * Does one command. Commands and results cross the thread border by structured clone. An error thrown here
   * rejects that one call with its `name`, `message` and own fields (`CoreError`), unless it says that the
   * storage is broken (`storageFailure`), which ends the process. What must be durable when it is answered
   * (the destruction of a key) syncs by itself, here.
   */
  handle(command: Command): Result;
  /**
   * Begins to make durable what `handle` has answered so far, on another thread, while the other cores sync on this one;
   * null where there is nothing to begin. Until it has resolved `handle` is not called. A rejection ends the process.
   */
  beginSync?(): Promise<void> | null;
  /**
   * Makes durable whatever `handle` has answered so far and `beginSync` has not begun with; called before each commit
   * of the log, so it returns at once where nothing is dirty. `lastSyncedLogPosition` is the log's last position known
   * to be on disk (-1: none), for the key store's own record of it. Any error ends the process, because what was answered may be
   * lost; but an error named `StorageFull` says that nothing is lost and this may be asked again: it refuses the
   * appends of the group.
   */
  syncBeforeLog?(lastSyncedLogPosition: number): void;
  close?(): void;
}

/**
 * The way from an engine on the main thread to its core, as an engine's constructor takes it; `keeper-client.ts`
 * makes it. Buffers in `transfer` are handed over, not copied, and are empty afterwards.
 */
export type SendToCore<Command = unknown, Result = unknown> = (
  command: Command,
  transfer?: readonly ArrayBuffer[],
) => Promise<Result>;
