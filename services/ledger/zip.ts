/**
 * Writes ZIP archives without compression (PKWARE APPNOTE 6.3 §4.3), so that every program on any system opens
 * them and the octets of a mail lie in them as they are. Files and archives stay below 4 GiB.
 */
import { type FileHandle, open, rm } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

const localSignature = 0x04034b50;
const centralSignature = 0x02014b50;
const endSignature = 0x06054b50;
const localHeaderOctets = 30;
/** APPNOTE §4.4.3: version 2.0. */
const versionNeeded = 20;
/** APPNOTE §4.4.4 bit 11: names are UTF-8. */
const utf8Names = 0x0800;
/** 1980-01-01 in DOS format: an archive of the same content is the same octets. */
const fixedDate = 0x0021;
const maxOctets = 0xffff_ffff;
const maxEntries = 0xffff;

export class ZipTooLarge extends Error {
  override readonly name = 'ZipTooLarge';
}

interface Entry {
  readonly name: Buffer;
  readonly offset: number;
  crc: number;
  octets: number;
}

export type ZipContent = string | Uint8Array | AsyncIterable<Uint8Array>;

export class ZipWriter {
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #entries: Entry[] = [];
  #offset = 0;

  private constructor(file: FileHandle, path: string) {
    this.#file = file;
    this.#path = path;
  }

  /** Begins an archive that only its owner can read; an older file of that name goes. */
  static async create(path: string): Promise<ZipWriter> {
    await rm(path, { force: true });
    return new ZipWriter(await open(path, 'wx', 0o600), path);
  }

  /** Adds a file. Throws `ZipTooLarge`. */
  async add(name: string, content: ZipContent): Promise<void> {
    const entry: Entry = { name: Buffer.from(name), offset: this.#offset, crc: 0, octets: 0 };
    await this.#write(localHeader(entry));
    for await (const piece of piecesOf(content)) {
      entry.crc = crc32(piece, entry.crc);
      entry.octets += piece.length;
      await this.#write(piece);
    }
    await this.#file.write(localHeader(entry), 0, null, entry.offset);
    this.#entries.push(entry);
    if (this.#entries.length > maxEntries)
      throw new ZipTooLarge(`more than ${maxEntries} files in one archive`);
  }

  /** Writes the directory, syncs and closes. */
  async finish(): Promise<void> {
    const start = this.#offset;
    for (const entry of this.#entries) await this.#write(centralHeader(entry));
    await this.#write(endRecord(this.#entries.length, start, this.#offset - start));
    await this.#file.sync();
    await this.#file.close();
  }

  /** Leaves nothing behind. */
  async abandon(): Promise<void> {
    await this.#file.close();
    await rm(this.#path, { force: true });
  }

  async #write(octets: Uint8Array): Promise<void> {
    if (this.#offset + octets.length > maxOctets) throw new ZipTooLarge('an archive of more than 4 GiB');
    await this.#file.write(octets, 0, null, this.#offset);
    this.#offset += octets.length;
  }
}

async function* piecesOf(content: ZipContent): AsyncGenerator<Uint8Array> {
  if (typeof content === 'string') yield Buffer.from(content);
  else if (content instanceof Uint8Array) yield content;
  else yield* content;
}

/** What local and central header have in common, from "version needed" to the length of the name. */
function writeCommon(header: Buffer, at: number, { name, crc, octets }: Entry): void {
  header.writeUInt16LE(versionNeeded, at);
  header.writeUInt16LE(utf8Names, at + 2);
  header.writeUInt16LE(fixedDate, at + 8);
  header.writeUInt32LE(crc, at + 10);
  header.writeUInt32LE(octets, at + 14);
  header.writeUInt32LE(octets, at + 18);
  header.writeUInt16LE(name.length, at + 22);
}

function localHeader(entry: Entry): Buffer {
  const header = Buffer.alloc(localHeaderOctets);
  header.writeUInt32LE(localSignature, 0);
  writeCommon(header, 4, entry);
  return Buffer.concat([header, entry.name]);
}

function centralHeader(entry: Entry): Buffer {
  const header = Buffer.alloc(46);
  header.writeUInt32LE(centralSignature, 0);
  header.writeUInt16LE(versionNeeded, 4);
  writeCommon(header, 6, entry);
  header.writeUInt32LE(entry.offset, 42);
  return Buffer.concat([header, entry.name]);
}

function endRecord(entries: number, directoryOffset: number, directoryOctets: number): Buffer {
  const record = Buffer.alloc(22);
  record.writeUInt32LE(endSignature, 0);
  record.writeUInt16LE(entries, 8);
  record.writeUInt16LE(entries, 10);
  record.writeUInt32LE(directoryOctets, 12);
  record.writeUInt32LE(directoryOffset, 16);
  return record;
}
