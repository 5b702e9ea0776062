import type { Mailbox } from '../../domain/mailstore-state.ts';
import { isRefusal, type Refusal, refuse } from '../../domain/refusals.ts';
import { rangesSize } from '../../domain/uid-ranges.ts';
import type { MailstoreOutcome } from '../../mailstores/mailstores.ts';
import type { CommandOf } from '../protocol/command.ts';
import { rangesText } from '../protocol/sequence-set.ts';
import { bad, ok, type Reply, refused, replyTo } from '../replies.ts';
import type { SelectedMailbox } from '../selected-mailbox.ts';
import type { Session } from '../session.ts';

/** COPY and MOVE and their UID forms (RFC 9051 §6.4.7, §6.4.8). */
export async function transfer(session: Session, command: CommandOf<'COPY'>): Promise<Reply> {
  const { view } = session;
  const isMove = command.verb === 'MOVE';
  if (isMove && view.readOnly) return refused('The mailbox is open for looking only', 'NOPERM');
  const numbers = view.select(command.set, command.byUid);
  if (numbers === null) return bad('There is no message of that number');
  const target = await session.mailbox(command.mailbox);
  if (isRefusal(target)) return replyToTarget(target);
  const uids = view.numbers.uidRanges(numbers);
  const full = isMove ? null : await refusalForSize(session, view, uids);
  if (full !== null) return replyTo(full);
  const kind = isMove ? 'move' : 'copy';
  const outcome = await session.execute({ kind, from: view.mailbox.id, uids, to: target.id });
  if (isRefusal(outcome)) return replyTo(outcome);
  session.owner.recorder.acted(kind, view.mailbox.id, rangesSize(numbers));
  return replyWithUids(session, isMove, target, outcome);
}

/** RFC 9051 §6.4.7: the client may make the mailbox and try again. */
function replyToTarget(refusal: Refusal): Reply {
  return refusal.refused === 'mailboxNotFound'
    ? { ...replyTo(refusal), code: 'TRYCREATE' }
    : replyTo(refusal);
}

/** A copy takes room of its own; a move does not. */
async function refusalForSize(
  session: Session,
  { mailbox }: SelectedMailbox,
  uids: readonly number[],
): Promise<Refusal | null> {
  const left = await session.services.room.octetsLeft(session.owner.account);
  if (left === Number.POSITIVE_INFINITY) return null;
  let octets = 0;
  for (let i = 0; i < uids.length; i += 2) {
    for (const place of mailbox.rows.between(uids[i]!, uids[i + 1]!))
      octets += mailbox.rows.sizeOctetsAt(place);
  }
  return octets > left ? refuse('overQuota') : null;
}

/** COPYUID (RFC 4315 §3): of a MOVE before the expunges that it causes (RFC 6851 §4.3). */
function replyWithUids(
  session: Session,
  isMove: boolean,
  target: Mailbox,
  { events }: MailstoreOutcome,
): Reply {
  const transferred = events.at(-1);
  if (transferred === undefined) return ok('There was nothing to take');
  const from = transferred.data['uids'] as number[];
  const first = transferred.data['firstUid'] as number;
  const to = [first, first + rangesSize(from) - 1];
  const code = `COPYUID ${target.uidValidity} ${rangesText(from)} ${rangesText(to)}`;
  if (!isMove) return ok('Copied', code);
  session.tell(`OK [${code}] Moved`);
  return ok('Moved');
}
