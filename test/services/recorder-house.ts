/** A recorder over a log that can fail, new for each test of the file that imports this. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach } from 'node:test';
import { Dispatcher } from '../../services/dispatch.ts';
import { checkDraft } from '../../services/domain/check-draft.ts';
import type { LoggedEvent } from '../../services/domain/event.ts';
import { createRecorder, type Recorder } from '../../services/record.ts';
import { FaultyLog } from '../support/faulty-log.ts';
import { uuidOf } from '../support/given-when-then.ts';

export const wang = uuidOf(1);
export const inbox = uuidOf(10);
export const start = { account: wang, protocol: 'imap', peer: '192.0.2.1', program: 'mutt' } as const;

export let faulty: FaultyLog;
export let recorder: Recorder;
export let recorders: Recorder[];
export let nowMs: number;
export let problems: unknown[];

/** A window so long that only what the tests do ends it. */
export function open(settings: Parameters<typeof createRecorder>[1] = {}): Recorder {
  const dispatcher = new Dispatcher(faulty.log, { epoch: 1, retryDelaysMs: [] });
  const opened = createRecorder(dispatcher, {
    windowMs: 100_000,
    now: () => nowMs,
    onProblem: (error) => problems.push(error),
    ...settings,
  });
  recorders.push(opened);
  return opened;
}

beforeEach(() => {
  faulty = new FaultyLog();
  recorders = [];
  nowMs = Date.UTC(2026, 5, 1);
  problems = [];
  recorder = open();
});

afterEach(async () => {
  faulty.faults.length = 0;
  for (const each of recorders) await each.close();
});

export async function stored(): Promise<LoggedEvent[]> {
  const events = await faulty.open().readAll(-1, 10_000);
  await faulty.log.prepare(events);
  for (const event of events) assert.deepEqual(checkDraft('session', event), []);
  return events;
}

export async function types(): Promise<string[]> {
  return (await stored()).map(({ type }) => type);
}

/** An append that waits until it is let go. */
export function stall(): () => void {
  let go = (): void => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  faulty.beforeAppend = () => gate;
  return () => {
    faulty.beforeAppend = () => {};
    go();
  };
}

/** Importers cannot assign. */
export function setNowMs(next: number): void {
  nowMs = next;
}

/** Importers cannot assign. */
export function setRecorder(next: Recorder): void {
  recorder = next;
}
