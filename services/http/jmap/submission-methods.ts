/** `EmailSubmission/get`, `/changes` and `/query` (RFC 8621 §7.1-7.3). */
import type { SubmissionRow } from '../../../projections/submissions-queries.ts';
import { readChanges } from './changes.ts';
import { judge, readFilter } from './filter.ts';
import { type MailContext, resolvedId, submissionCapability, takeAccount } from './mail-context.ts';
import { invalidArguments, MethodError } from './problem.ts';
import { readWindow, windowOf } from './query-window.ts';
import { ArgumentReader } from './read-arguments.ts';
import { isList, type Json, type JsonMap } from './request.ts';
import type { MethodEntry } from './run-request.ts';
import type { Sending } from './sending.ts';
import { checkProperties, gotten, pick, readGet } from './standard-get.ts';
import {
  deliveryDetails,
  submissionObject,
  submissionProperties,
  undoStatusOf,
} from './submission-object.ts';

/** Newer ones are not looked at: whoever sends more does so by a program. */
const maxLookedAt = 100_000;
const maxIds = 1000;

export function submissionState({ account, sending }: MailContext): string {
  return String(sending.submissions.lastChanged(account.account));
}

export const submissionGet: MethodEntry<MailContext> = {
  capability: submissionCapability,
  run: async (args, context) => {
    const reader = new ArgumentReader(args);
    const { account } = takeAccount(reader, context);
    const asked = readGet(reader);
    reader.end();
    checkProperties(asked.properties, new Set([...submissionProperties, deliveryDetails]));
    const properties = asked.properties ?? [...submissionProperties];
    const { submissions, deliveries, traces } = context.sending;
    const state = submissionState(context);
    const ids = asked.ids ?? submissions.all(account, maxIds).map(({ message }) => message);
    const found = ids.map((id) => submissions.one(account, resolvedId(id, context)));
    const list = found.flatMap((row) =>
      row
        ? [
            pick(
              submissionObject(row, deliveries.ofMessage(row.message), traces.trace(row.message)),
              properties,
            ),
          ]
        : [],
    );
    return gotten(
      account,
      state,
      list,
      ids.filter((_, i) => found[i] === null),
    );
  },
};

export const submissionChanges: MethodEntry<MailContext> = {
  capability: submissionCapability,
  run: async (args, context) => {
    const reader = new ArgumentReader(args);
    const { account } = takeAccount(reader, context);
    const { sinceState, maxChanges } = readChanges(reader);
    reader.end();
    const state = submissionState(context);
    const since = /^\d{1,15}$/.test(sinceState) ? Number(sinceState) : Number.NaN;
    if (!(since <= Number(state)))
      throw new MethodError('cannotCalculateChanges', 'that state is not known here: begin anew');
    const limit = maxChanges ?? maxLookedAt;
    const rows = context.sending.submissions.changedSince(account, since, limit + 1);
    const taken = rows.slice(0, limit);
    const hasMoreChanges = rows.length > limit;
    const of = (isNew: boolean) =>
      taken.filter(({ created }) => created > since === isNew).map(({ message }) => message);
    return {
      accountId: account,
      oldState: sinceState,
      newState: hasMoreChanges ? String(taken.at(-1)!.changed) : state,
      hasMoreChanges,
      created: of(true),
      updated: of(false),
      destroyed: [],
    };
  },
};

export const submissionQuery: MethodEntry<MailContext> = {
  capability: submissionCapability,
  run: async (args, context) => {
    const reader = new ArgumentReader(args);
    const { account } = takeAccount(reader, context);
    const filter = readFilter(reader.optionalMap('filter') ?? {}, (name, value) =>
      conditionOf(name, value, context.sending),
    );
    const compare = comparisonOf(reader.optionalMaps('sort') ?? []);
    const window = readWindow(reader);
    reader.end();
    const rows = context.sending.submissions.all(account, maxLookedAt);
    const found = rows.filter((row) => judge(filter, (holds) => holds(row)));
    const ids = found.sort(compare).map(({ message }) => message);
    const { position, ids: shown, limit } = windowOf(ids, window, maxIds);
    return {
      accountId: account,
      queryState: submissionState(context),
      canCalculateChanges: false,
      position,
      ids: shown,
      ...(window.calculateTotal && { total: ids.length }),
      ...(limit !== null && { limit }),
    };
  },
};

type Condition = (row: SubmissionRow) => boolean;

function conditionOf(name: string, value: Json, { traces }: Pick<Sending, 'traces'>): Condition {
  const among = (of: (row: SubmissionRow) => string): Condition => {
    if (!isList(value)) throw invalidArguments(`filter/${name} is not a list of ids`);
    return (row) => value.includes(of(row));
  };
  switch (name) {
    case 'identityIds':
      return among(({ identity }) => identity);
    case 'emailIds':
      return among(({ email }) => email);
    case 'threadIds':
      return among(({ thread }) => thread);
    case 'undoStatus':
      return ({ message }) => value === undoStatusOf(traces.trace(message));
    case 'before':
    case 'after': {
      const atMs = typeof value === 'string' ? Date.parse(value) : Number.NaN;
      if (Number.isNaN(atMs)) throw invalidArguments(`filter/${name} is not a UTC date`);
      return ({ sentAtMs }) => (name === 'before' ? sentAtMs < atMs : sentAtMs >= atMs);
    }
    default:
      throw new MethodError('unsupportedFilter', `${name} is not a condition for submissions`);
  }
}

const sortKeys: Readonly<Record<string, (row: SubmissionRow) => string | number>> = {
  emailId: ({ email }) => email,
  threadId: ({ thread }) => thread,
  sentAt: ({ sentAtMs }) => sentAtMs,
};

function comparisonOf(sort: readonly JsonMap[]): (a: SubmissionRow, b: SubmissionRow) => number {
  const comparisons = sort.map(({ property, isAscending }) => {
    const key = typeof property === 'string' && Object.hasOwn(sortKeys, property) ? sortKeys[property] : null;
    if (!key) throw new MethodError('unsupportedSort', `submissions are sorted by ${Object.keys(sortKeys)}`);
    const direction = isAscending === false ? -1 : 1;
    return (a: SubmissionRow, b: SubmissionRow) =>
      key(a) === key(b) ? 0 : direction * (key(a) < key(b) ? -1 : 1);
  });
  return (a, b) => comparisons.reduce((order, compare) => order || compare(a, b), 0) || b.created - a.created;
}
