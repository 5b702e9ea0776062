/**
 * What a session does within one window, joined: one fact per (mailbox, item class), UIDs as ranges, acts
 * counted. Pure, but made for the hot path: a call costs a comparison and two array writes.
 */
import type { DraftEvent } from './event.ts';
import { type ReadItems, type SessionAct, type ShownAct, sessionDraft } from './session.ts';
import { normaliseRanges, type UidRanges } from './uid-ranges.ts';
import type { Uuid } from './values.ts';

/** Pairs in one fact: 5,000 numbers of 11 octets stay below the 64 KiB of a record. */
export const maxPairsPerFact = 2500;
/** People in one fact: 1,000 ids of 39 octets stay below it too. */
export const maxOwnersPerFact = 1000;
/** Characters kept of a query: in UTF-8 they stay below the 256 KiB of a sealed part. */
export const maxQueryCharacters = 60_000;
/** After so many unjoined pairs they are joined, so that reading one message again and again costs no memory. */
const joinAfterNumbers = 4 * maxPairsPerFact;

interface Read {
  readonly mailbox: Uuid;
  readonly owner: Uuid;
  readonly items: ReadItems;
  /** Pairs as they came: unordered, overlapping. */
  pairs: number[];
  joinAt: number;
}

interface Acted {
  readonly act: SessionAct;
  readonly mailbox: Uuid | null;
  count: number;
}

export class Observations {
  readonly #reads = new Map<string, Read>();
  readonly #acts = new Map<string, Acted>();
  #facts: DraftEvent[] = [];
  readonly #opened = new Set<string>();
  readonly #shown = new Set<string>();
  #lastRead: Read | null = null;

  /** Facts that `take` would give, at least. */
  get size(): number {
    return this.#facts.length + this.#reads.size + this.#acts.size;
  }

  opened(mailbox: Uuid, owner: Uuid, mode: 'read' | 'write'): void {
    const key = `${owner}${mailbox}${mode}`;
    if (this.#opened.has(key)) return;
    this.#opened.add(key);
    this.#facts.push(sessionDraft('MailboxOpened', { mailbox, owner, mode }));
  }

  identified(program: string): void {
    this.#facts.push(sessionDraft('ClientIdentified', {}, { program }));
  }

  searched(mailbox: Uuid, owner: Uuid, query: string, found: number): void {
    this.#facts.push(
      sessionDraft('SearchRun', { mailbox, owner, found }, { query: query.slice(0, maxQueryCharacters) }),
    );
  }

  /** The same again within a window is one fact. */
  shown(
    act: ShownAct,
    owners: readonly Uuid[],
    message: Uuid | null,
    query: string,
    sealed = false,
    reason = '',
  ): void {
    const key = JSON.stringify([act, owners, message, query, sealed, reason]);
    if (this.#shown.has(key)) return;
    this.#shown.add(key);
    const asked = { query: query.slice(0, maxQueryCharacters), reason };
    for (let at = 0; at === 0 || at < owners.length; at += maxOwnersPerFact) {
      const some = owners.slice(at, at + maxOwnersPerFact);
      this.#facts.push(sessionDraft('RecordsShown', { act, owners: some, message, sealed }, asked));
    }
  }

  acted(act: SessionAct, mailbox: Uuid | null, count: number): void {
    const key = mailbox === null ? act : `${act}${mailbox}`;
    const acted = this.#acts.get(key);
    if (acted) acted.count += count;
    else this.#acts.set(key, { act, mailbox, count });
  }

  read(mailbox: Uuid, owner: Uuid, uids: number | UidRanges, items: ReadItems): void {
    const read = this.#readOf(mailbox, owner, items);
    if (typeof uids === 'number') {
      const end = read.pairs.length - 1;
      if (end > 0 && (read.pairs[end] === uids - 1 || read.pairs[end] === uids)) read.pairs[end] = uids;
      else read.pairs.push(uids, uids);
    } else {
      for (const uid of uids) read.pairs.push(uid);
    }
    if (read.pairs.length > read.joinAt) {
      read.pairs = normaliseRanges(read.pairs);
      read.joinAt = 2 * read.pairs.length + joinAfterNumbers;
    }
  }

  #readOf(mailbox: Uuid, owner: Uuid, items: ReadItems): Read {
    const last = this.#lastRead;
    if (last && last.mailbox === mailbox && last.items === items && last.owner === owner) return last;
    const key = `${items}${owner}${mailbox}`;
    let read = this.#reads.get(key);
    if (!read) {
      read = { mailbox, owner, items, pairs: [], joinAt: joinAfterNumbers };
      this.#reads.set(key, read);
    }
    this.#lastRead = read;
    return read;
  }

  /** The window's facts, and a new window. */
  take(): DraftEvent[] {
    const drafts = this.#facts;
    for (const read of this.#reads.values()) drafts.push(...readFacts(read));
    for (const { act, mailbox, count } of this.#acts.values()) {
      drafts.push(sessionDraft('ActsDone', { act, mailbox, count }));
    }
    this.#facts = [];
    this.#reads.clear();
    this.#acts.clear();
    this.#opened.clear();
    this.#shown.clear();
    this.#lastRead = null;
    return drafts;
  }
}

function readFacts({ mailbox, owner, items, pairs }: Read): DraftEvent[] {
  const ranges = normaliseRanges(pairs);
  const facts: DraftEvent[] = [];
  for (let at = 0; at < ranges.length; at += 2 * maxPairsPerFact) {
    const uids = ranges.slice(at, at + 2 * maxPairsPerFact);
    facts.push(sessionDraft('MessagesRead', { mailbox, owner, items, uids }));
  }
  return facts;
}
