/**
 * Where in an account a message is filed, and which messages are of a thread: what JMAP asks by, while mailboxes
 * know their rows by UID alone. Nothing is taken out when rows go: UIDs are never given again, so an entry either
 * still leads to the row it was made from, or to none.
 */
import type { RowPlace } from './mailbox-rows.ts';
import type { Mailbox, MailstoreState } from './mailstore-state.ts';
import { type Uuid, uuidOctets } from './values.ts';

/** Valid until the mailstore changes. */
export interface MessagePlace {
  readonly mailbox: Mailbox;
  readonly place: RowPlace;
}

/** Entries that lead nowhere are borne with up to so many, and as many as there are messages. */
const maxIdleEntries = 10_000;

export class MessagePlaces {
  #entries = new Entries();
  /** Up to which UID the rows of a mailbox are in. */
  readonly #indexed = new Map<Uuid, number>();

  /** Takes in up to `maxRows` rows that have come since; true when none is left. */
  takeIn(state: MailstoreState, maxRows: number): boolean {
    this.#startAnewWhereIdle(state);
    let left = maxRows;
    for (const mailbox of state.mailboxes.values()) {
      if (this.#indexedTo(mailbox) >= mailbox.uidNext - 1) continue;
      if (left <= 0) return false;
      left -= this.#takeInMailbox(mailbox, left);
    }
    return left > 0;
  }

  ofMessage(state: MailstoreState, message: Uuid): MessagePlace[] {
    const isIt = ({ mailbox: { rows }, place }: MessagePlace) => rows.messageAt(place) === message;
    return this.#entries.byMessage.found(hashOf(uuidOctets(message), 0), this.#entries, state).filter(isIt);
  }

  /** Every place of the message that this row is of. */
  ofRow(state: MailstoreState, { mailbox: { rows }, place }: MessagePlace): MessagePlace[] {
    const { message } = rows.page(place >>> 8);
    const at = (place & 255) * 16;
    const isIt = (other: MessagePlace) => sameMessage(other, message, at);
    return this.#entries.byMessage.found(hashOf(message, at), this.#entries, state).filter(isIt);
  }

  ofThread(state: MailstoreState, thread: Uuid): MessagePlace[] {
    const isOfIt = ({ mailbox: { rows }, place }: MessagePlace) => rows.threadAt(place) === thread;
    return this.#entries.byThread.found(hashOf(uuidOctets(thread), 0), this.#entries, state).filter(isOfIt);
  }

  /** Octets that it holds, for caches bounded in memory. */
  get octets(): number {
    return this.#entries.octets;
  }

  #indexedTo({ id }: Mailbox): number {
    return this.#indexed.get(id) ?? 0;
  }

  #takeInMailbox(mailbox: Mailbox, maxRows: number): number {
    const { rows, id, uidNext } = mailbox;
    let taken = 0;
    for (const place of rows.between(this.#indexedTo(mailbox) + 1, uidNext)) {
      const page = rows.page(place >>> 8);
      const at = (place & 255) * 16;
      const uid = page.uid[place & 255]!;
      this.#entries.add(id, uid, hashOf(page.message, at), hashOf(page.thread, at));
      this.#indexed.set(id, uid);
      if (++taken === maxRows) return taken;
    }
    this.#indexed.set(id, uidNext - 1);
    return taken;
  }

  #startAnewWhereIdle(state: MailstoreState): void {
    let filed = 0;
    for (const { exists } of state.mailboxes.values()) filed += exists;
    if (this.#entries.count <= 2 * filed + maxIdleEntries) return;
    this.#entries = new Entries();
    this.#indexed.clear();
  }
}

function sameMessage({ mailbox: { rows }, place }: MessagePlace, message: Uint8Array, at: number): boolean {
  const other = rows.page(place >>> 8).message;
  const otherAt = (place & 255) * 16;
  for (let i = 15; i >= 0; i--) if (other[otherAt + i] !== message[at + i]) return false;
  return true;
}

/** Both ids are random in their last octets (UUIDv7, UUIDv8). */
function hashOf(octets: Uint8Array, at: number): number {
  let hash = 0;
  for (let i = at + 8; i < at + 16; i++) hash = (Math.imul(hash, 31) + octets[i]!) | 0;
  return hash >>> 0;
}

/** Columns, one entry a filed row. */
class Entries {
  count = 0;
  readonly byMessage = new HashChains();
  readonly byThread = new HashChains();
  readonly #mailboxes: Uuid[] = [];
  readonly #ordinals = new Map<Uuid, number>();
  #mailbox = new Uint32Array(256);
  #uid = new Uint32Array(256);

  get octets(): number {
    return this.#uid.byteLength * 2 + this.byMessage.octets + this.byThread.octets;
  }

  add(mailbox: Uuid, uid: number, messageHash: number, threadHash: number): void {
    if (this.count === this.#uid.length) {
      this.#mailbox = grown(this.#mailbox);
      this.#uid = grown(this.#uid);
    }
    this.#mailbox[this.count] = this.#ordinalOf(mailbox);
    this.#uid[this.count] = uid;
    this.byMessage.add(this.count, messageHash);
    this.byThread.add(this.count, threadHash);
    this.count++;
  }

  /** Null where the row is gone. */
  placeOf(entry: number, state: MailstoreState): MessagePlace | null {
    const mailbox = state.mailboxes.get(this.#mailboxes[this.#mailbox[entry]!]!);
    const place = mailbox ? mailbox.rows.find(this.#uid[entry]!) : -1;
    return mailbox && place >= 0 ? { mailbox, place } : null;
  }

  #ordinalOf(mailbox: Uuid): number {
    let ordinal = this.#ordinals.get(mailbox);
    if (ordinal === undefined) {
      ordinal = this.#mailboxes.push(mailbox) - 1;
      this.#ordinals.set(mailbox, ordinal);
    }
    return ordinal;
  }
}

/** Entries by hash: a head for each value, then from entry to entry; -1 ends a chain. */
class HashChains {
  #heads = new Int32Array(256).fill(-1);
  #next = new Int32Array(256);
  #hash = new Uint32Array(256);
  #count = 0;

  get octets(): number {
    return this.#heads.byteLength + this.#next.byteLength + this.#hash.byteLength;
  }

  /** Entries come in ascending order, each once. */
  add(entry: number, hash: number): void {
    if (entry === this.#next.length) this.#grow();
    this.#hash[entry] = hash;
    this.#count = entry + 1;
    this.#link(entry);
  }

  found(hash: number, entries: Entries, state: MailstoreState): MessagePlace[] {
    const places: MessagePlace[] = [];
    for (let entry = this.#heads[hash & (this.#heads.length - 1)]!; entry >= 0; entry = this.#next[entry]!) {
      const place = this.#hash[entry] === hash ? entries.placeOf(entry, state) : null;
      if (place) places.push(place);
    }
    return places.reverse();
  }

  #link(entry: number): void {
    const head = this.#hash[entry]! & (this.#heads.length - 1);
    this.#next[entry] = this.#heads[head]!;
    this.#heads[head] = entry;
  }

  #grow(): void {
    this.#next = grown(this.#next);
    this.#hash = grown(this.#hash);
    this.#heads = new Int32Array(this.#next.length).fill(-1);
    for (let entry = 0; entry < this.#count; entry++) this.#link(entry);
  }
}

function grown<T extends Int32Array | Uint32Array>(column: T): T {
  const larger = new (column.constructor as new (length: number) => T)(column.length * 2);
  larger.set(column);
  return larger;
}
