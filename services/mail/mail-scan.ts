/**
 * The structure scan: one pass over the octets of a mail, in chunks of any size. It keeps no body and of each
 * header at most 256 KiB; time is linear in the octets. Where it stops looking deeper is in `scanLimits`.
 */
import { maxBoundaryOctets } from './boundaries.ts';
import { HeaderBuffer } from './header-buffer.ts';
import type { ScannedStructure } from './mail-part.ts';
import { type PartDelimiter, PartTree, type Place } from './part-tree.ts';

/** Raised when the same octets may give another structure, so that what was cached before is not used. */
export const scannerVersion = 1;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const hyphen = 0x2d;

/** `--`, the boundary, and `--` of a closing delimiter: enough of a line to know what it is. */
const maxHeadOctets = maxBoundaryOctets + 4;

type State = 'lineStart' | 'lineHead' | 'headerLine' | 'bodyLines' | 'delimiterLine';

export class MailScan {
  readonly #tree = new PartTree();
  #state: State = 'lineStart';
  /** Octets of the chunks before the present one. */
  #octetsBefore = 0;
  /** Line feeds so far. */
  #lines = 0;
  /** The two octets before the present chunk, the nearer one last. */
  #tail: readonly [number, number] = [0, 0];
  readonly #header = new HeaderBuffer();
  #rootHeader: string | null = null;
  /** Beginning of a line that may be a delimiter, where it starts, and the octets of the line end before it. */
  readonly #head = Buffer.alloc(maxHeadOctets);
  #headOctets = 0;
  #headStart = 0;
  #lineEndOctets = 0;
  #delimiterCloses = false;

  /** Takes the next octets of the mail. They are not kept. */
  push(octets: Uint8Array): void {
    const chunk = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
    if (chunk.length === 0) return;
    for (let at = 0; at < chunk.length; ) at = this.#step(chunk, at);
    this.#tail = [this.#secondLast(chunk, chunk.length), chunk[chunk.length - 1]!];
    this.#octetsBefore += chunk.length;
  }

  /** The mail is complete. Nothing may be pushed after it. */
  finish(): ScannedStructure {
    if (this.#state === 'lineHead') this.#judgeHead();
    const end = { octets: this.#octetsBefore, lines: this.#lines };
    while (this.#tree.inHeader) this.#endHeader(end);
    const root = this.#tree.finish(end);
    return { root, octets: this.#octetsBefore, headerText: this.#rootHeader ?? '' };
  }

  /** Works on the chunk from `at` as far as one state goes; returns where the next one starts. */
  #step(chunk: Buffer, at: number): number {
    switch (this.#state) {
      case 'lineStart':
        return this.#startLine(chunk, at);
      case 'lineHead':
        return this.#readHead(chunk, at);
      case 'headerLine':
        return this.#readHeaderLine(chunk, at);
      case 'bodyLines':
        return this.#readBodyLines(chunk, at);
      case 'delimiterLine':
        return this.#readDelimiterLine(chunk, at);
    }
  }

  #startLine(chunk: Buffer, at: number): number {
    if (chunk[at] === hyphen && this.#tree.hasBoundaries) {
      this.#state = 'lineHead';
      this.#headOctets = 0;
      this.#headStart = this.#octetsBefore + at;
      this.#lineEndOctets = this.#secondLast(chunk, at) === carriageReturn ? 2 : 1;
    } else this.#continueLine();
    return at;
  }

  /** The octet before the one before `at`. */
  #secondLast(chunk: Buffer, at: number): number {
    return at >= 2 ? chunk[at - 2]! : this.#tail[at]!;
  }

  #continueLine(): void {
    this.#state = this.#tree.inHeader ? 'headerLine' : 'bodyLines';
  }

  /** Collects the beginning of a line until it can be judged; what follows is left to the next state. */
  #readHead(chunk: Buffer, at: number): number {
    for (; at < chunk.length; at++) {
      const octet = chunk[at]!;
      const cannotDelimit = this.#headOctets < 2 && octet !== hyphen;
      if (cannotDelimit || octet === lineFeed || this.#headOctets === maxHeadOctets) {
        this.#judgeHead();
        break;
      }
      this.#head[this.#headOctets++] = octet;
    }
    return at;
  }

  #judgeHead(): void {
    const head = this.#head.subarray(0, this.#headOctets);
    const delimiter = this.#headOctets < 2 ? null : this.#tree.delimiterAt(head.toString('latin1'));
    if (delimiter) {
      this.#beginDelimiterLine(delimiter);
      return;
    }
    if (this.#tree.inHeader) this.#header.add(head);
    this.#continueLine();
  }

  /** A header that a delimiter line cuts off ends before it, as a body does. */
  #beginDelimiterLine(delimiter: PartDelimiter): void {
    while (this.#tree.inHeader) this.#endHeader({ octets: this.#headStart, lines: this.#lines });
    this.#tree.delimit(delimiter, { octets: this.#headStart - this.#lineEndOctets, lines: this.#lines - 1 });
    this.#delimiterCloses = delimiter.closes;
    this.#state = 'delimiterLine';
  }

  #readDelimiterLine(chunk: Buffer, at: number): number {
    const end = chunk.indexOf(lineFeed, at);
    if (end < 0) return chunk.length;
    this.#lines++;
    if (!this.#delimiterCloses) this.#tree.beginPart(this.#octetsBefore + end + 1);
    this.#state = 'lineStart';
    return end + 1;
  }

  #readHeaderLine(chunk: Buffer, at: number): number {
    const lineEnd = chunk.indexOf(lineFeed, at);
    const end = lineEnd < 0 ? chunk.length : lineEnd + 1;
    this.#header.add(chunk.subarray(at, end));
    if (lineEnd < 0) return end;
    this.#lines++;
    this.#state = 'lineStart';
    if (this.#header.endLine() === 'blank')
      this.#endHeader({ octets: this.#octetsBefore + end, lines: this.#lines });
    return end;
  }

  #endHeader(place: Place): void {
    const text = this.#header.take();
    this.#rootHeader ??= text;
    this.#tree.endHeader(place, text);
  }

  /** Counts line feeds, and stops where a line may be a delimiter. */
  #readBodyLines(chunk: Buffer, at: number): number {
    const watching = this.#tree.hasBoundaries;
    for (let from = at; ; ) {
      const lineEnd = chunk.indexOf(lineFeed, from);
      if (lineEnd < 0) return chunk.length;
      this.#lines++;
      from = lineEnd + 1;
      if (watching && (from === chunk.length || chunk[from] === hyphen)) {
        this.#state = 'lineStart';
        return from;
      }
    }
  }
}
