/** One walk over the log, page by page, with every check on each page. */
import type { BlobStore } from '../blob-store/blob-store.ts';
import type { EventStore, StoredRecord } from '../event-store/event-store.ts';
import type { KeyStore } from '../key-store/key-store.ts';
import type { Finding, Findings, VerifyExit } from './findings.ts';
import type { HeadWatch } from './head-watch.ts';
import type { LedgerFolder } from './ledger-folder.ts';
import { walkLog } from './log-walk.ts';
import { hex } from './merkle.ts';
import type { TileTree } from './tile-tree.ts';
import type { HeadCheck } from './verify-heads.ts';
import { LeafCheck } from './verify-leaves.ts';
import { MailCheck } from './verify-mail.ts';
import { PersonalCheck } from './verify-personal.ts';
import { RecordCheck, type Visited } from './verify-records.ts';
import type { VerifyStart } from './verify-start.ts';
import { StreamCheck } from './verify-streams.ts';
import { TileCheck } from './verify-tiles.ts';

export interface VerifySources {
  readonly store: EventStore;
  readonly keys: KeyStore;
  readonly folder: LedgerFolder;
  /** Null leaves the octets of mails unread. */
  readonly blobs: BlobStore | null;
}

/** `done` of `total` steps of `what`; totals are estimates where the engine's positions have gaps. */
export type ProgressListener = (done: number, total: number, what: string) => void;

export interface VerifyReport {
  readonly exit: VerifyExit;
  readonly findings: readonly Finding[];
  /** Findings beyond those. */
  readonly untold: number;
  /** Leaves of the tree, and its root, hex; with the signed leaf where a changed or missing record is named. */
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

/** What all parts of one verification share. */
export interface Held {
  readonly heads: HeadCheck;
  readonly watch: HeadWatch;
  readonly findings: Findings;
}

/** The log from `start` to its end, page by page. */
export class VerifyWalk {
  readonly #sources: VerifySources;
  readonly #start: VerifyStart;
  readonly #held: Held;
  readonly #tree: TileTree;
  readonly #firstSize: number;
  readonly #records: RecordCheck;
  readonly #leaves: LeafCheck;
  readonly #streams: StreamCheck;
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
    this.#leaves = new LeafCheck(folder, findings, heads.head);
    this.#streams = new StreamCheck(store, findings);
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
    await this.#tiles.checkOpen(this.#tree);
    if (this.#firstSize === 0) await this.#held.heads.checkStrayFiles(this.#tree.size, this.#records.epoch);
    this.#held.watch.end(this.#tree.size);
  }

  async #page(page: readonly StoredRecord[]): Promise<void> {
    await this.#records.prepare(page);
    await this.#held.heads.expectSealed(this.#tree.size + page.length, this.#firstSize);
    const leaves = await this.#leaves.leavesOf(page, this.#tree.size);
    const visited = page.map((stored, i) => this.#visit(stored, leaves[i]!));
    await this.#streams.check(visited);
    const personal = await this.#personal.open(visited);
    for (const [each, part] of personal) {
      if (each.fields!.type === 'MessageAccepted') await this.#mails?.check(each, part);
      if (each.fields!.type === 'MailDerived') await this.#mails?.checkDerived(each, part);
    }
    await this.#held.heads.checkFiles();
    await this.#tiles.check(this.#tree);
  }

  #visit(stored: StoredRecord, leaves: readonly Uint8Array[]): Visited {
    for (const missing of leaves.slice(0, -1)) this.#grow(missing);
    const index = this.#tree.size;
    const epoch = this.#records.epoch;
    const visited = this.#records.visit(stored, index);
    if (this.#records.epoch > epoch) this.#held.watch.end(index, this.#records.epoch);
    if (stored.stream.startsWith('ledger-')) this.#held.heads.visit(stored, index);
    this.#grow(leaves.at(-1)!);
    return visited;
  }

  #grow(leaf: Uint8Array): void {
    this.#tree.append(leaf);
    this.#held.watch.reached(this.#tree.size, () => hex(this.#tree.root()));
    this.#tiles.grown(this.#tree);
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
