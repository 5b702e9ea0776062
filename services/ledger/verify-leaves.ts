/**
 * Names the records that were changed or taken out since they were sealed. The hash tiles still have the leaves that
 * the newest head signs; a leaf of theirs counts only with a proof that it belongs under that head's root, so a
 * damaged tile accuses no record.
 */
import { counted } from '../counted.ts';
import type { StoredRecord } from '../event-store/event-store.ts';
import type { Findings } from './findings.ts';
import type { LedgerFolder } from './ledger-folder.ts';
import { hashOctets, hex, leafHash, sameHash } from './merkle.ts';
import { checkInclusion, inclusionPath, type NodeSource, proofOf } from './merkle-proofs.ts';
import { entriesAt, tileWidth } from './tile-tree.ts';
import { TileMissing } from './tiles.ts';
import { placeOf } from './verify-records.ts';

/** The head whose leaves count; its signature has been verified. */
export interface SignedTree {
  readonly size: number;
  /** Hex. */
  readonly root: string;
}

/** A page beside what the tiles have from its first leaf on, with the records that were missing so far. */
interface ComparedPage {
  readonly own: readonly Uint8Array[];
  readonly signed: readonly (Uint8Array | undefined)[];
  readonly first: number;
  readonly missing: number;
}

/** So many records in a row are named as missing; a longer stretch is another log. */
const maxMissing = 256;
/** So few at the end of a page are named one by one, whatever follows. */
const fewRecords = 16;

export class LeafCheck {
  readonly #folder: LedgerFolder;
  readonly #findings: Findings;
  readonly #head: SignedTree | null;
  readonly #node: NodeSource;
  /** The log went another way, and not only here and there: its leaves are no longer compared. */
  #hasLeft = false;

  constructor(folder: LedgerFolder, findings: Findings, head: SignedTree | null) {
    this.#folder = folder;
    this.#findings = findings;
    this.#head = head;
    this.#node = folder.tiles.nodes(head?.size ?? 0);
  }

  /**
   * For each record of a page the leaves that the tree goes on with, the first at index `first`: its own, or in place
   * of a record that is named here the signed one; before it those of records that are missing.
   */
  async leavesOf(page: readonly StoredRecord[], first: number): Promise<Uint8Array[][]> {
    const own = page.map(({ record }) => leafHash(record));
    const signed = await this.#signedLeaves(first, own.length + maxMissing);
    const leaves: Uint8Array[][] = [];
    let missing = 0;
    for (const [i, record] of page.entries()) {
      const found = await this.#leavesOfOne(record, { own, signed, first, missing }, i);
      missing += found.length - 1;
      leaves.push(found);
    }
    return leaves;
  }

  async #leavesOfOne(record: StoredRecord, page: ComparedPage, i: number): Promise<Uint8Array[]> {
    const { own, signed, first, missing } = page;
    const [leaf, at] = [own[i]!, i + missing];
    const wanted = signed[at];
    if (this.#hasLeft || !wanted || sameHash(leaf, wanted)) return [leaf];
    const next = signed.findIndex((each, k) => k > at && each !== undefined && sameHash(each, leaf));
    const lost = signed.slice(at, Math.max(at, next)).flatMap((each) => each ?? []);
    if (next > at && (await this.#areSigned(lost, first + at))) {
      this.#nameMissing(record, first + at, lost.length);
      return [...lost, leaf];
    }
    this.#hasLeft = !meetsAgain(page, i);
    if (this.#hasLeft || !(await this.#areSigned([wanted], first + at))) return [leaf];
    this.#nameChanged(record, wanted);
    return [wanted];
  }

  /** Leaves that the tiles have from `first` on; undefined where the head does not reach, or a tile is missing. */
  async #signedLeaves(first: number, count: number): Promise<(Uint8Array | undefined)[]> {
    const end = Math.min(first + count, this.#head?.size ?? 0);
    const leaves: (Uint8Array | undefined)[] = [];
    for (let tile = Math.floor(first / tileWidth); tile * tileWidth < end; tile++) {
      const octets = await this.#tile(tile);
      for (let at = Math.max(first, tile * tileWidth); at < Math.min(end, (tile + 1) * tileWidth); at++) {
        const offset = (at % tileWidth) * hashOctets;
        leaves.push(octets?.subarray(offset, offset + hashOctets));
      }
    }
    return leaves;
  }

  async #tile(index: number): Promise<Uint8Array | null> {
    const entries = Math.min(tileWidth, entriesAt(0, this.#head!.size) - index * tileWidth);
    try {
      return await this.#folder.tiles.read(0, index, entries);
    } catch (error) {
      if (!(error instanceof TileMissing)) throw error;
      return null;
    }
  }

  async #areSigned(leaves: readonly Uint8Array[], first: number): Promise<boolean> {
    for (const [i, leaf] of leaves.entries()) if (!(await this.#isSigned(leaf, first + i))) return false;
    return true;
  }

  async #isSigned(leaf: Uint8Array, index: number): Promise<boolean> {
    const { size, root } = this.#head!;
    try {
      const proof = await proofOf(inclusionPath(index, size), this.#node);
      return checkInclusion(leaf, index, size, proof, Buffer.from(root, 'hex'));
    } catch (error) {
      if (!(error instanceof TileMissing)) throw error;
      return false;
    }
  }

  #nameChanged(record: StoredRecord, wanted: Uint8Array): void {
    const found = hex(leafHash(record.record));
    const text = `it is not the record that was sealed: its hash is ${found}, ${this.#sealedAs(hex(wanted))}`;
    this.#findings.add('record', placeOf(record), text);
  }

  #nameMissing(behind: StoredRecord, index: number, count: number): void {
    const which = count === 1 ? `record ${index} is` : `records ${index} to ${index + count - 1} are`;
    const text = `${which} missing before it: ${this.#sealedAs(`${count} more there`)}`;
    this.#findings.add('record', placeOf(behind), text);
  }

  #sealedAs(what: string): string {
    return `the checkpoint of ${counted(this.#head!.size, 'record')} signs ${what}`;
  }
}

/** Some record behind is where it was, or hardly one is left to compare. */
function meetsAgain({ own, signed, missing }: ComparedPage, i: number): boolean {
  const behind = own.slice(i + 1).map((leaf, k) => [leaf, signed[i + 1 + k + missing]] as const);
  const comparable = behind.filter(([, wanted]) => wanted !== undefined);
  return comparable.length < fewRecords || comparable.some(([leaf, wanted]) => sameHash(leaf, wanted!));
}
