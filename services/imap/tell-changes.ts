/** Untagged data about the selected mailbox that no command asked for (RFC 9051 §7.4, §7.5). */
import { systemFlags } from '../domain/flags.ts';
import type { RowPlace } from '../domain/mailbox-rows.ts';
import type { MailboxChange } from './pending-changes.ts';
import { rangesInOrder, rangesText } from './protocol/sequence-set.ts';
import type { SelectedMailbox } from './selected-mailbox.ts';
import type { Session } from './session.ts';

/**
 * Tells what has happened since the client was last told. `expungesToo`: message numbers may change now
 * (RFC 9051 §7.5.1: not while FETCH, STORE or SEARCH is answered, not between commands).
 */
export function tellChanges(session: Session, expungesToo: boolean): void {
  const { selected } = session;
  if (selected === null || selected.pending.isEmpty) return;
  tellKeywords(session, selected);
  const changes = selected.pending.take(expungesToo);
  let countChanged = false;
  for (const change of changes) {
    if (change.kind !== 'arrived' && countChanged) tellCount(session, selected);
    if (change.kind === 'arrived') arrive(selected, change.uids);
    else if (change.kind === 'expunged') tellExpunged(session, selected, change.uids);
    else tellFlags(session, selected, change);
    countChanged = change.kind === 'arrived';
  }
  if (countChanged) tellCount(session, selected);
}

function arrive(selected: SelectedMailbox, uids: readonly number[]): void {
  for (let i = 0; i < uids.length; i += 2) selected.arrive(uids[i]!, uids[i + 1]!);
}

function tellCount(session: Session, selected: SelectedMailbox): void {
  session.tell(`${selected.numbers.count} EXISTS`);
  if (!session.mode.rev2) session.tell(`${selected.recentCount} RECENT`);
}

function tellExpunged(session: Session, selected: SelectedMailbox, uids: readonly number[]): void {
  const { numbers } = selected;
  if (!session.mode.qresync) {
    for (const number of numbers.remove(uids)) session.tell(`${number} EXPUNGE`);
    return;
  }
  const known = rangesInOrder(uidsOf(selected, numbers.numbersOfUids(uids)));
  numbers.remove(uids);
  if (known.length > 0) session.tell(`VANISHED ${rangesText(known)}`);
}

function* uidsOf({ numbers }: SelectedMailbox, ranges: readonly number[]): Generator<number> {
  for (let i = 0; i < ranges.length; i += 2) {
    for (let number = ranges[i]!; number <= ranges[i + 1]!; number++) yield numbers.uidAt(number);
  }
}

/**
 * Each message once, with the last change to it: a row that has changed again is told with that change, or, where
 * that is behind an expunge that had to wait, behind the expunge.
 */
function tellFlags(session: Session, selected: SelectedMailbox, { uids, modseq }: MailboxChange): void {
  const { rows } = selected.mailbox;
  for (let i = 0; i < uids.length; i += 2) {
    for (const place of rows.between(uids[i]!, uids[i + 1]!)) {
      if (rows.modseqAt(place) <= modseq) tellRow(session, selected, place);
    }
  }
}

/** `* n FETCH (UID … FLAGS (…))` of one row, where the client knows the message. */
export function tellRow(session: Session, selected: SelectedMailbox, place: RowPlace): void {
  const { rows } = selected.mailbox;
  const uid = rows.uidAt(place);
  const number = selected.numbers.numberOf(uid);
  if (number === 0) return;
  const modseq = session.mode.condstore ? ` MODSEQ (${rows.modseqAt(place)})` : '';
  session.tell(`${number} FETCH (UID ${uid} FLAGS (${flagsText(session, selected, place)})${modseq})`);
}

/** Flags of a row, `\Recent` among them for clients of IMAP4rev1. */
export function flagsText(session: Session, selected: SelectedMailbox, place: RowPlace): string {
  const { rows } = selected.mailbox;
  const text = selected.flagTexts.of(rows.flagsAt(place));
  if (session.mode.rev2 || !selected.isRecent(rows.uidAt(place))) return text;
  return text === '' ? '\\Recent' : `${text} \\Recent`;
}

/** FLAGS again where the account has new keywords since it was last told (RFC 9051 §7.3.5). */
function tellKeywords(session: Session, selected: SelectedMailbox): void {
  if (selected.state.keywords.length > selected.keywordsTold) tellFlagNames(session, selected);
}

/** FLAGS and PERMANENTFLAGS (RFC 9051 §6.3.2). */
export function tellFlagNames(session: Session, selected: SelectedMailbox): void {
  const { keywords } = selected.state;
  const names = [...systemFlags, ...keywords].join(' ');
  selected.keywordsTold = keywords.length;
  session.tell(`FLAGS (${names})`);
  const permanent = selected.readOnly ? '' : `${names} \\*`;
  session.tell(`OK [PERMANENTFLAGS (${permanent})] Flags that are kept`);
}
