/**
 * A rebuild of the stored mailstores beside those that serve. Where both say the same, the new file takes over
 * between two stores, and the states in memory go on with it: pages follow from the events alone, so they are the
 * same in both. Where they differ, what is in memory came out of the old file: the new one waits for the restart.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Checkpoint, LogReader } from './log-reader.ts';
import { accountsToCompare, compareMailstore, type DifferingMailstore } from './mailbox-comparison.ts';
import { MailboxRebuild } from './mailbox-rebuild.ts';
import { type MailboxModel, waitingPath } from './mailboxes.ts';
import { removeProjectionFile, replaceProjectionFile } from './projection-file.ts';
import { besidePath, type RebuildMode, type RebuildProgress } from './projection-rebuild.ts';
import type { Turns } from './turns.ts';

/** The live side, as a rebuild needs it. */
export interface ServingMailboxes {
  readonly log: LogReader;
  readonly model: MailboxModel;
  /** Whoever has the turn finds nothing being stored and no event being taken in. */
  readonly turns: Turns;
  readonly signal: AbortSignal;
  /** All events up to here are in the states in memory. */
  reached(): Checkpoint;
  /** False once it has stopped: then a new file can only wait for the restart. */
  isFollowing(): boolean;
  /** Nothing is stored until `work` has ended. */
  withoutStoring<T>(work: () => Promise<T>): Promise<T>;
}

export interface MailboxRebuildReport {
  /** The log was read up to here. */
  readonly position: number;
  readonly elapsedMs: number;
  /** Null where there was nothing to compare. */
  readonly differing: readonly DifferingMailstore[] | null;
  /** False: the new file takes over at the next start. */
  readonly switched: boolean;
}

/** Pause between two looks at how far the live events are. */
const lookMs = 5;

/** `compare` leaves the file that serves as it is. */
export async function rebuildBesideMailboxes(
  serving: ServingMailboxes,
  mode: RebuildMode,
  progress: RebuildProgress,
): Promise<MailboxRebuildReport> {
  const startedAtMs = performance.now();
  const { log, model, signal } = serving;
  const path = besidePath(model.path);
  const rebuild = await MailboxRebuild.open(log, path);
  try {
    await catchUp(rebuild, serving, progress);
    const isComparable = serving.isFollowing() && model.checkpoint.position >= 0;
    const differing = isComparable ? await compareAll(rebuild, serving) : null;
    const isSame = differing === null || differing.length === 0;
    const maySwitch = mode === 'replace' && isSame && serving.isFollowing();
    if (maySwitch) await switchOver(rebuild, serving);
    else await setAside(rebuild, serving, mode);
    signal.throwIfAborted();
    const elapsedMs = performance.now() - startedAtMs;
    return { position: rebuild.position, elapsedMs, differing, switched: maySwitch };
  } catch (error) {
    rebuild.closeQuietly();
    throw error;
  }
}

/** Reads up to the live events, which move on meanwhile, or where nobody follows them, to the log's end. */
async function catchUp(
  rebuild: MailboxRebuild,
  serving: ServingMailboxes,
  progress: RebuildProgress,
): Promise<void> {
  const { log, signal } = serving;
  for (let before = -2; rebuild.position > before; ) {
    before = rebuild.position;
    const head = await log.head();
    const target = serving.isFollowing() ? serving.reached().position : head;
    await rebuild.to(target, signal, (position) => progress(position, head));
    signal.throwIfAborted();
  }
}

/** One account at a time, nothing being stored meanwhile. */
async function compareAll(rebuild: MailboxRebuild, serving: ServingMailboxes): Promise<DifferingMailstore[]> {
  const { model, log, turns, signal } = serving;
  const differing: DifferingMailstore[] = [];
  for (const account of accountsToCompare(model, rebuild.model)) {
    const found = await turns.take(() => compareMailstore(model, rebuild.model, account, log));
    if (found) differing.push(found);
    signal.throwIfAborted();
  }
  return differing;
}

/**
 * The new file must have whatever the old one has and memory must have whatever the new one has. So nothing more is
 * stored in the old one, the live events pass the place where the log was then, and the new one is brought exactly
 * to where they are.
 */
async function switchOver(rebuild: MailboxRebuild, serving: ServingMailboxes): Promise<void> {
  const { log, model, turns, signal } = serving;
  await serving.withoutStoring(async () => {
    // With the turn, so that a store under way has ended.
    const stored = await turns.take(() => log.head());
    while (serving.reached().position < stored && !signal.aborted) await sleep(lookMs);
    await turns.take(async () => {
      await rebuild.to(serving.reached().position, signal);
      signal.throwIfAborted();
      rebuild.close();
      model.switchTo(besidePath(model.path));
    });
  });
}

async function setAside(
  rebuild: MailboxRebuild,
  { model }: ServingMailboxes,
  mode: RebuildMode,
): Promise<void> {
  rebuild.close();
  const path = besidePath(model.path);
  if (mode === 'compare') removeProjectionFile(path);
  else replaceProjectionFile(waitingPath(model.path), path);
}
