/**
 * The directory: what an address means here. It answers from the states that decide (organisation, domain,
 * account), never from a projection.
 */
import type { Dispatcher } from '../dispatch.ts';
import { type AccountState, account } from '../domain/account.ts';
import {
  type Address,
  isPostmaster,
  parseAddress,
  parseDomain,
  parseLocalPart,
  withoutDetail,
} from '../domain/address.ts';
import { type DomainState, domain, type Entry } from '../domain/domain.ts';
import { onlyDomain, organisation } from '../domain/organisation.ts';
import type { Uuid } from '../domain/values.ts';
import type { Tags } from '../tags.ts';

export type RecipientReason = 'direct' | 'alias' | 'group' | 'catch-all' | 'postmaster';

export interface LocalRecipient {
  readonly account: Uuid;
  readonly reason: RecipientReason;
}

export type Resolution =
  | ReachedHere
  /** It belongs to accounts here and all of them are frozen. */
  | { readonly kind: 'frozen'; readonly domain: Uuid; readonly accounts: readonly Uuid[] }
  /** The domain is ours and nobody has this address. */
  | { readonly kind: 'unknown'; readonly domain: Uuid }
  /** Somebody else's domain (A-labels, lower case). */
  | { readonly kind: 'remote'; readonly domain: string }
  /** Not an address. */
  | { readonly kind: 'invalid' };

/** Accounts here. */
export interface ReachedHere {
  readonly kind: 'local';
  readonly domain: Uuid;
  /** Every account that gets a copy, each once, in a stable order. */
  readonly recipients: readonly LocalRecipient[];
  /** Members of a group who get none, because they are frozen. */
  readonly frozenMembers: readonly Uuid[];
}

export interface Directory {
  /**
   * Resolves an envelope recipient, without angle brackets: `local@domain` (UTF-8 and quoted local parts, IDN),
   * or `postmaster` alone (RFC 5321 §4.5.1). Rejects only where the log cannot be read.
   */
  resolve(address: string): Promise<Resolution>;
  /** Is the domain (or bound name) one of ours? Sub-domains only when they are bound themselves (ACC-23). */
  isLocalDomain(domain: string): Promise<boolean>;
  /**
   * May the account use this envelope or header sender? Its own address under every bound name (and with
   * +detail), aliases that lead to it, and addresses granted to it. The null sender (`''`) is nobody's: false.
   */
  maySendAs(account: Uuid, address: string): Promise<boolean>;
  /**
   * Whose own address a login is: a full address under any name of its domain, or the local part alone where
   * there is one domain. Aliases and groups are nobody's login (ACC-16).
   */
  accountOfLogin(login: string): Promise<Uuid | null>;
}

/** Whose a domain's name is. */
export interface DomainNames {
  /** The domain that has this name, as its own or as a bound one; null: it is somebody else's. */
  domainOf(name: string): Promise<Uuid | null>;
}

/** `organisationId`: the stream that owns the domain names. */
export function createDirectory(
  dispatcher: Pick<Dispatcher, 'load'>,
  tags: Tags,
  organisationId: Uuid,
): Directory & DomainNames {
  return new StateDirectory(dispatcher, tags, organisationId);
}

/** Accounts whose states are read at once for a large group. */
const accountsAtOnce = 100;

/** A domain of ours, with the states that decide. */
interface OwnDomain {
  readonly id: Uuid;
  readonly state: DomainState;
  readonly administrator: Uuid | null;
}

class StateDirectory implements Directory, DomainNames {
  readonly #dispatcher: Pick<Dispatcher, 'load'>;
  readonly #tags: Tags;
  readonly #organisation: Uuid;

  constructor(dispatcher: Pick<Dispatcher, 'load'>, tags: Tags, organisationId: Uuid) {
    this.#dispatcher = dispatcher;
    this.#tags = tags;
    this.#organisation = organisationId;
  }

  async resolve(text: string): Promise<Resolution> {
    if (isPostmaster(text)) return this.#resolvePostmaster();
    const address = parseAddress(text);
    if (!address) return { kind: 'invalid' };
    const own = await this.#ownDomain(address.domain);
    if (!own) return { kind: 'remote', domain: address.domain };
    return this.#judge(own.id, this.#recipients(own, address));
  }

  async isLocalDomain(name: string): Promise<boolean> {
    const parsed = parseDomain(name);
    return parsed !== null && (await this.#ownDomain(parsed)) !== null;
  }

  async domainOf(name: string): Promise<Uuid | null> {
    const parsed = parseDomain(name);
    if (parsed === null) return null;
    const { state } = await this.#dispatcher.load(organisation, this.#organisation);
    return state.names.get(this.#tags.domain(parsed))?.domain ?? null;
  }

  async maySendAs(sender: Uuid, text: string): Promise<boolean> {
    const address = parseAddress(text);
    if (!address) return false;
    const { state } = await this.#dispatcher.load(account, sender);
    if (state.status !== 'active') return false;
    if (state.sendAs.has(this.#tags.address(address))) return true;
    const own = await this.#ownDomain(address.domain);
    const entry = own && this.#entry(own, address.localPart);
    return !!entry && entry.kind !== 'group' && entry.account === sender;
  }

  async accountOfLogin(login: string): Promise<Uuid | null> {
    const address = login.includes('@') ? parseAddress(login) : null;
    const localPart = address?.localPart ?? parseLocalPart(login);
    if (localPart === null) return null;
    const own = address ? await this.#ownDomain(address.domain) : await this.#onlyDomain();
    const entry = own?.state.entries.get(this.#tags.registry(localPart, own.id));
    return entry?.kind === 'account' ? entry.account : null;
  }

  /** Mail to `postmaster` without a domain is the administrator's. */
  async #resolvePostmaster(): Promise<Resolution> {
    const { administrator } = (await this.#dispatcher.load(organisation, this.#organisation)).state;
    if (administrator === null) return { kind: 'invalid' };
    const { state } = await this.#dispatcher.load(account, administrator);
    return this.#judge(state.domain ?? '', [{ account: administrator, reason: 'postmaster' }]);
  }

  async #ownDomain(name: string): Promise<OwnDomain | null> {
    const { state } = await this.#dispatcher.load(organisation, this.#organisation);
    const found = state.names.get(this.#tags.domain(name));
    return found ? this.#loadDomain(found.domain, state.administrator) : null;
  }

  async #onlyDomain(): Promise<OwnDomain | null> {
    const { state } = await this.#dispatcher.load(organisation, this.#organisation);
    const only = onlyDomain(state);
    return only === null ? null : this.#loadDomain(only, state.administrator);
  }

  async #loadDomain(id: Uuid, administrator: Uuid | null): Promise<OwnDomain> {
    return { id, state: (await this.#dispatcher.load(domain, id)).state, administrator };
  }

  #entry({ id, state }: OwnDomain, localPart: string): Entry | undefined {
    const exact = state.entries.get(this.#tags.registry(localPart, id));
    if (exact) return exact;
    const base = withoutDetail(localPart);
    return base === null ? undefined : state.entries.get(this.#tags.registry(base, id));
  }

  /** Whom the address means, frozen or not. */
  #recipients(own: OwnDomain, { localPart }: Address): LocalRecipient[] {
    const entry = this.#entry(own, localPart);
    if (entry?.kind === 'group')
      return [...entry.members].map((member) => ({ account: member, reason: 'group' }));
    if (entry) return [{ account: entry.account, reason: entry.kind === 'account' ? 'direct' : 'alias' }];
    if (isPostmaster(withoutDetail(localPart) ?? localPart)) return postmasters(own);
    return own.state.catchAll === null ? [] : [{ account: own.state.catchAll, reason: 'catch-all' }];
  }

  async #judge(domainId: Uuid, meant: readonly LocalRecipient[]): Promise<Resolution> {
    const statuses = await this.#statuses(meant);
    const active = meant.filter((_, i) => statuses[i] === 'active');
    const frozen = meant.filter(({ reason }, i) => statuses[i] === 'frozen' && reason !== 'catch-all');
    const first = active[0];
    // Of those who may stand in for postmaster, one gets the mail.
    const recipients = first?.reason === 'postmaster' ? [first] : active;
    const frozenMembers = frozen.filter(({ reason }) => reason === 'group').map((each) => each.account);
    if (first) return { kind: 'local', domain: domainId, recipients, frozenMembers };
    if (frozen.length === 0) return { kind: 'unknown', domain: domainId };
    return { kind: 'frozen', domain: domainId, accounts: frozen.map((each) => each.account) };
  }

  async #statuses(recipients: readonly LocalRecipient[]): Promise<AccountState['status'][]> {
    const statuses: AccountState['status'][] = [];
    for (let first = 0; first < recipients.length; first += accountsAtOnce) {
      const group = recipients.slice(first, first + accountsAtOnce);
      const loaded = await Promise.all(group.map((each) => this.#dispatcher.load(account, each.account)));
      for (const { state } of loaded) statuses.push(state.status);
    }
    return statuses;
  }
}

/** In the order in which they are asked: the chosen account, then the administrator. */
function postmasters({ state, administrator }: OwnDomain): LocalRecipient[] {
  const accounts = [state.postmaster, administrator].filter((each) => each !== null);
  return [...new Set(accounts)].map((each) => ({ account: each, reason: 'postmaster' }));
}
