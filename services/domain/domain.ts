/**
 * Stream `domain-<uuid>`: who has which address in one domain. An address is an account's own, an alias of
 * one account (ACC-16) or a group (ACC-15), never two of them. Local parts are sealed, their tags
 * (`registryTagText`) route.
 */
import { isLocalPart } from './address.ts';
import { type DkimCommand, type DkimKeySets, decideDkim, dkimEvents, evolveDkim } from './domain-signing.ts';
import type { DraftEvent } from './event.ts';
import { defineEvents } from './event-type.ts';
import { type Aggregate, type Decision, drafterOf, type FactOf } from './fact.ts';
import { type Refusal, refuse } from './refusals.ts';
import type { Uuid } from './values.ts';

const localPart = 'the local part as typed, NFC';

export const domainEvents = defineEvents({
  AddressAssigned: {
    version: 1,
    means: 'An address became the own address of an account. It is never changed afterwards.',
    clear: { tag: 'tag', account: 'uuid' },
    personal: { localPart },
  },
  AliasAdded: {
    version: 1,
    means: 'An address was made an alias: mail to it arrives at an account of the same domain.',
    clear: { tag: 'tag', account: 'uuid' },
    personal: { localPart },
  },
  AliasRemoved: { version: 1, means: 'An alias was taken away.', clear: { tag: 'tag' } },
  GroupAdded: {
    version: 1,
    means: 'An address was made a group; mail to it is copied to every member.',
    clear: { tag: 'tag', members: 'uuids' },
    personal: { localPart },
  },
  GroupMembersAdded: {
    version: 1,
    means: 'Members joined a group.',
    clear: { tag: 'tag', members: 'uuids' },
  },
  GroupMembersRemoved: {
    version: 1,
    means: 'Members left a group.',
    clear: { tag: 'tag', members: 'uuids' },
  },
  GroupRemoved: { version: 1, means: 'A group was taken away.', clear: { tag: 'tag' } },
  CatchAllSet: {
    version: 1,
    means:
      'It was decided what happens to mail for addresses that do not exist: one account gets it, or (null) it is refused.',
    clear: { account: 'uuid?' },
  },
  PostmasterSet: {
    version: 1,
    means: 'An account was chosen for mail to postmaster; null leaves it to the administrator.',
    clear: { account: 'uuid?' },
  },
  ...dkimEvents,
});

/** Members named by one event; a group itself has no limit. */
export const maxMembersPerEvent = 500;
/** Members named by one command, so that its events fit into one append. */
export const maxMembersPerCommand = 20_000;

interface AtTag {
  /** `registryTagText` of the local part, keyed. */
  readonly tag: string;
}
interface Named extends AtTag {
  readonly localPart: string;
}

/** That accounts of other domains exist is for the caller to see to; those of this one are in the state. */
export type DomainCommand =
  | (Named & { readonly kind: 'assignAddress'; readonly account: Uuid })
  | (Named & { readonly kind: 'addAlias'; readonly account: Uuid })
  | (AtTag & { readonly kind: 'removeAlias' })
  | (Named & { readonly kind: 'addGroup'; readonly members: readonly Uuid[] })
  | (AtTag & { readonly kind: 'addMembers'; readonly members: readonly Uuid[] })
  | (AtTag & { readonly kind: 'removeMembers'; readonly members: readonly Uuid[] })
  | (AtTag & { readonly kind: 'removeGroup' })
  | { readonly kind: 'setCatchAll'; readonly account: Uuid | null }
  | { readonly kind: 'setPostmaster'; readonly account: Uuid | null }
  | DkimCommand;

export type Entry =
  | { readonly kind: 'account'; readonly account: Uuid }
  | { readonly kind: 'alias'; readonly account: Uuid }
  | { readonly kind: 'group'; readonly members: Set<Uuid> };

export interface DomainState {
  /** By registry tag. */
  readonly entries: Map<string, Entry>;
  /** Accounts that have their own address here. */
  readonly accounts: Set<Uuid>;
  catchAll: Uuid | null;
  postmaster: Uuid | null;
  readonly dkim: DkimKeySets;
}

const draft = drafterOf(domainEvents);

function decide(state: DomainState, command: DomainCommand): Decision {
  switch (command.kind) {
    case 'assignAddress':
      return decideAddress(state, command);
    case 'addAlias':
      return decideAlias(state, command);
    case 'removeAlias':
      if (state.entries.get(command.tag)?.kind !== 'alias') return refuse('addressNotFound');
      return { events: [draft('AliasRemoved', { tag: command.tag })] };
    case 'addGroup':
      return decideGroup(state, command);
    case 'addMembers':
    case 'removeMembers':
    case 'removeGroup':
      return decideMembers(state, command);
    case 'setCatchAll':
      if (command.account !== null && !state.accounts.has(command.account)) return refuse('accountNotFound');
      if (command.account === state.catchAll) return { events: [] };
      return { events: [draft('CatchAllSet', { account: command.account })] };
    case 'setPostmaster':
      if (command.account === state.postmaster) return { events: [] };
      return { events: [draft('PostmasterSet', { account: command.account })] };
    default:
      return decideDkim(state.dkim, command);
  }
}

/** Why no new entry can stand under that name; null when one can. */
function refuseName(state: DomainState, { tag, localPart }: Named): Refusal | null {
  if (!isLocalPart(localPart)) return refuse('addressInvalid');
  return state.entries.has(tag) ? refuse('addressTaken') : null;
}

function decideAddress(state: DomainState, command: DomainCommand & { kind: 'assignAddress' }): Decision {
  const refused = refuseName(state, command);
  if (refused) return refused;
  const { tag, account, localPart } = command;
  if (state.accounts.has(account)) return refuse('addressTaken', 'the account has its address already');
  return { events: [draft('AddressAssigned', { tag, account }, { localPart })] };
}

function decideAlias(state: DomainState, command: DomainCommand & { kind: 'addAlias' }): Decision {
  const refused = refuseName(state, command);
  if (refused) return refused;
  const { tag, account, localPart } = command;
  if (!state.accounts.has(account)) return refuse('aliasTargetInvalid');
  return { events: [draft('AliasAdded', { tag, account }, { localPart })] };
}

function decideGroup(state: DomainState, command: DomainCommand & { kind: 'addGroup' }): Decision {
  const refused = refuseName(state, command);
  if (refused) return refused;
  const { tag, localPart } = command;
  const members = [...new Set(command.members)];
  if (members.length === 0) return refuse('groupEmpty');
  if (members.length > maxMembersPerCommand) return refuse('requestTooLarge');
  const added = draft('GroupAdded', { tag, members: members.slice(0, maxMembersPerEvent) }, { localPart });
  return { events: [added, ...byGroups('GroupMembersAdded', tag, members.slice(maxMembersPerEvent))] };
}

function decideMembers(
  state: DomainState,
  command: DomainCommand & { kind: 'addMembers' | 'removeMembers' | 'removeGroup' },
): Decision {
  const { tag } = command;
  const group = state.entries.get(tag);
  if (group?.kind !== 'group') return refuse('addressNotFound');
  if (command.kind === 'removeGroup') return { events: [draft('GroupRemoved', { tag })] };
  const named = [...new Set(command.members)];
  if (named.length > maxMembersPerCommand) return refuse('requestTooLarge');
  if (command.kind === 'addMembers') {
    return {
      events: byGroups(
        'GroupMembersAdded',
        tag,
        named.filter((member) => !group.members.has(member)),
      ),
    };
  }
  const leaving = named.filter((member) => group.members.has(member));
  if (leaving.length === group.members.size) return refuse('groupEmpty');
  return { events: byGroups('GroupMembersRemoved', tag, leaving) };
}

function byGroups(
  type: 'GroupMembersAdded' | 'GroupMembersRemoved',
  tag: string,
  members: readonly Uuid[],
): DraftEvent[] {
  const events: DraftEvent[] = [];
  for (let first = 0; first < members.length; first += maxMembersPerEvent) {
    events.push(draft(type, { tag, members: members.slice(first, first + maxMembersPerEvent) }));
  }
  return events;
}

function evolve(state: DomainState, fact: FactOf<typeof domainEvents>): DomainState {
  const { type, data } = fact;
  switch (type) {
    case 'AddressAssigned':
      state.entries.set(data.tag, { kind: 'account', account: data.account });
      state.accounts.add(data.account);
      break;
    case 'AliasAdded':
      state.entries.set(data.tag, { kind: 'alias', account: data.account });
      break;
    case 'GroupAdded':
      state.entries.set(data.tag, { kind: 'group', members: new Set(data.members) });
      break;
    case 'GroupMembersAdded':
    case 'GroupMembersRemoved':
      evolveMembers(state.entries.get(data.tag), type === 'GroupMembersAdded', data.members);
      break;
    case 'AliasRemoved':
    case 'GroupRemoved':
      state.entries.delete(data.tag);
      break;
    case 'CatchAllSet':
      state.catchAll = data.account;
      break;
    case 'PostmasterSet':
      state.postmaster = data.account;
      break;
    default:
      evolveDkim(state.dkim, fact);
  }
  return state;
}

function evolveMembers(group: Entry | undefined, join: boolean, members: readonly Uuid[]): void {
  if (group?.kind !== 'group') return;
  for (const member of members) {
    if (join) group.members.add(member);
    else group.members.delete(member);
  }
}

export const domain: Aggregate<DomainState, DomainCommand> = {
  category: 'domain',
  initial: (): DomainState => ({
    entries: new Map(),
    accounts: new Set(),
    catchAll: null,
    postmaster: null,
    dkim: new Map(),
  }),
  decide,
  evolve,
};
