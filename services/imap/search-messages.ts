import { setImmediate as nextTurn } from 'node:timers/promises';
import { TimeSlice } from '../../projections/time-slice.ts';
import { MailContent } from '../mailstores/mail-content.ts';
import { type Soon, soon } from '../memory/soon.ts';
import type { SearchKey } from './protocol/search-keys.ts';
import { type Condition, conditionOf, type SearchedRow } from './search-condition.ts';
import type { SelectedMailbox } from './selected-mailbox.ts';
import type { Session } from './session.ts';

/** Rows looked at before others get their turn. */
const rowsPerTurn = 20_000;

/** UIDs of the messages that a search finds, ascending, as far as the client knows them. */
export async function searchMessages(session: Session, criteria: SearchKey): Promise<number[]> {
  const { view } = session;
  const condition = conditionOf(criteria, view, Date.now());
  const numbers = candidates(criteria, view);
  const found: number[] = [];
  for (let i = 0; i < numbers.length; i += 2) {
    for (let first = numbers[i]!; first <= numbers[i + 1]!; first += rowsPerTurn) {
      const last = Math.min(numbers[i + 1]!, first + rowsPerTurn - 1);
      await searchRows(session, condition, first, last, found);
      if (last - first + 1 === rowsPerTurn) await nextTurn();
    }
  }
  return found;
}

/** Where the search names a set outright, the others need not be looked at. */
function candidates(key: SearchKey, view: SelectedMailbox): readonly number[] {
  const keys = key.key === 'AND' ? key.of : [key];
  for (const each of keys) {
    if (each.key === 'SEQUENCE' || each.key === 'UID') return view.select(each.set, each.key === 'UID') ?? [];
  }
  return view.numbers.count === 0 ? [] : [1, view.numbers.count];
}

async function searchRows(
  session: Session,
  condition: Condition,
  first: number,
  last: number,
  found: number[],
): Promise<void> {
  const { numbers, mailbox } = session.view;
  const open: SearchedRow[] = [];
  const decided: number[] = [];
  let number = first;
  for (const place of mailbox.rows.between(numbers.uidAt(first), numbers.uidAt(last))) {
    const uid = mailbox.rows.uidAt(place);
    while (numbers.uidAt(number) < uid) number++;
    const row = { number, uid, place };
    const holds = condition.byRow(row);
    if (holds) decided.push(uid);
    else if (holds === null) open.push(row);
  }
  const slice = new TimeSlice();
  for (const { number, uid } of open) {
    if (slice.isOver()) await slice.next();
    if (session.connection.isGone) return;
    const holds = holdsInContent(session, condition, number, uid);
    if (holds instanceof Promise ? await holds : holds) decided.push(uid);
  }
  if (open.length > 0) decided.sort((a, b) => a - b);
  for (const uid of decided) found.push(uid);
}

/** Asks the octets. The row is found again: the mailbox may have changed meanwhile. */
function holdsInContent(session: Session, condition: Condition, number: number, uid: number): Soon<boolean> {
  const { rows } = session.view.mailbox;
  const { mails } = session.services;
  const place = rows.find(uid);
  if (place < 0) return false;
  const message = rows.messageAt(place);
  const known = mails.cached(message);
  if (known !== null && known.view !== null) {
    return condition.byContent({ number, uid, place }, new MailContent(mails, known.mail, known.view));
  }
  return soon(mails.open(message), (mail) => {
    const now = rows.find(uid);
    if (mail === null || now < 0) return false;
    return condition.byContent({ number, uid, place: now }, new MailContent(mails, mail));
  });
}
