/** A folder, a log and projectors, new for each test of the file that imports this. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'node:test';
import { setImmediate as nextLoopTurn } from 'node:timers/promises';
import type { Projection } from '../../projections/projection.ts';
import type { Phase } from '../../projections/projection-health.ts';
import { Projector } from '../../projections/projector.ts';
import { rowsOf } from '../../projections/table-projection.ts';
import { counted, countingProjection, passedOver } from './counting-projection.ts';
import { MemoryLog } from './memory-log.ts';

export let folder: string;
export let log: MemoryLog;
export let projectors: Projector[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'muniment-projector-'));
  log = new MemoryLog();
  projectors = [];
});

afterEach(async () => {
  for (const projector of projectors) await projector.close();
  rmSync(folder, { recursive: true });
});

export async function started(
  projections: Projection[] = [countingProjection()],
  over: MemoryLog = log,
  lingerMs = 1,
): Promise<Projector> {
  const projector = new Projector(over, folder, projections, { lingerMs, retryMs: 5 });
  projectors.push(projector);
  await projector.start();
  return projector;
}

export async function closed(projector: Projector): Promise<void> {
  projectors = projectors.filter((each) => each !== projector);
  await projector.close();
}

/** Waits until everything in the log has been taken in, and says what is there. */
export async function seen(projector: Projector, name = 'counting'): Promise<Record<string, number>> {
  assert.ok(await projector.reached(name, log.position, 5000), `${name} never reached the head`);
  const rows = rowsOf<{ stream: string; count: number }>(
    projector.source(name),
    'SELECT stream, count FROM seen',
  );
  return Object.fromEntries(rows.map(({ stream, count }) => [stream, count]));
}

/** Once its way to live has ended, there or stopped. */
export async function healthOf(projector: Projector, phase: Phase = 'live', name = 'counting') {
  for (;;) {
    const health = (await projector.health()).find((each) => each.name === name)!;
    if (health.phase === phase) return health;
    await nextLoopTurn();
  }
}

/** As SQLite reports it. */
export function fullDisk(): Error {
  return Object.assign(new Error('database or disk is full'), { errcode: 13 });
}

export async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await nextLoopTurn();
}

export function appendMany(count: number, streams = 7): void {
  for (let i = 0; i < count; i++) log.append(`thing-${i % streams}`, counted(`said ${i}`), passedOver());
}

/** Importers cannot assign. */
export function setLog(next: MemoryLog): void {
  log = next;
}
