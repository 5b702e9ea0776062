/** What happens to messages in a mailstore: filing, flags, copies, moves, expunges. */
import type { DraftEvent } from './event.ts';
import {
  allFlags,
  deletedBit,
  firstKeywordBit,
  flagBit,
  lowWord,
  maxKeywords,
  systemFlags,
  withFlags,
  withoutFlags,
} from './flags.ts';
import type { RowPlace } from './mailbox-rows.ts';
import { mailstoreLimits } from './mailstore.ts';
import { inboxOf, type Mailbox, type MailstoreState } from './mailstore-state.ts';
import { isRefusal, type Refusal, refuse } from './refusals.ts';
import { rangesOf, type UidRanges } from './uid-ranges.ts';
import type { Uuid } from './values.ts';

/** One message to file, and the event that asks for it. */
export interface Filing {
  readonly message: Uuid;
  /** Null, or a mailbox that is gone meanwhile: INBOX. */
  readonly mailbox: Uuid | null;
  readonly sizeOctets: number;
  readonly dateMs: number;
  readonly flags: number;
  readonly thread: Uuid;
  /** Epoch and position of its `RecipientsResolved`. */
  readonly causeEpoch: number;
  readonly causePosition: number;
}

/** Files what was not filed yet, one event per mailbox and run; nothing at or below the highest cause. */
export function fileMessages(state: MailstoreState, filings: readonly Filing[]): DraftEvent[] {
  const fresh = filings.filter((filing) => isBehind(filing, state));
  const inbox = inboxOf(state)!;
  const uidNext = new Map<Uuid, number>();
  const events: DraftEvent[] = [];
  for (const run of runsByMailbox(state, inbox, fresh)) {
    const firstUid = uidNext.get(run.mailbox.id) ?? run.mailbox.uidNext;
    uidNext.set(run.mailbox.id, firstUid + run.filings.length);
    events.push(messagesFiled(run.mailbox.id, firstUid, run.filings));
  }
  return events;
}

function isBehind(filing: Filing, { causeEpoch, causePosition }: MailstoreState): boolean {
  return (
    filing.causeEpoch > causeEpoch ||
    (filing.causeEpoch === causeEpoch && filing.causePosition > causePosition)
  );
}

interface FilingRun {
  readonly mailbox: Mailbox;
  readonly filings: Filing[];
}

/** Neighbours that go to one mailbox together: the log's order is kept, so that the highest cause is the last. */
function runsByMailbox(state: MailstoreState, inbox: Mailbox, filings: readonly Filing[]): FilingRun[] {
  const runs: FilingRun[] = [];
  for (const filing of filings) {
    const mailbox = (filing.mailbox !== null && state.mailboxes.get(filing.mailbox)) || inbox;
    const last = runs.at(-1);
    if (last && last.mailbox === mailbox && last.filings.length < mailstoreLimits.maxFiledPerEvent)
      last.filings.push(filing);
    else runs.push({ mailbox, filings: [filing] });
  }
  return runs;
}

function messagesFiled(mailbox: Uuid, firstUid: number, filings: readonly Filing[]): DraftEvent {
  const last = filings.at(-1)!;
  return {
    type: 'MessagesFiled',
    version: 1,
    data: {
      mailbox,
      firstUid,
      messages: filings.map((filing) => filing.message),
      sizes: filings.map((filing) => filing.sizeOctets),
      dates: filings.map((filing) => filing.dateMs),
      flags: filings.map((filing) => filing.flags),
      threads: filings.map((filing) => filing.thread),
      causeEpoch: last.causeEpoch,
      causePosition: last.causePosition,
    },
    personal: null,
  };
}

export interface FlagChange {
  readonly mailbox: Uuid;
  readonly uids: UidRanges;
  readonly mode: 'add' | 'remove' | 'replace';
  /** Flag names as the client wrote them: `\Seen` in any case, keywords. */
  readonly names: readonly string[];
  /** Only messages whose MODSEQ is at or below it (RFC 7162 §3.1.3). */
  readonly unchangedSince?: number;
}

export interface FlagOutcome {
  readonly events: DraftEvent[];
  /** UIDs left alone because they changed meanwhile. */
  readonly modified: number[];
}

/** STORE: one `FlagsChanged` over those messages that it really changes, behind the names of new keywords. */
export function changeFlags(state: MailstoreState, change: FlagChange): FlagOutcome | Refusal {
  const mailbox = state.mailboxes.get(change.mailbox);
  if (!mailbox) return refuse('mailboxNotFound');
  const named = flagBits(state.keywords, change.names, change.mode !== 'remove');
  if (isRefusal(named)) return named;
  const { clear, set } = flagMasks(change.mode, named.bits);
  const changed: number[] = [];
  const eligible: number[] = [];
  const modified: number[] = [];
  for (const place of placesIn(mailbox, change.uids)) {
    if (change.unchangedSince !== undefined && mailbox.rows.modseqAt(place) > change.unchangedSince) {
      modified.push(mailbox.rows.uidAt(place));
      continue;
    }
    eligible.push(mailbox.rows.uidAt(place));
    const before = mailbox.rows.flagsAt(place);
    if (withFlags(withoutFlags(before, clear), set) !== before) changed.push(mailbox.rows.uidAt(place));
  }
  if (changed.length === 0) return { events: [], modified };
  const uids = shortRanges(changed, eligible);
  if (uids === null) return refuse('requestTooLarge');
  const flagsChanged: DraftEvent = {
    type: 'FlagsChanged',
    version: 1,
    data: { mailbox: mailbox.id, uids, clear, set },
    personal: null,
  };
  return { events: [...named.events, flagsChanged], modified };
}

/**
 * "All are read" in a mailbox where every second one was read before: ranges over all that were named say the same in
 * two numbers. Those that had the flags keep them and only count as touched (MODSEQ). Null where that is too long too.
 */
function shortRanges(changed: readonly number[], eligible: readonly number[]): number[] | null {
  const exact = rangesOf(changed);
  const uids = exact.length > mailstoreLimits.maxRangeNumbers ? rangesOf(eligible) : exact;
  return uids.length > mailstoreLimits.maxRangeNumbers ? null : uids;
}

function flagMasks(mode: FlagChange['mode'], bits: number): { clear: number; set: number } {
  if (mode === 'add') return { clear: 0, set: bits };
  if (mode === 'remove') return { clear: bits, set: 0 };
  return { clear: withoutFlags(allFlags, bits), set: bits };
}

/** Bits of flag names; keywords that have none yet get one when `make`, and are left out otherwise. */
export function flagBits(
  keywords: readonly string[],
  names: readonly string[],
  make: boolean,
): { bits: number; events: DraftEvent[] } | Refusal {
  const known = [...keywords];
  const events: DraftEvent[] = [];
  let bits = 0;
  for (const name of names) {
    const bit = bitOf(known, name);
    if (bit >= 0) {
      bits = withFlags(bits, flagBit(bit));
    } else if (name.startsWith('\\')) {
      return refuse('keywordInvalid', name);
    } else if (make) {
      if (!/^[\x21\x23\x24\x26\x27\x2b-\x5a\x5e-\x7a\x7c-\x7e|]{1,100}$/.test(name))
        return refuse('keywordInvalid', name);
      if (known.length >= maxKeywords) return refuse('keywordLimit');
      const next = firstKeywordBit + known.length;
      known.push(name);
      bits = withFlags(bits, flagBit(next));
      events.push({ type: 'KeywordNamed', version: 1, data: { bit: next }, personal: { name } });
    }
  }
  return { bits, events };
}

/** Keywords and system flags are the same in any letter case (RFC 9051 §2.3.2). */
function bitOf(keywords: readonly string[], name: string): number {
  const wanted = name.toLowerCase();
  const system = systemFlags.findIndex((flag) => flag.toLowerCase() === wanted);
  if (system >= 0) return system;
  const keyword = keywords.findIndex((known) => known.toLowerCase() === wanted);
  return keyword < 0 ? -1 : firstKeywordBit + keyword;
}

/** COPY and MOVE (RFC 9051 §6.4.7, §6.4.8), inside one account. */
export function transferMessages(
  state: MailstoreState,
  kind: 'copy' | 'move',
  from: Uuid,
  uids: UidRanges,
  to: Uuid,
): DraftEvent[] | Refusal {
  const source = state.mailboxes.get(from);
  const target = state.mailboxes.get(to);
  if (!source || !target) return refuse('mailboxNotFound');
  const existing = existingUids(source, uids);
  if (existing.count === 0) return [];
  if (existing.ranges.length > mailstoreLimits.maxRangeNumbers) return refuse('requestTooLarge');
  if (target.exists + existing.count > mailstoreLimits.maxMessagesPerMailbox) return refuse('mailboxFull');
  const type = kind === 'copy' ? 'MessagesCopied' : 'MessagesMoved';
  return [
    { type, version: 1, data: { from, uids: existing.ranges, to, firstUid: target.uidNext }, personal: null },
  ];
}

/** EXPUNGE and UID EXPUNGE: of the named messages (all, when null) those that bear \Deleted. */
export function expungeDeleted(
  state: MailstoreState,
  id: Uuid,
  uids: UidRanges | null,
): DraftEvent[] | Refusal {
  const mailbox = state.mailboxes.get(id);
  if (!mailbox) return refuse('mailboxNotFound');
  if (mailbox.deleted === 0) return [];
  const doomed: number[] = [];
  for (const place of placesIn(mailbox, uids ?? [1, mailbox.uidNext])) {
    if (lowWord(mailbox.rows.flagsAt(place)) & deletedBit) doomed.push(mailbox.rows.uidAt(place));
  }
  return messagesExpunged(id, rangesOf(doomed));
}

/** Removal by UID whatever their flags: POP3 deletion at QUIT (RFC 1939 §6). */
export function expungeMessages(state: MailstoreState, id: Uuid, uids: UidRanges): DraftEvent[] | Refusal {
  const mailbox = state.mailboxes.get(id);
  if (!mailbox) return refuse('mailboxNotFound');
  return messagesExpunged(id, existingUids(mailbox, uids).ranges);
}

function messagesExpunged(mailbox: Uuid, uids: number[]): DraftEvent[] | Refusal {
  if (uids.length === 0) return [];
  if (uids.length > mailstoreLimits.maxRangeNumbers) return refuse('requestTooLarge');
  return [{ type: 'MessagesExpunged', version: 1, data: { mailbox, uids }, personal: null }];
}

function existingUids(mailbox: Mailbox, uids: UidRanges): { ranges: number[]; count: number } {
  const existing: number[] = [];
  for (const place of placesIn(mailbox, uids)) existing.push(mailbox.rows.uidAt(place));
  return { ranges: rangesOf(existing), count: existing.length };
}

function* placesIn(mailbox: Mailbox, uids: UidRanges): Generator<RowPlace> {
  for (let i = 0; i < uids.length; i += 2) yield* mailbox.rows.between(uids[i]!, uids[i + 1]!);
}
