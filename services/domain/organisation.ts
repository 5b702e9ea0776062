/**
 * Stream `organisation-<uuid>`: which domain names belong here. A name leads to one domain and no more
 * (ACC-22); further names are bound to a domain and taken off again at any time (ACC-20); a sub-domain is a
 * name of its own (ACC-23). Names are sealed, their tags route. Its departments stand in `departments.ts`,
 * its working time in `calendar.ts`.
 */
import { parseDomain } from './address.ts';
import {
  type CalendarCommand,
  calendarEvents,
  decideCalendar,
  evolveCalendar,
  type HouseCalendar,
  noCalendar,
} from './calendar.ts';
import {
  type DepartmentCommand,
  type Departments,
  decideDepartment,
  departmentEvents,
  evolveDepartment,
  noDepartments,
} from './departments.ts';
import { defineEvents } from './event-type.ts';
import { type Aggregate, type Decision, drafterOf, type FactOf } from './fact.ts';
import { refuse } from './refusals.ts';
import type { Uuid } from './values.ts';

export const organisationEvents = defineEvents({
  DomainAdded: {
    version: 1,
    means: 'A mail domain was set up under its main name.',
    clear: { domain: 'uuid', tag: 'tag' },
    personal: { name: 'the domain name, A-labels' },
  },
  DomainBound: {
    version: 1,
    means: 'A further name was bound to a domain: the same local part under it is the same mailbox.',
    clear: { domain: 'uuid', tag: 'tag' },
    personal: { name: 'the domain name, A-labels' },
  },
  DomainUnbound: {
    version: 1,
    means: 'A bound name was taken off; mail to it is no longer ours.',
    clear: { tag: 'tag' },
  },
  AdministratorNamed: {
    version: 1,
    means: 'An account became the one that answers for the whole installation; postmaster falls back to it.',
    clear: { account: 'uuid' },
  },
  ...departmentEvents,
  ...calendarEvents,
});

export type OrganisationCommand =
  /** `name` as A-labels in lower case, `tag` made of it (`domainTagText`). */
  | { readonly kind: 'addDomain'; readonly domain: Uuid; readonly tag: string; readonly name: string }
  | { readonly kind: 'bindDomain'; readonly domain: Uuid; readonly tag: string; readonly name: string }
  | { readonly kind: 'unbindDomain'; readonly tag: string }
  | { readonly kind: 'nameAdministrator'; readonly account: Uuid }
  | DepartmentCommand
  | CalendarCommand;

export interface DomainName {
  readonly domain: Uuid;
  readonly bound: boolean;
}

export interface OrganisationState {
  /** By tag, main names and bound ones. */
  readonly names: Map<string, DomainName>;
  readonly domains: Set<Uuid>;
  administrator: Uuid | null;
  readonly departments: Departments;
  readonly calendar: HouseCalendar;
}

const draft = drafterOf(organisationEvents);

function decide(state: OrganisationState, command: OrganisationCommand): Decision {
  switch (command.kind) {
    case 'addDomain':
    case 'bindDomain':
      return decideName(state, command);
    case 'unbindDomain':
      if (!state.names.get(command.tag)?.bound) return refuse('domainNotFound');
      return { events: [draft('DomainUnbound', { tag: command.tag })] };
    case 'nameAdministrator':
      if (state.administrator === command.account) return { events: [] };
      return { events: [draft('AdministratorNamed', { account: command.account })] };
    case 'setWorkingHours':
    case 'importHolidays':
      return decideCalendar(command);
    default:
      return decideDepartment(state.departments, command);
  }
}

function decideName(
  state: OrganisationState,
  { kind, domain, tag, name }: OrganisationCommand & { kind: 'addDomain' | 'bindDomain' },
): Decision {
  if (parseDomain(name) !== name) return refuse('domainNameInvalid');
  if (state.names.has(tag)) return refuse('domainTaken');
  if (kind === 'bindDomain') {
    if (!state.domains.has(domain)) return refuse('domainNotFound');
    return { events: [draft('DomainBound', { domain, tag }, { name })] };
  }
  if (state.domains.has(domain)) return refuse('domainTaken');
  return { events: [draft('DomainAdded', { domain, tag }, { name })] };
}

function evolve(state: OrganisationState, fact: FactOf<typeof organisationEvents>): OrganisationState {
  const { type, data } = fact;
  switch (type) {
    case 'DomainAdded':
      state.domains.add(data.domain);
      state.names.set(data.tag, { domain: data.domain, bound: false });
      break;
    case 'DomainBound':
      state.names.set(data.tag, { domain: data.domain, bound: true });
      break;
    case 'DomainUnbound':
      state.names.delete(data.tag);
      break;
    case 'AdministratorNamed':
      state.administrator = data.account;
      break;
    case 'WorkingHoursSet':
    case 'HolidaysImported':
      evolveCalendar(state.calendar, fact);
      break;
    default:
      evolveDepartment(state.departments, fact);
  }
  return state;
}

export const organisation: Aggregate<OrganisationState, OrganisationCommand> = {
  category: 'organisation',
  initial: (): OrganisationState => ({
    names: new Map(),
    domains: new Set(),
    administrator: null,
    departments: noDepartments(),
    calendar: noCalendar(),
  }),
  decide,
  evolve,
};

/** The domain's id where there is exactly one: then a login may be a local part alone. */
export function onlyDomain(state: OrganisationState): Uuid | null {
  return state.domains.size === 1 ? [...state.domains][0]! : null;
}
