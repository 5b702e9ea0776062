import type { CommandOf } from '../protocol/command.ts';
import type { SearchReturn } from '../protocol/search-arguments.ts';
import type { SearchKey } from '../protocol/search-keys.ts';
import { rangesInOrder, rangesText } from '../protocol/sequence-set.ts';
import { bad, ok, type Reply, unavailable } from '../replies.ts';
import { searchMessages } from '../search-messages.ts';
import { queryText } from '../search-query-text.ts';
import type { SelectedMailbox } from '../selected-mailbox.ts';
import type { Session } from '../session.ts';

type Search = CommandOf<'SEARCH'>;

/** SEARCH and UID SEARCH (RFC 9051 §6.4.4) with ESEARCH, SEARCHRES and MODSEQ (RFC 7162 §3.1.5). */
export async function search(session: Session, command: Search, tag: string): Promise<Reply> {
  const { view } = session;
  const saves = command.returns?.includes('SAVE') ?? false;
  const found = await findMessages(session, command);
  if (found !== null)
    session.owner.recorder.searched(view.mailbox.id, queryText(command.criteria), found.length);
  if (found === null || !(await session.mayReveal())) {
    // RFC 9051 §6.4.4.1: a search that fails leaves nothing saved.
    if (saves) view.savedUids = [];
    return found === null ? bad('There is no message of that number') : unavailable;
  }
  if (saves) view.savedUids = rangesInOrder(savedOf(command.returns!, found));
  tellFound(session, command, tag, found);
  return ok('Searched');
}

/** Null where the search names a message number that does not exist. */
async function findMessages(session: Session, { criteria }: Search): Promise<number[] | null> {
  if (namesMissing(criteria, session.view)) return null;
  const asksModseq = holds(criteria, (key) => key.key === 'MODSEQ');
  if (asksModseq) session.mode.condstore = true;
  return searchMessages(session, criteria);
}

/** A message number that does not exist is an error, wherever in the search it stands. */
function namesMissing(criteria: SearchKey, view: SelectedMailbox): boolean {
  return (
    view.numbers.count > 0 &&
    holds(criteria, (key) => key.key === 'SEQUENCE' && view.select(key.set, false) === null)
  );
}

function holds(key: SearchKey, wanted: (key: SearchKey) => boolean): boolean {
  if (wanted(key)) return true;
  if (key.key === 'NOT') return holds(key.of, wanted);
  if (key.key === 'OR') return holds(key.left, wanted) || holds(key.right, wanted);
  return key.key === 'AND' && key.of.some((each) => holds(each, wanted));
}

/** RFC 9051 §6.4.4.4: with MIN or MAX alone, only those are saved. */
function savedOf(returns: readonly SearchReturn[], uids: readonly number[]): readonly number[] {
  if (returns.includes('ALL') || returns.includes('COUNT')) return uids;
  const edges = [
    ...(returns.includes('MIN') ? uids.slice(0, 1) : []),
    ...(returns.includes('MAX') ? uids.slice(-1) : []),
  ];
  return returns.includes('MIN') || returns.includes('MAX') ? [...new Set(edges)] : uids;
}

function tellFound(session: Session, command: Search, tag: string, uids: readonly number[]): void {
  const { view } = session;
  const numbers = command.byUid ? uids : uids.map((uid) => view.numbers.numberOf(uid));
  const modseq = modseqText(session, command, uids);
  if (command.returns === null && !session.mode.rev2) {
    session.tell(`${['SEARCH', ...numbers].join(' ')}${modseq === '' ? '' : ` (${modseq})`}`);
    return;
  }
  const returns = (command.returns ?? ['ALL']).filter((option) => option !== 'SAVE');
  // RFC 9051 §6.4.4.1: who only saves wants to hear nothing.
  if (returns.length === 0) return;
  const results = returns.map((option) => resultText(option, numbers)).filter((text) => text !== '');
  const parts = [`ESEARCH (TAG "${tag}")`, command.byUid ? 'UID' : '', ...results, modseq];
  session.tell(parts.filter((part) => part !== '').join(' '));
}

/** RFC 9051 §7.3.4: MIN, MAX and ALL are left out where nothing was found. */
function resultText(option: SearchReturn, numbers: readonly number[]): string {
  if (option === 'COUNT') return `COUNT ${numbers.length}`;
  if (numbers.length === 0) return '';
  if (option === 'MIN') return `MIN ${numbers[0]}`;
  if (option === 'MAX') return `MAX ${numbers.at(-1)}`;
  return `ALL ${rangesText(rangesInOrder(numbers))}`;
}

/** The highest MODSEQ of what was found, where the search asked for MODSEQ (RFC 7162 §3.1.5). */
function modseqText({ view }: Session, { criteria }: Search, uids: readonly number[]): string {
  if (uids.length === 0 || !holds(criteria, (key) => key.key === 'MODSEQ')) return '';
  const { rows } = view.mailbox;
  let highest = 0;
  for (const uid of uids) {
    const place = rows.find(uid);
    if (place >= 0) highest = Math.max(highest, rows.modseqAt(place));
  }
  return `MODSEQ ${highest}`;
}
