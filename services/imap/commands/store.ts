import { modseqOf } from '../../domain/mailstore-state.ts';
import { isRefusal } from '../../domain/refusals.ts';
import { rangesSize } from '../../domain/uid-ranges.ts';
import type { MailstoreOutcome } from '../../mailstores/mailstores.ts';
import type { CommandOf } from '../protocol/command.ts';
import { rangesInOrder, rangesText } from '../protocol/sequence-set.ts';
import { bad, ok, type Reply, refused, replyTo } from '../replies.ts';
import type { SelectedMailbox } from '../selected-mailbox.ts';
import type { Session } from '../session.ts';
import { tellFlagNames, tellRow } from '../tell-changes.ts';

type Store = CommandOf<'STORE'>;

/** STORE and UID STORE (RFC 9051 §6.4.6), with UNCHANGEDSINCE (RFC 7162 §3.1.3). */
export async function store(session: Session, command: Store): Promise<Reply> {
  const { view } = session;
  if (view.readOnly) return refused('The mailbox is open for looking only', 'NOPERM');
  const numbers = view.select(command.set, command.byUid);
  if (numbers === null) return bad('There is no message of that number');
  if (command.unchangedSince !== null) session.mode.condstore = true;
  const uids = view.numbers.uidRanges(numbers);
  const outcome = await session.execute({
    kind: 'changeFlags',
    mailbox: view.mailbox.id,
    uids,
    mode: command.action,
    names: command.flags,
    ...(command.unchangedSince === null ? {} : { unchangedSince: command.unchangedSince }),
  });
  if (isRefusal(outcome)) return replyTo(outcome);
  if (outcome.events.length > 0) session.owner.recorder.acted('store', view.mailbox.id, rangesSize(numbers));
  const missing = tellOutcome(session, view, command, uids, outcome);
  return replyOf(view, command, outcome, missing);
}

/** New flags of the messages, in answer to this command; how many of them are gone. */
function tellOutcome(
  session: Session,
  view: SelectedMailbox,
  command: Store,
  uids: readonly number[],
  outcome: MailstoreOutcome,
): number {
  const { rows } = view.mailbox;
  if (view.state.keywords.length > view.keywordsTold) tellFlagNames(session, view);
  const changed = outcome.events.at(-1);
  const modseq = changed === undefined ? 0 : modseqOf(changed.epoch, changed.revision);
  // Who changes flags silently knows its own change, but not what others changed on the same messages before.
  if (!command.silent || !view.pending.holdsFlagsBeside(modseq)) view.pending.forgetFlags(modseq);
  const untouched = new Set(outcome.modified);
  let found = 0;
  for (let i = 0; i < uids.length; i += 2) {
    for (const place of rows.between(uids[i]!, uids[i + 1]!)) {
      found++;
      // RFC 7162 §3.1.3: the new MODSEQ is said even when the flags are not wanted.
      const isNews = !command.silent || (session.mode.condstore && rows.modseqAt(place) === modseq);
      if (isNews && !untouched.has(rows.uidAt(place))) tellRow(session, view, place);
    }
  }
  return knownMessages(view, uids) - found;
}

function knownMessages({ numbers }: SelectedMailbox, uids: readonly number[]): number {
  return rangesSize(numbers.numbersOfUids(uids));
}

function replyOf(
  { numbers }: SelectedMailbox,
  command: Store,
  { modified }: MailstoreOutcome,
  missing: number,
): Reply {
  if (modified.length > 0) {
    const named = command.byUid ? modified : modified.map((uid) => numbers.numberOf(uid));
    return ok('Some had changed before', `MODIFIED ${rangesText(rangesInOrder(named))}`);
  }
  if (missing > 0 && !command.byUid) return ok('Some are gone', 'EXPUNGEISSUED');
  return ok('Stored');
}
