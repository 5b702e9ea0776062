/**
 * `muniment verify`: walks the log and holds against it everything that stands on it. It reads only.
 *
 * Found by name: records of the wrong form, at the wrong place, out of order; personal parts that are not what their
 * seals say; heads that sign another tree; mails that are not the octets that were accepted; keys that are missing;
 * tiles and checkpoint files that are not those of the log; volumes that are not what their manifests say; and whatever the given checks of projections find.
 */
import type { Uuid } from '../domain/values.ts';
import { type Finding, Findings } from './findings.ts';
import { HeadWatch } from './head-watch.ts';
import { HeadCheck } from './verify-heads.ts';
import { identify, startSince, Unverifiable, type VerifyStart, wholeLog } from './verify-start.ts';
import {
  type Held,
  type ProgressListener,
  type VerifyReport,
  type VerifySources,
  VerifyWalk,
} from './verify-walk.ts';

export { Unverifiable } from './verify-start.ts';
export type { ProgressListener, VerifyReport, VerifySources } from './verify-walk.ts';

/** Holds one projection against its rebuild. */
export interface ProjectionCheck {
  readonly name: string;
  run(onProgress: ProgressListener): Promise<readonly Finding[]>;
}

/** Holds files of a store against what they say of themselves. */
export interface FileCheck {
  /** `logId` is null for an empty log. */
  run(logId: Uuid | null, onProgress: ProgressListener): Promise<readonly Finding[]>;
}

export interface VerifyOptions {
  /** Size of a checkpoint that is known to be good; records before it are not read again. */
  readonly since?: number;
  /** Text of a checkpoint that was kept outside, and what it is called in findings. */
  readonly outside?: { readonly text: string; readonly place: string };
  readonly projections?: readonly ProjectionCheck[];
  readonly files?: FileCheck;
  readonly onProgress?: ProgressListener;
}

/** Throws `Unverifiable`, and whatever the stores throw when they cannot be read. */
export async function verifyLog(sources: VerifySources, options: VerifyOptions = {}): Promise<VerifyReport> {
  const { store, keys, folder } = sources;
  const onProgress = options.onProgress ?? (() => {});
  // First what knows of the log, then the log: a server that goes on meanwhile only makes it longer.
  const headText = await folder.head();
  const seenPosition = await keys.lastLogPosition();
  const lastPosition = await store.head();
  const findings = new Findings();
  const identity = await identify(store, keys, findings);
  const watch = new HeadWatch(findings);
  const heads = new HeadCheck({ store, folder, identity, lastPosition, findings, watch });
  if (headText !== null) heads.expectHead(headText);
  checkSeen(seenPosition, lastPosition, findings);
  const start = await startOf(sources, options, { heads, watch, findings });
  const walk = new VerifyWalk(sources, start ?? wholeLog(), { heads, watch, findings });
  if (start !== null) await walk.run(lastPosition, onProgress);
  if (headText === null && heads.count > 1) {
    findings.add('head', folder.headFile, 'it is missing beside a log with checkpoints');
  }
  for (const { kind, place, text } of (await options.files?.run(identity.logId, onProgress)) ?? [])
    findings.add(kind, place, text);
  await checkProjections(options.projections ?? [], findings, onProgress);
  return walk.report();
}

function checkSeen(seenPosition: number, lastPosition: number, findings: Findings): void {
  if (seenPosition <= lastPosition) return;
  const text = `the key store has seen the log at position ${seenPosition}, it ends at ${lastPosition}`;
  findings.add('lost', 'keys/keys.sqlite', text);
}

/** Expects the head from outside, and finds where the walk begins; null where the log does not reach that far. */
async function startOf(
  { store, folder }: VerifySources,
  { since, outside }: VerifyOptions,
  { heads, findings }: Held,
): Promise<VerifyStart | null> {
  const kept = outside ? heads.expectText(outside.text, 'outside', outside.place) : null;
  if (since === undefined) return wholeLog();
  const start = await startSince(since, store, folder, heads, findings);
  if (start !== null && kept !== null && kept.epoch < start.epoch) {
    throw new Unverifiable(`${outside!.place} is from before a restore; verify the whole log`);
  }
  return start;
}

async function checkProjections(
  projections: readonly ProjectionCheck[],
  findings: Findings,
  onProgress: ProgressListener,
): Promise<void> {
  for (const projection of projections) {
    try {
      for (const { kind, place, text } of await projection.run(onProgress)) {
        findings.add(kind, `${projection.name}: ${place}`, text);
      }
    } catch (error) {
      // A record that was altered may be one that no projection can read: a finding more, and not the end.
      findings.add('projection', projection.name, `it cannot be made anew: ${(error as Error).message}`);
    }
  }
}
