/**
 * `muniment verify`: walks the log and holds against it everything that stands on it. It reads only.
 *
 * Found by name: records of the wrong form, at the wrong place, out of order; personal parts that are not what their
 * seals say; heads that sign another tree; mails that are not the octets that were accepted; keys that are missing;
 * tiles and checkpoint files that are not those of the log; and whatever the given checks of projections find.
 */
import type { BlobStore } from '../blob-store/blob-store.ts';
import type { EventStore, StoredRecord } from '../event-store/event-store.ts';
import type { KeyStore } from '../key-store/key-store.ts';
import { type Finding, Findings, type VerifyExit } from './findings.ts';
import { HeadWatch } from './head-watch.ts';
import type { LedgerFolder } from './ledger-folder.ts';
import { walkLog } from './log-walk.ts';
import { hex, leafHash } from './merkle.ts';
import type { TileTree } from './tile-tree.ts';
import { HeadCheck } from './verify-heads.ts';
import { MailCheck } from './verify-mail.ts';
import { PersonalCheck } from './verify-personal.ts';
import { RecordCheck, type Visited } from './verify-records.ts';
import { identify, startSince, Unverifiable, type VerifyStart, wholeLog } from './verify-start.ts';
import { TileCheck } from './verify-tiles.ts';

export { Unverifiable } from './verify-start.ts';

export interface VerifySources {
  readonly store: EventStore;
  readonly keys: KeyStore;
  readonly folder: LedgerFolder;
  /** Null leaves the octets of mails unread. */
  readonly blobs: BlobStore | null;
}

/** `done` of `total` steps of `what`; totals are estimates where the engine's positions have gaps. */
export type ProgressListener = (done: number, total: number, what: string) => void;

/** Holds one projection against its rebuild. */
export interface ProjectionCheck {
  readonly name: string;
  run(onProgress: ProgressListener): Promise<readonly Finding[]>;
}

export interface VerifyOptions {
  /** Size of a checkpoint that is known to be good; records before it are not read again. */
  readonly since?: number;
  /** Text of a checkpoint that was kept outside, and what it is called in findings. */
  readonly outside?: { readonly text: string; readonly place: string };
  readonly projections?: readonly ProjectionCheck[];
  readonly onProgress?: ProgressListener;
}

export interface VerifyReport {
  readonly exit: VerifyExit;
  readonly findings: readonly Finding[];
  /** Findings beyond those. */
  readonly untold: number;
  /** Leaves of the tree, and its root, hex. */
  readonly size: number;
  readonly root: string;
  /** What was read: records, heads in the log, personal parts opened and erased, mails and their octets. */
  readonly records: number;
  readonly heads: number;
  readonly opened: number;
  readonly erased: number;
  readonly mails: number;
  readonly mailOctets: number;
}

/** Throws `Unverifiable`, and whatever the stores throw when they cannot be read. */
export async function verifyLog(sources: VerifySources, options: VerifyOptions = {}): Promise<VerifyReport> {
  const { store, keys, folder } = sources;
  const { since, outside } = options;
  const findings = new Findings();
  // First what knows of the log, then the log: a server that goes on meanwhile only makes it longer.
  const headText = await folder.head();
  const seenPosition = await keys.lastLogPosition();
  const lastPosition = await store.head();
  const identity = await identify(store, keys, findings);
  const watch = new HeadWatch(findings);
  const heads = new HeadCheck({ store, folder, identity, lastPosition, findings, watch });
  if (headText !== null) heads.expectHead(headText);
  const kept = outside ? heads.expectText(outside.text, 'outside', outside.place) : null;
  if (seenPosition > lastPosition) {
    findings.add(
      'lost',
      'keys/keys.sqlite',
      `the key store has seen the log at position ${seenPosition}, it ends at ${lastPosition}`,
    );
  }
  const start = since === undefined ? wholeLog() : await startSince(since, store, folder, heads, findings);
  if (start !== null && since !== undefined && (kept?.epoch ?? start.epoch) < start.epoch) {
    throw new Unverifiable(`${outside!.place} is from before a restore; verify the whole log`);
  }
  const walk = new Walk(sources, start ?? wholeLog(), { heads, watch, findings });
  if (start !== null) await walk.run(lastPosition, options.onProgress ?? (() => {}));
  if (headText === null && heads.count > 1)
    findings.add('head', folder.headFile, 'it is missing beside a log with checkpoints');
  for (const projection of options.projections ?? []) {
    const found = await projection.run(options.onProgress ?? (() => {}));
    for (const { kind, place, text } of found) findings.add(kind, `${projection.name}: ${place}`, text);
  }
  return walk.report();
}

/** What all parts of one verification share. */
interface Held {
  readonly heads: HeadCheck;
  readonly watch: HeadWatch;
  readonly findings: Findings;
}

/** The log from `start` to its end, page by page. */
class Walk {
  readonly #sources: VerifySources;
  readonly #start: VerifyStart;
  readonly #held: Held;
  readonly #tree: TileTree;
  readonly #firstSize: number;
  readonly #records: RecordCheck;
  readonly #personal: PersonalCheck;
  readonly #mails: MailCheck | null;
  readonly #tiles: TileCheck;

  constructor(sources: VerifySources, start: VerifyStart, held: Held) {
    const { store, keys, folder, blobs } = sources;
    const { findings, heads } = held;
    this.#sources = sources;
    this.#start = start;
    this.#held = held;
    this.#tree = start.tree;
    this.#firstSize = start.tree.size;
    this.#records = new RecordCheck(findings, this.#firstSize === 0 ? null : store, start.epoch);
    this.#personal = new PersonalCheck(keys, findings);
    this.#mails = blobs && new MailCheck(blobs, keys, findings);
    this.#tiles = new TileCheck(folder, findings, heads.headSize);
  }

  async run(lastPosition: number, onProgress: ProgressListener): Promise<void> {
    const { store, folder } = this.#sources;
    for (const size of this.#held.watch.sizes.filter((each) => each <= this.#firstSize)) {
      const root = hex(await folder.tiles.root(size, this.#firstSize));
      this.#held.watch.reached(size, () => root);
    }
    for await (const page of walkLog(store, this.#start.afterPosition, lastPosition)) {
      await this.#page(page);
      onProgress(page.at(-1)!.position + 1, lastPosition + 1, 'records');
    }
    if (this.#firstSize === 0) await this.#held.heads.checkStrayFiles(this.#tree.size, this.#records.epoch);
    this.#held.watch.end(this.#tree.size);
  }

  async #page(page: readonly StoredRecord[]): Promise<void> {
    await this.#records.prepare(page);
    await this.#held.heads.expectSealed(this.#tree.size + page.length, this.#firstSize);
    const visited = page.map((stored) => this.#visit(stored));
    const personal = await this.#personal.open(visited);
    for (const [each, part] of personal) {
      if (each.fields!.type === 'MessageAccepted') await this.#mails?.check(each, part);
    }
    await this.#held.heads.checkFiles();
    await this.#tiles.check(this.#tree);
  }

  #visit(stored: StoredRecord): Visited {
    const index = this.#tree.size;
    const epoch = this.#records.epoch;
    const visited = this.#records.visit(stored, index);
    if (this.#records.epoch > epoch) this.#held.watch.end(index, this.#records.epoch);
    if (stored.stream.startsWith('ledger-')) this.#held.heads.visit(stored, index);
    this.#tree.append(leafHash(stored.record));
    this.#held.watch.reached(this.#tree.size, () => hex(this.#tree.root()));
    this.#tiles.grown(this.#tree);
    return visited;
  }

  report(): VerifyReport {
    const { exit, told, untold } = this.#held.findings;
    return {
      exit,
      findings: told,
      untold,
      size: this.#tree.size,
      root: hex(this.#tree.root()),
      records: this.#tree.size - this.#firstSize,
      heads: this.#held.heads.count,
      opened: this.#personal.opened,
      erased: this.#personal.erased,
      mails: this.#mails?.mails ?? 0,
      mailOctets: this.#mails?.octets ?? 0,
    };
  }
}
