/**
 * State of one mailstore, and `evolve`. The state is changed in place: an account may have millions of rows,
 * and only `services/mailstores/mailstores.ts` holds it (docs/decisions/0004).
 */
import type { LoggedEvent } from './event.ts';
import { deletedBit, lowWord, seenBit, withFlags, withoutFlags } from './flags.ts';
import {
  type ExpungedRow,
  MailboxRows,
  type NewRow,
  type PageHead,
  type PageSource,
  type RowPlace,
} from './mailbox-rows.ts';
import type { MailboxRole } from './mailstore.ts';
import type { Uuid } from './values.ts';

export interface Mailbox {
  readonly id: Uuid;
  parent: Uuid | null;
  /** Name below its parent; null where its key has been destroyed. */
  name: string | null;
  readonly role: MailboxRole;
  uidValidity: number;
  uidNext: number;
  subscribed: boolean;
  /** MODSEQ of the last event that touched it: HIGHESTMODSEQ (RFC 7162 §3.1.2.1). */
  changedModseq: number;
  exists: number;
  unseen: number;
  deleted: number;
  sizeOctets: number;
  readonly rows: MailboxRows;
  /** Rows expunged since the projection last stored them, ascending by expunged MODSEQ. */
  expunged: ExpungedRow[];
  /** Pages that became empty since the projection last stored them. */
  emptiedPages: PageHead[];
}

export interface MailstoreState {
  readonly account: Uuid;
  /** Revision of the last event applied; -1 before the first. */
  revision: number;
  epoch: number;
  readonly mailboxes: Map<Uuid, Mailbox>;
  /** Mailboxes gone since the projection last stored them. */
  deletedMailboxes: Uuid[];
  /** `keywords[i]` names flag bit 5 + i; null where erased. */
  keywords: string[];
  lastUidValidity: number;
  /** Epoch in which every UIDVALIDITY was given: in a later one none may be shown (design §4 "Ledger"). */
  uidEpoch: number;
  /** Epoch and position of the last `RecipientsResolved` taken in: a repeat changes nothing. */
  causeEpoch: number;
  causePosition: number;
  /** True when something is not yet in the projection. */
  dirty: boolean;
  readonly source: PageSource;
}

export function emptyMailstore(account: Uuid, source: PageSource): MailstoreState {
  return {
    account,
    revision: -1,
    epoch: 1,
    mailboxes: new Map(),
    deletedMailboxes: [],
    keywords: [],
    lastUidValidity: 0,
    uidEpoch: 1,
    causeEpoch: 0,
    causePosition: -1,
    dirty: false,
    source,
  };
}

/** MODSEQ of an event: epoch · 2^32 + revision + 1, so that it ascends across restores. */
export function modseqOf(epoch: number, revision: number): number {
  return epoch * 0x1_0000_0000 + revision + 1;
}

/** Octets of all messages filed in the account, copies counted. */
export function usedOctets(state: MailstoreState): number {
  let octets = 0;
  for (const mailbox of state.mailboxes.values()) octets += mailbox.sizeOctets;
  return octets;
}

export function inboxOf(state: MailstoreState): Mailbox | undefined {
  for (const mailbox of state.mailboxes.values()) if (mailbox.role === 'inbox') return mailbox;
  return undefined;
}

/** Applies one event. Events at or below the state's revision are ignored, so that a repeat changes nothing. */
export function evolveMailstore(state: MailstoreState, event: LoggedEvent): void {
  if (event.revision <= state.revision) return;
  if (event.revision !== state.revision + 1) {
    throw new Error(`${event.stream}: revision ${event.revision} behind ${state.revision}: a gap`);
  }
  const apply = appliers[event.type];
  if (!apply) throw new Error(`${event.stream}: ${event.type} is not known to mailstores`);
  apply(state, event, modseqOf(event.epoch, event.revision));
  state.revision = event.revision;
  state.epoch = event.epoch;
  state.dirty = true;
}

type Applier = (state: MailstoreState, event: LoggedEvent, modseq: number) => void;

const appliers: Readonly<Record<string, Applier>> = {
  MailstoreOpened: (state, { epoch }) => {
    state.uidEpoch = epoch;
  },
  UidValiditiesRenewed: (state, { data, epoch }, modseq) => {
    for (const [i, id] of (data['mailboxes'] as Uuid[]).entries()) {
      const mailbox = mailboxOf(state, id);
      mailbox.uidValidity = (data['firstUidValidity'] as number) + i;
      mailbox.changedModseq = modseq;
      state.lastUidValidity = mailbox.uidValidity;
    }
    state.uidEpoch = epoch;
  },
  MailboxCreated: (state, { data, personal }, modseq) => {
    const id = data['mailbox'] as Uuid;
    const uidValidity = data['uidValidity'] as number;
    state.mailboxes.set(id, {
      id,
      parent: data['parent'] as Uuid | null,
      name: (personal?.['name'] as string | undefined) ?? null,
      role: data['role'] as MailboxRole,
      uidValidity,
      uidNext: 1,
      subscribed: true,
      changedModseq: modseq,
      exists: 0,
      unseen: 0,
      deleted: 0,
      sizeOctets: 0,
      rows: new MailboxRows(id, [], state.source),
      expunged: [],
      emptiedPages: [],
    });
    state.lastUidValidity = Math.max(state.lastUidValidity, uidValidity);
  },
  MailboxRenamed: (state, { data, personal }) => {
    const mailbox = mailboxOf(state, data['mailbox']);
    mailbox.parent = data['parent'] as Uuid | null;
    mailbox.name = (personal?.['name'] as string | undefined) ?? null;
  },
  MailboxDeleted: (state, { data }) => {
    const { id } = mailboxOf(state, data['mailbox']);
    state.mailboxes.delete(id);
    state.deletedMailboxes.push(id);
  },
  MailboxSubscribed: (state, { data }) => {
    mailboxOf(state, data['mailbox']).subscribed = data['subscribed'] as boolean;
  },
  KeywordNamed: (state, { data, personal }) => {
    state.keywords[(data['bit'] as number) - 5] = (personal?.['name'] as string | undefined) ?? '$Erased';
  },
  MessagesFiled: applyFiled,
  MessagesCopied: (state, { data }, modseq) => {
    const from = mailboxOf(state, data['from']);
    const rows = rowsIn(from, data['uids'] as number[]);
    appendRows(mailboxOf(state, data['to']), data['firstUid'] as number, rows, modseq);
  },
  MessagesMoved: (state, { data }, modseq) => {
    const from = mailboxOf(state, data['from']);
    const uids = data['uids'] as number[];
    const rows = rowsIn(from, uids);
    removeRows(from, uids, modseq);
    appendRows(mailboxOf(state, data['to']), data['firstUid'] as number, rows, modseq);
  },
  FlagsChanged: applyFlags,
  MessagesExpunged: (state, { data }, modseq) => {
    removeRows(mailboxOf(state, data['mailbox']), data['uids'] as number[], modseq);
  },
};

function mailboxOf(state: MailstoreState, id: unknown): Mailbox {
  const mailbox = state.mailboxes.get(id as Uuid);
  if (!mailbox)
    throw new Error(`mailstore-${state.account}: an event names the unknown mailbox ${String(id)}`);
  return mailbox;
}

function applyFiled(state: MailstoreState, { data }: LoggedEvent, modseq: number): void {
  const messages = data['messages'] as Uuid[];
  const sizes = data['sizes'] as number[];
  const dates = data['dates'] as number[];
  const flags = data['flags'] as number[];
  const threads = data['threads'] as Uuid[];
  const rows = messages.map((message, i) => ({
    flags: flags[i]!,
    sizeOctets: sizes[i]!,
    dateMs: dates[i]!,
    message,
    thread: threads[i]!,
  }));
  appendRows(mailboxOf(state, data['mailbox']), data['firstUid'] as number, rows, modseq);
  state.causeEpoch = data['causeEpoch'] as number;
  state.causePosition = data['causePosition'] as number;
}

function applyFlags(state: MailstoreState, { data }: LoggedEvent, modseq: number): void {
  const mailbox = mailboxOf(state, data['mailbox']);
  const { rows } = mailbox;
  const uids = data['uids'] as number[];
  const clear = data['clear'] as number;
  const set = data['set'] as number;
  for (let i = 0; i < uids.length; i += 2) {
    for (const place of rows.between(uids[i]!, uids[i + 1]!)) {
      const before = rows.flagsAt(place);
      const after = withFlags(withoutFlags(before, clear), set);
      count(mailbox, before, -1);
      count(mailbox, after, 1);
      rows.setFlags(place, after, modseq);
    }
  }
  mailbox.changedModseq = modseq;
}

type RowContent = Omit<NewRow, 'uid' | 'modseq'>;

function rowsIn(mailbox: Mailbox, uids: readonly number[]): RowContent[] {
  const { rows } = mailbox;
  const found: RowContent[] = [];
  for (let i = 0; i < uids.length; i += 2) {
    for (const place of rows.between(uids[i]!, uids[i + 1]!)) found.push(rowContent(rows, place));
  }
  return found;
}

function rowContent(rows: MailboxRows, place: RowPlace): RowContent {
  return {
    flags: rows.flagsAt(place),
    sizeOctets: rows.sizeOctetsAt(place),
    dateMs: rows.dateMsAt(place),
    message: rows.messageAt(place),
    thread: rows.threadAt(place),
  };
}

function appendRows(mailbox: Mailbox, firstUid: number, rows: readonly RowContent[], modseq: number): void {
  rows.forEach((row, i) => {
    mailbox.rows.append({ ...row, uid: firstUid + i, modseq });
    mailbox.sizeOctets += row.sizeOctets;
    count(mailbox, row.flags, 1);
  });
  mailbox.exists += rows.length;
  mailbox.uidNext = firstUid + rows.length;
  mailbox.changedModseq = modseq;
}

function removeRows(mailbox: Mailbox, uids: readonly number[], modseq: number): void {
  const { rows } = mailbox;
  for (let i = 0; i < uids.length; i += 2) {
    const emptied = rows.remove(uids[i]!, uids[i + 1]!, (place) => {
      count(mailbox, rows.flagsAt(place), -1);
      mailbox.sizeOctets -= rows.sizeOctetsAt(place);
      mailbox.exists--;
      mailbox.expunged.push({
        uid: rows.uidAt(place),
        message: rows.messageAt(place),
        filedModseq: rows.filedModseqAt(place),
        expungedModseq: modseq,
      });
    });
    mailbox.emptiedPages.push(...emptied);
  }
  mailbox.changedModseq = modseq;
}

function count(mailbox: Mailbox, flags: number, by: 1 | -1): void {
  const low = lowWord(flags);
  if ((low & seenBit) === 0) mailbox.unseen += by;
  if ((low & deletedBit) !== 0) mailbox.deleted += by;
}
