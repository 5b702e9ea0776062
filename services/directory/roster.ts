/**
 * Who belongs to the people, groups, departments and domains that rules name, out of the states that decide. Kept until an event
 * of a domain or of the organisation may have changed it.
 */

import type { Roster, RosterList } from '../../policies/rule-language/rule-facts.ts';
import type { ScopeName } from '../../policies/rule-language/rule-set.ts';
import type { Dispatcher } from '../dispatch.ts';
import { parseAddress, parseDomain } from '../domain/address.ts';
import { belowOf } from '../domain/departments.ts';
import { type DomainState, domain, type Entry } from '../domain/domain.ts';
import { organisation } from '../domain/organisation.ts';
import type { Uuid } from '../domain/values.ts';
import type { Tags } from '../tags.ts';

type Members = ReadonlySet<Uuid> | null;

export class Rosters {
  readonly #dispatcher: Pick<Dispatcher, 'load' | 'onEvent'>;
  readonly #tags: Tags;
  readonly #organisation: Uuid;
  /** By list and name; null for a name that is not here. */
  #members = new Map<string, Promise<Members>>();

  constructor(dispatcher: Pick<Dispatcher, 'load' | 'onEvent'>, tags: Tags, organisationId: Uuid) {
    this.#dispatcher = dispatcher;
    this.#tags = tags;
    this.#organisation = organisationId;
    for (const category of ['domain', 'organisation']) {
      dispatcher.onEvent(category, () => {
        this.#members = new Map();
      });
    }
  }

  async of(names: readonly ScopeName[]): Promise<Roster> {
    const known = new Map<string, Members>();
    for (const { list, name } of names) known.set(keyOf(list, name), await this.membersOf(list, name));
    return {
      has: (list, name, account) => known.get(keyOf(list, name))?.has(account) ?? null,
    };
  }

  /** Null where there is no such name. */
  membersOf(list: RosterList, name: string): Promise<Members> {
    const key = keyOf(list, name);
    const members = this.#members;
    const known = members.get(key);
    if (known) return known;
    const found = this.#find(list, name);
    members.set(key, found);
    found.catch(() => members.delete(key));
    return found;
  }

  async #find(list: RosterList, name: string): Promise<Members> {
    if (list === 'departments') return this.#department(name);
    if (list === 'domains') return (await this.#domain(parseDomain(name)))?.state.accounts ?? null;
    const entry = await this.#entry(name);
    if (!entry) return null;
    if (list === 'groups') return entry.kind === 'group' ? entry.members : null;
    return entry.kind === 'group' ? null : new Set([entry.account]);
  }

  /** Everybody in it, and in the departments below it. */
  async #department(name: string): Promise<Members> {
    const { departments } = (await this.#dispatcher.load(organisation, this.#organisation)).state;
    const department = departments.byTag.get(this.#tags.department(name));
    if (department === undefined) return null;
    const below = belowOf(departments, department);
    return new Set([...departments.ofAccount].flatMap(([account, of]) => (below.has(of) ? [account] : [])));
  }

  async #entry(text: string): Promise<Entry | undefined> {
    const address = parseAddress(text);
    const own = address && (await this.#domain(address.domain));
    return own?.state.entries.get(this.#tags.registry(address!.localPart, own.id));
  }

  async #domain(name: string | null): Promise<{ readonly id: Uuid; readonly state: DomainState } | null> {
    if (name === null) return null;
    const { state } = await this.#dispatcher.load(organisation, this.#organisation);
    const found = state.names.get(this.#tags.domain(name));
    return found
      ? { id: found.domain, state: (await this.#dispatcher.load(domain, found.domain)).state }
      : null;
  }
}

function keyOf(list: RosterList, name: string): string {
  return `${list} ${name}`;
}
