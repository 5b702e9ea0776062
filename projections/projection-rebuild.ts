/**
 * A rebuild stands beside the projection that serves: a new file is filled from the log, compared with the old one
 * at the same place, and takes its place between two live batches. Killed in the middle it is resumed at the next
 * start, because its file has its own checkpoint.
 */
import { DatabaseSync } from 'node:sqlite';
import { type LogReader, standsOnLog } from './log-reader.ts';
import { removeProjectionFile } from './projection-file.ts';
import type { ProjectionMember } from './projection-member.ts';
import { ProjectionRun } from './projection-run.ts';
import { differingParts, digestParts } from './table-digest.ts';
import type { Turns } from './turns.ts';

export interface RebuildReport {
  /** The log was read up to here. */
  readonly position: number;
  readonly elapsedMs: number;
  /** Parts in which the old one differed from its rebuild; null where there was nothing to compare. */
  readonly differing: readonly string[] | null;
}

/** Where the live events are, and how to hold them for a moment. */
export interface Feed {
  readonly log: LogReader;
  /** Whoever has the turn finds the feed between two batches. */
  readonly turns: Turns;
  position(): number;
  readonly signal: AbortSignal;
}

/** `compare` says where they differ and leaves the one that serves as it is. */
export type RebuildMode = 'replace' | 'compare';

/** Told of how far it has come, position by position. */
export type RebuildProgress = (position: number, head: number) => void;

/** Where a projection is rebuilt. */
export function besidePath(path: string): string {
  return path.replace(/\.sqlite$/, '.rebuild.sqlite');
}

export async function rebuildBeside(
  member: ProjectionMember,
  feed: Feed,
  mode: RebuildMode,
  progress: RebuildProgress,
): Promise<RebuildReport> {
  const startedAtMs = performance.now();
  const fresh = await openFresh(member, feed.log);
  try {
    await backfill(fresh, feed, (position) => {
      member.rebuiltTo = position;
      progress(position, feed.position());
    });
    const differing = await compare(member, fresh, feed);
    if (mode === 'replace') await takeOver(member, fresh, feed);
    else discard(fresh);
    return { position: fresh.reached.position, elapsedMs: performance.now() - startedAtMs, differing };
  } catch (error) {
    fresh.closeQuietly();
    throw error;
  }
}

async function takeOver(member: ProjectionMember, fresh: ProjectionRun, feed: Feed): Promise<void> {
  await backfill(fresh, feed, () => {});
  await feed.turns.take(async () => {
    await fresh.catchUp(feed.log, feed.position(), feed.signal);
    feed.signal.throwIfAborted();
    member.replaceBy(fresh);
  });
}

function discard(fresh: ProjectionRun): void {
  fresh.close();
  removeProjectionFile(fresh.file.path);
}

async function openFresh({ projection, path }: ProjectionMember, log: LogReader): Promise<ProjectionRun> {
  const begun = new ProjectionRun(projection, besidePath(path));
  if (begun.file.poisonedStreams === 0 && (await standsOnLog(log, begun.reached))) return begun;
  begun.closeQuietly();
  removeProjectionFile(besidePath(path));
  return new ProjectionRun(projection, besidePath(path));
}

/** Reads up to the live events, which move on meanwhile. */
export async function backfill(
  run: ProjectionRun,
  { log, position, signal }: Feed,
  progress: (position: number) => void,
): Promise<void> {
  for (let before = -2; run.reached.position < position() && run.reached.position > before; ) {
    before = run.reached.position;
    await run.catchUp(log, position(), signal, () => progress(run.reached.position));
    signal.throwIfAborted();
  }
}

/** Compares at one place of the log: the old one as a snapshot, so that it may go on meanwhile. */
async function compare(member: ProjectionMember, fresh: ProjectionRun, feed: Feed): Promise<string[] | null> {
  const old = await feed.turns.take(async () => {
    if (member.phase !== 'live') return null;
    await fresh.catchUp(feed.log, member.run.reached.position, feed.signal);
    return openSnapshot(member.path);
  });
  if (old === null) return null;
  try {
    const { digestParts: parts } = member.projection;
    return differingParts(await digestParts(old, parts), await digestParts(fresh.file.database, parts));
  } finally {
    old.close();
  }
}

function openSnapshot(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { readOnly: true });
  database.exec('BEGIN');
  // The snapshot is taken by the first read, not by BEGIN.
  database.prepare('SELECT position FROM projection').get();
  return database;
}
