/**
 * The structure facts of a blob as one row of octets: all that FETCH and SEARCH ask of a message without reading
 * it. A cache in a form of this program alone (`docs/formats.md` §Structure facts): it may change whenever
 * `scannerVersion` is raised.
 *
 * Layout: the head (`headOctets`: u32 scanner version, u32 length of each of the five sections, u64 octets of
 * the blob, u64 octets of the message's header), then the sections: ENVELOPE, BODY, BODYSTRUCTURE, parts, header.
 */
import { bodyStructureText, bodyText } from './body-structure.ts';
import type { MailPart, ScannedStructure } from './mail-part.ts';
import { scannerVersion } from './mail-scan.ts';
import { type PartPlace, readParts, writeParts } from './part-codec.ts';

/** So much of the message's header is kept in the row. */
export const maxCachedHeaderOctets = 8192;

const headOctets = 40;
const sections = ['envelope', 'body', 'bodyStructure', 'parts', 'header'] as const;
type Section = (typeof sections)[number];

export function encodeStructure(structure: ScannedStructure): Uint8Array {
  const { root, octets } = structure;
  const contents: Record<Section, Buffer> = {
    envelope: Buffer.from(root.envelope ?? '', 'latin1'),
    body: Buffer.from(bodyText(root), 'latin1'),
    bodyStructure: Buffer.from(bodyStructureText(root), 'latin1'),
    parts: writeParts(root),
    header: Buffer.from(structure.headerText.slice(0, maxCachedHeaderOctets), 'latin1'),
  };
  const head = Buffer.alloc(headOctets);
  head.writeUInt32BE(scannerVersion, 0);
  for (const [index, section] of sections.entries())
    head.writeUInt32BE(contents[section].length, 4 + 4 * index);
  head.writeBigUInt64BE(BigInt(octets), 24);
  head.writeBigUInt64BE(BigInt(headerOctets(root)), 32);
  return Buffer.concat([head, ...sections.map((section) => contents[section])]);
}

function headerOctets(root: MailPart): number {
  return root.bodyStart - root.headerStart;
}

/** The row that `encodeStructure` made; null where it is of another scanner version or no such row. */
export function openStructure(row: Uint8Array): StructureView | null {
  const octets = Buffer.from(row.buffer, row.byteOffset, row.byteLength);
  if (octets.length < headOctets || octets.readUInt32BE(0) !== scannerVersion) return null;
  let length = headOctets;
  for (let index = 0; index < sections.length; index++) length += octets.readUInt32BE(4 + 4 * index);
  return length === octets.length ? new StructureView(octets) : null;
}

/** Reads a row lazily: nothing is decoded or copied that is not asked for. */
export class StructureView {
  /** Octets of the blob. */
  readonly blobOctets: number;
  /** Octets of the message's header, its blank line within. */
  readonly headerOctets: number;
  readonly #row: Buffer;
  #root: PartPlace | null = null;

  /** `openStructure` checks the row before. */
  constructor(row: Buffer) {
    this.#row = row;
    this.blobOctets = Number(row.readBigUInt64BE(24));
    this.headerOctets = Number(row.readBigUInt64BE(32));
  }

  /** Octets of the row itself, for caches bounded in memory. */
  get rowOctets(): number {
    return this.#row.length;
  }

  /** The same view of the row where `place` has copied it to. */
  placed(place: (row: Uint8Array) => Buffer): StructureView {
    return new StructureView(place(this.#row));
  }

  /** ENVELOPE as IMAP text. */
  get envelope(): Uint8Array {
    return this.#section('envelope');
  }

  /** BODY as IMAP text. */
  get body(): Uint8Array {
    return this.#section('body');
  }

  /** BODYSTRUCTURE as IMAP text. */
  get bodyStructure(): Uint8Array {
    return this.#section('bodyStructure');
  }

  /** The message's header from its start, cut at 8 KiB: compare with `headerOctets`. */
  get header(): Uint8Array {
    return this.#section('header');
  }

  get root(): PartPlace {
    this.#root ??= readParts(this.#section('parts'));
    return this.#root;
  }

  #section(name: Section): Buffer {
    let start = headOctets;
    let index = 0;
    for (; sections[index] !== name; index++) start += this.#row.readUInt32BE(4 + 4 * index);
    return this.#row.subarray(start, start + this.#row.readUInt32BE(4 + 4 * index));
  }
}
