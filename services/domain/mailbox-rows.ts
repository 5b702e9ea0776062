/**
 * The rows of one mailbox: one row a message, ascending by UID, in typed-array pages of 256. Pages are what
 * the mailbox projection stores, so that a mailbox of a million messages opens without parsing anything.
 * A page's content is fetched when first asked for (`PageSource`) and may be dropped again while clean.
 */
import { joinWords, seenBit } from './flags.ts';
import { type Uuid, uuidOctets, uuidText } from './values.ts';

export const rowsPerPage = 256;
/** UID 4, flags 4 + 4, size 4, MODSEQ 8, filed MODSEQ 8, date 8, message 16, thread 16. */
export const octetsPerRow = 72;

/** Where a row is: page index · 256 + slot. Valid until the mailbox changes. */
export type RowPlace = number;

export interface NewRow {
  readonly uid: number;
  readonly flags: number;
  readonly sizeOctets: number;
  /** MODSEQ of the event that filed it. */
  readonly modseq: number;
  readonly dateMs: number;
  readonly message: Uuid;
  readonly thread: Uuid;
}

/** Content of one page; columns stand one behind another for `capacity` rows. */
export class RowPage {
  readonly capacity: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly uid: Uint32Array;
  readonly flagsLow: Uint32Array;
  readonly flagsHigh: Uint32Array;
  readonly size: Uint32Array;
  readonly modseq: Float64Array;
  readonly filed: Float64Array;
  readonly date: Float64Array;
  readonly message: Uint8Array;
  readonly thread: Uint8Array;

  constructor(capacity: number, bytes: Uint8Array<ArrayBuffer> = new Uint8Array(capacity * octetsPerRow)) {
    // Typed arrays want their own alignment: octets that begin elsewhere are moved once.
    const aligned = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
    const { buffer } = aligned;
    let at = aligned.byteOffset;
    const next = (width: number): number => {
      const start = at;
      at += width * capacity;
      return start;
    };
    this.capacity = capacity;
    this.bytes = aligned;
    this.modseq = new Float64Array(buffer, next(8), capacity);
    this.filed = new Float64Array(buffer, next(8), capacity);
    this.date = new Float64Array(buffer, next(8), capacity);
    this.uid = new Uint32Array(buffer, next(4), capacity);
    this.flagsLow = new Uint32Array(buffer, next(4), capacity);
    this.flagsHigh = new Uint32Array(buffer, next(4), capacity);
    this.size = new Uint32Array(buffer, next(4), capacity);
    this.message = new Uint8Array(buffer, next(16), capacity * 16);
    this.thread = new Uint8Array(buffer, next(16), capacity * 16);
  }

  /** Copies `count` rows from `from` in `source` to `to` here. */
  copyRows(source: RowPage, from: number, to: number, count: number): void {
    const end = from + count;
    this.modseq.set(source.modseq.subarray(from, end), to);
    this.filed.set(source.filed.subarray(from, end), to);
    this.date.set(source.date.subarray(from, end), to);
    this.uid.set(source.uid.subarray(from, end), to);
    this.flagsLow.set(source.flagsLow.subarray(from, end), to);
    this.flagsHigh.set(source.flagsHigh.subarray(from, end), to);
    this.size.set(source.size.subarray(from, end), to);
    this.message.set(source.message.subarray(from * 16, end * 16), to * 16);
    this.thread.set(source.thread.subarray(from * 16, end * 16), to * 16);
  }

  setRow(slot: number, row: NewRow): void {
    this.uid[slot] = row.uid;
    this.flagsLow[slot] = row.flags >>> 0;
    this.flagsHigh[slot] = Math.floor(row.flags / 0x1_0000_0000);
    this.size[slot] = row.sizeOctets;
    this.modseq[slot] = row.modseq;
    this.filed[slot] = row.modseq;
    this.date[slot] = row.dateMs;
    uuidOctets(row.message, this.message, slot * 16);
    uuidOctets(row.thread, this.thread, slot * 16);
  }
}

/** What is always known of a page, loaded or not. */
export interface PageHead {
  /** Ascending within a mailbox, never reused: the page's name in the projection. */
  readonly number: number;
  firstUid: number;
  lastUid: number;
  count: number;
  content: RowPage | null;
  dirty: boolean;
}

/** Brings a page's content: `count` rows in a page of that capacity. Synchronous: a local file or memory. */
export type PageSource = (mailbox: Uuid, number: number, count: number) => RowPage;

export interface ExpungedRow {
  readonly uid: number;
  readonly message: Uuid;
  readonly filedModseq: number;
  readonly expungedModseq: number;
}

export class MailboxRows {
  readonly mailbox: Uuid;
  readonly pages: PageHead[];
  readonly #source: PageSource;
  #nextNumber: number;

  /** `nextNumber`: what the next page will be called; stored, because the pages behind the last may be gone. */
  constructor(
    mailbox: Uuid,
    pages: PageHead[],
    source: PageSource,
    nextNumber = (pages.at(-1)?.number ?? -1) + 1,
  ) {
    this.mailbox = mailbox;
    this.pages = pages;
    this.#source = source;
    this.#nextNumber = nextNumber;
  }

  /** Pages follow from the events alone: whoever replays them gets the same pages under the same numbers. */
  get nextNumber(): number {
    return this.#nextNumber;
  }

  page(index: number): RowPage {
    const head = this.pages[index]!;
    head.content ??= this.#source(this.mailbox, head.number, head.count);
    return head.content;
  }

  append(row: NewRow): void {
    const last = this.pages.at(-1);
    const head = last && last.count < rowsPerPage ? last : this.#newPage(row.uid);
    const index = this.pages.length - 1;
    let content = this.page(index);
    if (head.count === content.capacity) {
      const larger = new RowPage(Math.min(rowsPerPage, content.capacity * 4));
      larger.copyRows(content, 0, 0, head.count);
      head.content = content = larger;
    }
    content.setRow(head.count, row);
    if (head.count === 0) head.firstUid = row.uid;
    head.lastUid = row.uid;
    head.count++;
    head.dirty = true;
  }

  #newPage(firstUid: number): PageHead {
    const head: PageHead = {
      number: this.#nextNumber++,
      firstUid,
      lastUid: firstUid,
      count: 0,
      content: new RowPage(4),
      dirty: true,
    };
    this.pages.push(head);
    return head;
  }

  /** Place of that UID, or -1. */
  find(uid: number): RowPlace {
    const index = this.#pageOf(uid);
    if (index === this.pages.length || this.pages[index]!.firstUid > uid) return -1;
    const { count } = this.pages[index]!;
    const uids = this.page(index).uid;
    const slot = lowerBound(uids, count, uid);
    return slot < count && uids[slot] === uid ? index * rowsPerPage + slot : -1;
  }

  /** Index of the first page whose last UID is at or above `uid`. */
  #pageOf(uid: number): number {
    let low = 0;
    let high = this.pages.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.pages[middle]!.lastUid < uid) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  uidAt(place: RowPlace): number {
    return this.page(place >>> 8).uid[place & 255]!;
  }
  flagsAt(place: RowPlace): number {
    const page = this.page(place >>> 8);
    return joinWords(page.flagsLow[place & 255]!, page.flagsHigh[place & 255]!);
  }
  modseqAt(place: RowPlace): number {
    return this.page(place >>> 8).modseq[place & 255]!;
  }
  filedModseqAt(place: RowPlace): number {
    return this.page(place >>> 8).filed[place & 255]!;
  }
  sizeOctetsAt(place: RowPlace): number {
    return this.page(place >>> 8).size[place & 255]!;
  }
  dateMsAt(place: RowPlace): number {
    return this.page(place >>> 8).date[place & 255]!;
  }
  messageAt(place: RowPlace): Uuid {
    return uuidText(this.page(place >>> 8).message, (place & 255) * 16);
  }
  threadAt(place: RowPlace): Uuid {
    return uuidText(this.page(place >>> 8).thread, (place & 255) * 16);
  }

  setFlags(place: RowPlace, flags: number, modseq: number): void {
    const index = place >>> 8;
    const page = this.page(index);
    page.flagsLow[place & 255] = flags >>> 0;
    page.flagsHigh[place & 255] = Math.floor(flags / 0x1_0000_0000);
    page.modseq[place & 255] = modseq;
    this.pages[index]!.dirty = true;
  }

  /** Places of all rows with `first` ≤ UID ≤ `last`, ascending. */
  *between(first: number, last: number): Generator<RowPlace> {
    for (let index = this.#pageOf(first); index < this.pages.length; index++) {
      const { count, firstUid } = this.pages[index]!;
      if (firstUid > last) return;
      const uids = this.page(index).uid;
      for (let slot = lowerBound(uids, count, first); slot < count; slot++) {
        if (uids[slot]! > last) return;
        yield index * rowsPerPage + slot;
      }
    }
  }

  /** Removes the rows in `[first, last]`, gives each to `removed` first, and returns the pages emptied thereby. */
  remove(first: number, last: number, removed: (place: RowPlace) => void): PageHead[] {
    const emptied: PageHead[] = [];
    for (
      let index = this.#pageOf(first);
      index < this.pages.length && this.pages[index]!.firstUid <= last;
    ) {
      if (this.#removeInPage(index, first, last, removed)) emptied.push(...this.pages.splice(index, 1));
      else index++;
    }
    return emptied;
  }

  /** True when the page is empty afterwards. */
  #removeInPage(index: number, first: number, last: number, removed: (place: RowPlace) => void): boolean {
    const head = this.pages[index]!;
    const content = this.page(index);
    const from = lowerBound(content.uid, head.count, first);
    const to = lowerBound(content.uid, head.count, last + 1);
    if (from === to) return false;
    for (let slot = from; slot < to; slot++) removed(index * rowsPerPage + slot);
    content.copyRows(content, to, from, head.count - to);
    head.count -= to - from;
    head.dirty = true;
    if (head.count === 0) return true;
    head.firstUid = content.uid[0]!;
    head.lastUid = content.uid[head.count - 1]!;
    return false;
  }

  /** UID of the first message without \Seen, or 0. */
  firstUnseenUid(): number {
    for (let index = 0; index < this.pages.length; index++) {
      const page = this.page(index);
      for (let slot = 0; slot < this.pages[index]!.count; slot++) {
        if ((page.flagsLow[slot]! & seenBit) === 0) return page.uid[slot]!;
      }
    }
    return 0;
  }

  /** All UIDs, ascending: what a session's view begins with. */
  allUids(): Uint32Array {
    const uids = new Uint32Array(this.pages.reduce((sum, head) => sum + head.count, 0));
    let at = 0;
    for (let index = 0; index < this.pages.length; index++) {
      const { count } = this.pages[index]!;
      uids.set(this.page(index).uid.subarray(0, count), at);
      at += count;
    }
    return uids;
  }

  /** Octets of page content in memory. */
  loadedOctets(): number {
    return this.pages.reduce((sum, head) => sum + (head.content?.bytes.length ?? 0), 0);
  }

  /** Drops the content of clean pages; they come back from the source. */
  dropClean(): void {
    for (const head of this.pages) if (!head.dirty) head.content = null;
  }
}

function lowerBound(uids: Uint32Array, count: number, uid: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (uids[middle]! < uid) low = middle + 1;
    else high = middle;
  }
  return low;
}
