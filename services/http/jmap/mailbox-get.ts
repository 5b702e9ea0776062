/** `Mailbox/get` and `Mailbox/query` (RFC 8621 §2.1, §2.3). */
import type { Mailbox } from '../../domain/mailstore-state.ts';
import { judge, readFilter } from './filter.ts';
import { stateText } from './mail-account.ts';
import { type MailContext, mailCapability, takeAccount } from './mail-context.ts';
import { byOrderAndName, inTreeOrder, mailboxObject } from './mailbox-object.ts';
import { invalidArguments, MethodError } from './problem.ts';
import { readWindow, windowOf } from './query-window.ts';
import { ArgumentReader } from './read-arguments.ts';
import type { Json, JsonMap } from './request.ts';
import type { MethodEntry } from './run-request.ts';
import { checkProperties, gotten, pick, readGet } from './standard-get.ts';

const properties = new Set([
  'id',
  'name',
  'parentId',
  'role',
  'sortOrder',
  'totalEmails',
  'unreadEmails',
  'totalThreads',
  'unreadThreads',
  'myRights',
  'isSubscribed',
]);

export const mailboxGet: MethodEntry<MailContext> = {
  capability: mailCapability,
  run: async (args, context) => {
    const reader = new ArgumentReader(args);
    const account = takeAccount(reader, context);
    const asked = readGet(reader);
    reader.end();
    checkProperties(asked.properties, properties);
    const state = await account.open();
    const ids = asked.ids ?? [...state.mailboxes.keys()];
    const found = ids.flatMap((id) => state.mailboxes.get(id) ?? []);
    const list = found.map((mailbox) =>
      pick(mailboxObject(mailbox, account.counter.countsOf(mailbox)), asked.properties),
    );
    const notFound = ids.filter((id) => !state.mailboxes.has(id));
    return gotten(account.account, stateText(state), list, notFound);
  },
};

/** More mailboxes than an account may have. */
const maxIds = 5000;

export const mailboxQuery: MethodEntry<MailContext> = {
  capability: mailCapability,
  run: async (args, context) => {
    const reader = new ArgumentReader(args);
    const account = takeAccount(reader, context);
    const filter = reader.optionalMap('filter');
    const sort = reader.optionalMaps('sort');
    const sortAsTree = reader.flag('sortAsTree');
    reader.flag('filterAsTree');
    const window = readWindow(reader);
    reader.end();
    const state = await account.open();
    const conditions = readFilter(filter ?? {}, conditionOf);
    const ordered = sortAsTree ? inTreeOrder(state) : [...state.mailboxes.values()].sort(orderOf(sort));
    const ids = ordered
      .filter((mailbox) => judge(conditions, (matches) => matches(mailbox)))
      .map(({ id }) => id);
    const { position, ids: shown, limit } = windowOf(ids, window, maxIds);
    return {
      accountId: account.account,
      queryState: stateText(state),
      canCalculateChanges: false,
      position,
      ids: shown,
      ...(window.calculateTotal && { total: ids.length }),
      ...(limit !== null && { limit }),
    };
  },
};

type Matches = (mailbox: Mailbox) => boolean;

function conditionOf(name: string, value: Json): Matches {
  switch (name) {
    case 'parentId':
      return ({ parent }) => parent === value;
    case 'name':
      if (typeof value !== 'string') throw invalidArguments('filter/name is not a string');
      return (mailbox) => (mailbox.name ?? '').toLocaleLowerCase().includes(value.toLocaleLowerCase());
    case 'role':
      return ({ role }) => (role === 'none' ? null : role) === value;
    case 'hasAnyRole':
      return ({ role }) => (role !== 'none') === value;
    case 'isSubscribed':
      return ({ subscribed }) => subscribed === value;
    default:
      throw new MethodError('unsupportedFilter', `${name} is not a condition for mailboxes`);
  }
}

function orderOf(sort: readonly JsonMap[] | null): (a: Mailbox, b: Mailbox) => number {
  const comparators = (sort ?? []).map(({ property, isAscending }) => {
    const direction = isAscending === false ? -1 : 1;
    if (property === 'name')
      return (a: Mailbox, b: Mailbox) => direction * (a.name ?? '').localeCompare(b.name ?? '');
    if (property === 'sortOrder') return (a: Mailbox, b: Mailbox) => direction * byOrderAndName(a, b);
    throw new MethodError('unsupportedSort', 'mailboxes are sorted by name and sortOrder');
  });
  comparators.push(byOrderAndName);
  return (a, b) => comparators.reduce((order, compare) => order || compare(a, b), 0);
}
