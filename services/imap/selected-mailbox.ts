import type { LoggedEvent } from '../domain/event.ts';
import type { Mailbox, MailstoreState } from '../domain/mailstore-state.ts';
import { modseqOf } from '../domain/mailstore-state.ts';
import { rangesHold, rangesSize } from '../domain/uid-ranges.ts';
import { FlagTexts } from './flag-texts.ts';
import { MessageNumbers } from './message-numbers.ts';
import { type MailboxChange, PendingChanges } from './pending-changes.ts';
import type { SequenceSet } from './protocol/sequence-set.ts';
import type { Recents } from './recents.ts';

/** A session's view of the mailbox that it has selected. */
export class SelectedMailbox {
  /** Changes by acknowledged events, ahead of what the client knows. */
  readonly state: MailstoreState;
  readonly mailbox: Mailbox;
  readonly readOnly: boolean;
  readonly numbers: MessageNumbers;
  readonly pending = new PendingChanges();
  readonly flagTexts: FlagTexts;
  /** Keywords that the client has been told of. */
  keywordsTold: number;
  /** UIDs that SEARCH RETURN (SAVE) found (RFC 5182), flat ranges; those since expunged drop out when used. */
  savedUids: readonly number[] = [];
  /** The mailbox has been deleted. */
  gone = false;
  readonly #recents: Recents;
  /** UIDs that are recent in this session, flat ranges. */
  readonly #recentUids: number[] = [];

  constructor(state: MailstoreState, mailbox: Mailbox, readOnly: boolean, recents: Recents) {
    this.state = state;
    this.mailbox = mailbox;
    this.readOnly = readOnly;
    this.numbers = new MessageNumbers(mailbox.rows.allUids());
    this.flagTexts = new FlagTexts(state.keywords);
    this.keywordsTold = state.keywords.length;
    this.#recents = recents;
    this.#claimRecent(mailbox.uidNext - 1);
  }

  /** The client is told of messages up to `lastUid`. A session that only looks leaves \Recent to the next (RFC 3501 §6.3.2). */
  #claimRecent(lastUid: number): void {
    const { id } = this.mailbox;
    const first = this.readOnly
      ? this.#recents.firstUnclaimed(id, lastUid + 1)
      : this.#recents.claim(id, lastUid + 1);
    if (first <= lastUid) this.#recentUids.push(first, lastUid);
  }

  isRecent(uid: number): boolean {
    return this.#recentUids.length > 0 && rangesHold(this.#recentUids, uid);
  }

  get recentCount(): number {
    return rangesSize(this.numbers.numbersOfUids(this.#recentUids));
  }

  /** The client is told that these have come. */
  arrive(firstUid: number, lastUid: number): void {
    this.numbers.append(firstUid, lastUid);
    this.#claimRecent(lastUid);
  }

  /** Message numbers of a set; null where it names one that does not exist. */
  select(set: SequenceSet, byUid: boolean): number[] | null {
    if (set.saved) return this.numbers.numbersOfUids(this.savedUids);
    return this.numbers.ranges(set, byUid);
  }

  /** UIDs of a set of UIDs, flat ranges. */
  selectUids(set: SequenceSet): number[] {
    const numbers = this.select(set, true) ?? [];
    return this.numbers.uidRanges(numbers);
  }

  /** Takes note of an event of the mailstore, right after it changed the state. */
  note(event: LoggedEvent): void {
    for (const change of this.#changesOf(event)) this.pending.add(change);
    if (event.type === 'MailboxDeleted' && event.data['mailbox'] === this.mailbox.id) this.gone = true;
  }

  #changesOf({ type, data, epoch, revision }: LoggedEvent): MailboxChange[] {
    const modseq = modseqOf(epoch, revision);
    const uids = data['uids'] as number[];
    const isHere = (member: string): boolean => data[member] === this.mailbox.id;
    const changes: MailboxChange[] = [];
    if (type === 'MessagesMoved' && isHere('from')) changes.push({ kind: 'expunged', modseq, uids });
    if (type === 'MessagesExpunged' && isHere('mailbox')) changes.push({ kind: 'expunged', modseq, uids });
    if (type === 'FlagsChanged' && isHere('mailbox')) changes.push({ kind: 'flags', modseq, uids });
    const arrives = type === 'MessagesFiled' ? isHere('mailbox') : isArrivalFromHome(type) && isHere('to');
    if (arrives)
      changes.push({ kind: 'arrived', modseq, uids: this.#arrivedUids(data['firstUid'] as number) });
    return changes;
  }

  /** The state has taken the event in and nothing behind it: what arrived reaches up to UIDNEXT. */
  #arrivedUids(firstUid: number): number[] {
    const last = this.mailbox.uidNext - 1;
    return last < firstUid ? [] : [firstUid, last];
  }
}

function isArrivalFromHome(type: string): boolean {
  return type === 'MessagesCopied' || type === 'MessagesMoved';
}
