/** What a verification finds, by name. */

export const findingKinds = {
  opening: 'The log does not begin as a log does.',
  record:
    'A record is not the one that was sealed, is missing, is not of the form that records have, or stands at another place than it says.',
  revision: 'A stream has a gap or a repeat.',
  stream: 'Who reads a stream does not get the records that the log has of it.',
  time: 'A time goes back within one stream.',
  epoch: 'An epoch begins without a restore.',
  seal: 'A personal part is missing, does not open, or is not what its record’s seal says.',
  key: 'A key is missing that was never destroyed, or belongs to another log.',
  checkpoint: 'A checkpoint in the log is not signed by the log’s key, or signs another tree.',
  head: '`ledger/HEAD` is missing, damaged, not signed by the log’s key, or signs another tree.',
  outside: 'The checkpoint from outside is not one of this log, or signs another tree.',
  lost: 'The log had more records than it has now.',
  volume: 'A volume is not one of this log, or is full and not what its manifest says.',
  mail: 'The octets of a mail are missing or are not those that were accepted.',
  checkpointFile: 'A file of `ledger/checkpoint` is missing, or is not what the log says.',
  tile: 'A hash tile is missing or damaged.',
  projection: 'A projection is not what its rebuild gives.',
} as const;

export type FindingKind = keyof typeof findingKinds;

export interface Finding {
  readonly kind: FindingKind;
  /** Record, file or stream, for people who look there. */
  readonly place: string;
  readonly text: string;
}

/** How `muniment verify` ends. */
export const verifyExit = {
  /** Everything is as it was. */
  sound: 0,
  /** Something was altered, is missing or does not open. */
  broken: 1,
  /** Nothing can be said: a file can't be read, an option makes no sense. */
  unverifiable: 2,
  /** What the log has is sound, but a checkpoint or the key store knows of more records than it has. */
  recordsLost: 3,
  /** The log is sound; tiles, checkpoint files or projections are not and can be made anew from it. */
  rebuildable: 4,
} as const;

export type VerifyExit = (typeof verifyExit)[keyof typeof verifyExit];

const rebuildable: ReadonlySet<FindingKind> = new Set(['checkpointFile', 'tile', 'projection']);

/** So many findings are told one by one; of a log in ruins nobody reads a million. */
const maxTold = 1000;

export class Findings {
  readonly #told: Finding[] = [];
  readonly #counts = new Map<FindingKind, number>();

  add(kind: FindingKind, place: string, text: string): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    if (this.#told.length < maxTold) this.#told.push({ kind, place, text });
  }

  get told(): readonly Finding[] {
    return this.#told;
  }

  /** Findings beyond those that are told. */
  get untold(): number {
    return this.#counts.values().reduce((sum, count) => sum + count, 0) - this.#told.length;
  }

  get exit(): VerifyExit {
    const kinds = [...this.#counts.keys()];
    if (kinds.length === 0) return verifyExit.sound;
    if (kinds.every((kind) => rebuildable.has(kind))) return verifyExit.rebuildable;
    return kinds.every((kind) => kind === 'lost' || rebuildable.has(kind))
      ? verifyExit.recordsLost
      : verifyExit.broken;
  }
}
