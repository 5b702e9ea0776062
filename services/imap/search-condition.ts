import { firstKeywordBit, hasFlag, systemFlags } from '../domain/flags.ts';
import type { MailboxRows, RowPlace } from '../domain/mailbox-rows.ts';
import { rangesHold } from '../domain/uid-ranges.ts';
import { fieldWish, type MailContent } from '../mailstores/mail-content.ts';
import { type Soon, soon } from '../memory/soon.ts';
import type { DateRelation, SearchKey } from './protocol/search-keys.ts';
import type { SelectedMailbox } from './selected-mailbox.ts';
import { sentDay } from './sent-day.ts';

const msPerDay = 86_400_000;
const dateField = new Set(['date']);

/** One message while it is searched. */
export interface SearchedRow {
  readonly number: number;
  readonly uid: number;
  readonly place: RowPlace;
}

/** One condition on a message. */
export interface Condition {
  /** What the row alone says: null where the octets must be asked. */
  byRow(row: SearchedRow): boolean | null;
  /** What row and octets say. The row's place may be old: only conditions that `byRow` left open are asked. */
  byContent(row: SearchedRow, content: MailContent): Soon<boolean>;
}

/** The condition of a search key in this mailbox, at this moment. */
export function conditionOf(key: SearchKey, view: SelectedMailbox, nowMs: number): Condition {
  const { rows } = view.mailbox;
  switch (key.key) {
    case 'ALL':
      return onRow(() => true);
    case 'RECENT':
      return onRow(({ uid }) => view.isRecent(uid));
    case 'OLD':
      return onRow(({ uid }) => !view.isRecent(uid));
    case 'NEW':
      return onRow(({ uid, place }) => view.isRecent(uid) && !hasFlag(rows.flagsAt(place), 0));
    case 'FLAG':
      return flagCondition(key.flag, key.set, view);
    case 'LARGER':
      return onRow(({ place }) => rows.sizeOctetsAt(place) > key.octets);
    case 'SMALLER':
      return onRow(({ place }) => rows.sizeOctetsAt(place) < key.octets);
    case 'OLDER':
      return onRow(({ place }) => rows.dateMsAt(place) <= nowMs - key.seconds * 1000);
    case 'YOUNGER':
      return onRow(({ place }) => rows.dateMsAt(place) >= nowMs - key.seconds * 1000);
    case 'SEQUENCE': {
      const numbers = view.select(key.set, false) ?? [];
      return onRow(({ number }) => rangesHold(numbers, number));
    }
    case 'UID': {
      const numbers = view.select(key.set, true) ?? [];
      return onRow(({ number }) => rangesHold(numbers, number));
    }
    case 'MODSEQ':
      return onRow(({ place }) => rows.modseqAt(place) >= key.atLeast);
    case 'EMAILID':
      return onRow(({ place }) => rows.messageAt(place) === key.id);
    case 'THREADID':
      return onRow(({ place }) => rows.threadAt(place) === key.id);
    case 'DATE':
      return key.of === 'internal'
        ? internalDate(rows, key.relation, key.day)
        : sentDate(key.relation, key.day);
    case 'HEADER': {
      const wish = fieldWish(key.field, key.text);
      return onContent((content) => content.hasField(wish));
    }
    case 'BODY':
      return onContent((content) => content.hasInBody(key.text));
    case 'TEXT':
      return onContent((content) => content.hasAnywhere(key.text));
    case 'NOT':
      return not(conditionOf(key.of, view, nowMs));
    case 'OR':
      return either([conditionOf(key.left, view, nowMs), conditionOf(key.right, view, nowMs)]);
    case 'AND':
      return all(key.of.map((each) => conditionOf(each, view, nowMs)));
  }
}

function onRow(holds: (row: SearchedRow) => boolean): Condition {
  return { byRow: holds, byContent: holds };
}

function onContent(holds: (content: MailContent) => Soon<boolean>): Condition {
  return { byRow: () => null, byContent: (_, content) => holds(content) };
}

function flagCondition(name: string, set: boolean, { state, mailbox }: SelectedMailbox): Condition {
  const wanted = name.toLowerCase();
  const isWanted = (known: string): boolean => known.toLowerCase() === wanted;
  const system = systemFlags.findIndex(isWanted);
  const keyword = state.keywords.findIndex(isWanted);
  const bit = system >= 0 ? system : keyword >= 0 ? firstKeywordBit + keyword : -1;
  return onRow(({ place }) => (bit >= 0 && hasFlag(mailbox.rows.flagsAt(place), bit)) === set);
}

function relates(day: number, relation: DateRelation, to: number): boolean {
  if (relation === 'before') return day < to;
  return relation === 'on' ? day === to : day >= to;
}

/** The day is that of INTERNALDATE as this server shows it, in UTC. */
function internalDate(rows: MailboxRows, relation: DateRelation, day: number): Condition {
  return onRow(({ place }) => relates(Math.floor(rows.dateMsAt(place) / msPerDay), relation, day));
}

function sentDate(relation: DateRelation, day: number): Condition {
  return onContent((content) =>
    soon(content.fields(dateField), ([value]) => {
      const sent = value === undefined ? null : sentDay(value);
      return sent !== null && relates(sent, relation, day);
    }),
  );
}

function not(condition: Condition): Condition {
  return {
    byRow: (row) => {
      const holds = condition.byRow(row);
      return holds === null ? null : !holds;
    },
    byContent: (row, content) => soon(condition.byContent(row, content), (holds) => !holds),
  };
}

function all(conditions: readonly Condition[]): Condition {
  return {
    byRow: (row) => {
      let open = false;
      for (const condition of conditions) {
        const holds = condition.byRow(row);
        if (holds === false) return false;
        open ||= holds === null;
      }
      return open ? null : true;
    },
    byContent: (row, content) => allFrom(conditions, 0, row, content),
  };
}

function allFrom(
  conditions: readonly Condition[],
  first: number,
  row: SearchedRow,
  content: MailContent,
): Soon<boolean> {
  for (let i = first; i < conditions.length; i++) {
    const condition = conditions[i]!;
    const holds = condition.byRow(row) ?? condition.byContent(row, content);
    if (holds instanceof Promise)
      return holds.then((held) => held && allFrom(conditions, i + 1, row, content));
    if (!holds) return false;
  }
  return true;
}

function either(conditions: readonly Condition[]): Condition {
  const neither = all(conditions.map(not));
  return not(neither);
}
