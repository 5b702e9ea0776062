import type { QresyncParameters } from './protocol/select-arguments.ts';
import { rangesText, resolveSet } from './protocol/sequence-set.ts';
import type { SelectedMailbox } from './selected-mailbox.ts';
import type { Session } from './session.ts';
import { tellRow } from './tell-changes.ts';

/**
 * What a client missed since the state that it kept (RFC 7162 §3.2.5): UIDs that are gone, then flags that
 * changed. Which of the UIDs that it knows are gone follows from those that are there, so that no expunge is ever
 * forgotten; that it may hear of one again does no harm (§3.2.5.1).
 */
export function tellMissed(session: Session, selected: SelectedMailbox, known: QresyncParameters): void {
  const { mailbox } = selected;
  if (known.uidValidity !== mailbox.uidValidity || known.modseq >= mailbox.changedModseq) return;
  const uids =
    known.knownUids === null ? [1, mailbox.uidNext - 1] : resolveSet(known.knownUids, mailbox.uidNext - 1);
  const gone = missingUids(selected, behindMatch(selected, known, uids));
  if (gone.length > 0) session.tell(`VANISHED (EARLIER) ${rangesText(gone)}`);
  tellChangedSince(session, selected, uids, known.modseq);
}

/** `* n FETCH (UID … FLAGS … MODSEQ …)` of what changed behind a MODSEQ among those UIDs. */
function tellChangedSince(
  session: Session,
  selected: SelectedMailbox,
  uids: readonly number[],
  modseq: number,
): void {
  const { rows } = selected.mailbox;
  for (let i = 0; i < uids.length; i += 2) {
    for (const place of rows.between(uids[i]!, uids[i + 1]!)) {
      if (rows.modseqAt(place) > modseq) tellRow(session, selected, place);
    }
  }
}

/** Those of flat ranges that are not in the mailbox, as flat ranges. */
export function missingUids({ numbers }: SelectedMailbox, uids: readonly number[]): number[] {
  const missing: number[] = [];
  for (let i = 0; i < uids.length; i += 2) {
    let next = uids[i]!;
    const last = uids[i + 1]!;
    for (
      let number = numbers.firstFrom(next);
      number <= numbers.count && numbers.uidAt(number) <= last;
      number++
    ) {
      const uid = numbers.uidAt(number);
      if (uid > next) missing.push(next, uid - 1);
      next = uid + 1;
    }
    if (next <= last) missing.push(next, last);
  }
  return missing;
}

/**
 * The client may show pairs of message number and UID that it believes in (RFC 7162 §3.2.5.2). Up to the last pair
 * that still holds nothing is gone, since as many messages are before it as ever.
 */
function behindMatch(selected: SelectedMailbox, known: QresyncParameters, uids: readonly number[]): number[] {
  const matched = lastMatch(selected, known);
  const behind: number[] = [];
  for (let i = 0; i < uids.length; i += 2) {
    const first = Math.max(uids[i]!, matched + 1);
    if (first <= uids[i + 1]!) behind.push(first, uids[i + 1]!);
  }
  return behind;
}

function lastMatch({ numbers }: SelectedMailbox, { matching }: QresyncParameters): number {
  if (matching === null) return 0;
  let matched = 0;
  const believed = singly(matching.uids.pairs);
  for (const number of singly(matching.numbers.pairs)) {
    const uid = believed.next();
    if (uid.done === true || number > numbers.count || numbers.uidAt(number) !== uid.value) break;
    matched = uid.value;
  }
  return matched;
}

function* singly(pairs: readonly number[]): Generator<number> {
  for (let i = 0; i < pairs.length; i += 2) for (let n = pairs[i]!; n <= pairs[i + 1]!; n++) yield n;
}
