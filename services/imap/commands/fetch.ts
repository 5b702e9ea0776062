import { isRefusal } from '../../domain/refusals.ts';
import { rangesOf } from '../../domain/uid-ranges.ts';
import { UnknownEncoding } from '../fetch-binary.ts';
import { type FetchOutcome, fetchMessages } from '../fetch-messages.ts';
import { type FetchPlan, fetchPlan } from '../fetch-plan.ts';
import { fetchRows } from '../fetch-rows.ts';
import type { CommandOf } from '../protocol/command.ts';
import { rangesText, resolveSet } from '../protocol/sequence-set.ts';
import { bad, ok, type Reply, refused, replyTo, unavailable } from '../replies.ts';
import { missingUids } from '../resynchronise.ts';
import type { Session } from '../session.ts';

type Fetch = CommandOf<'FETCH'>;

/** FETCH and UID FETCH (RFC 9051 §6.4.5, §6.4.9), with CHANGEDSINCE and VANISHED (RFC 7162 §3.1.4, §3.2.6). */
export async function fetch(session: Session, command: Fetch): Promise<Reply> {
  if (command.vanished && !(command.byUid && session.mode.qresync))
    return bad('VANISHED needs UID FETCH and QRESYNC');
  const { view } = session;
  const numbers = view.select(command.set, command.byUid);
  if (numbers === null) return bad('There is no message of that number');
  const plan = fetchPlan(command);
  if (plan.rowItems.includes('MODSEQ')) session.mode.condstore = true;
  const isOfRows = plan.structureItems.length === 0 && plan.octetsItems.length === 0;
  if (isOfRows) session.owner.recorder.read(view.mailbox.id, view.numbers.uidRanges(numbers), 'flags');
  if (!(await session.mayReveal())) return unavailable;
  if (command.vanished) tellVanished(session, command);
  if (isOfRows) return replyOf(command, await fetchRows(session, plan, numbers));
  return fetchWithContent(session, command, plan, numbers);
}

async function fetchWithContent(
  session: Session,
  command: Fetch,
  plan: FetchPlan,
  numbers: readonly number[],
): Promise<Reply> {
  let outcome: FetchOutcome;
  try {
    outcome = await fetchMessages(session, plan, numbers);
  } catch (error) {
    if (error instanceof UnknownEncoding)
      return refused('The part has an encoding that is not known', 'UNKNOWN-CTE');
    throw error;
  }
  const refusal = await markSeen(session, outcome.unseen);
  if (refusal !== null) return refusal;
  if (outcome.stopped) return unavailable;
  // RFC 5530 §3
  if (outcome.damaged > 0) return refused('Some messages are damaged; the others were shown', 'CORRUPTION');
  return replyOf(command, outcome.missing);
}

/** One change for all messages that were shown; told like any other change of flags. */
async function markSeen(session: Session, unseen: readonly number[]): Promise<Reply | null> {
  const { mailbox, readOnly } = session.view;
  if (unseen.length === 0 || readOnly) return null;
  const uids = rangesOf(unseen);
  const outcome = await session.execute({
    kind: 'changeFlags',
    mailbox: mailbox.id,
    uids,
    mode: 'add',
    names: ['\\Seen'],
  });
  return isRefusal(outcome) ? replyTo(outcome) : null;
}

function tellVanished(session: Session, { set }: Fetch): void {
  const { view } = session;
  const uids = set.saved ? view.savedUids : resolveSet(set, view.mailbox.uidNext - 1);
  const gone = missingUids(view, uids);
  if (gone.length > 0) session.tell(`VANISHED (EARLIER) ${rangesText(gone)}`);
}

/** RFC 9051 §6.4.9: a UID that is gone is no error; a message number that the client was never told is gone is said. */
function replyOf({ byUid }: Fetch, missing: number): Reply {
  return missing > 0 && !byUid ? ok('Some are gone', 'EXPUNGEISSUED') : ok('That is all');
}
