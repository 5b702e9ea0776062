/**
 * What an administrator does to domains, accounts, aliases and groups: names become tags and ids, and one
 * request becomes the commands on the streams that it touches. A request that was cut off in the middle can be
 * repeated: what it had done already is found and continued.
 */
import { randomUUID } from 'node:crypto';
import type { Dispatched, Dispatcher } from '../dispatch.ts';
import { type AccountCommand, type AccountState, account, type GrantedRole } from '../domain/account.ts';
import { type Address, addressText, parseAddress, parseDomain } from '../domain/address.ts';
import { type DomainCommand, type DomainState, domain } from '../domain/domain.ts';
import type { Actor, CommandContext } from '../domain/event.ts';
import { type OrganisationCommand, type OrganisationState, organisation } from '../domain/organisation.ts';
import { isRefusal, type Refusal, type RefusalCode, Refused, refuse } from '../domain/refusals.ts';
import type { Uuid } from '../domain/values.ts';
import { makeVerifier, passwordProblem, preparePassword } from '../sign-in/passwords.ts';
import type { Tags } from '../tags.ts';

export interface NewAccount {
  readonly address: string;
  /** Null: nobody can sign in before a password is set. */
  readonly password: string | null;
  readonly realName: string;
  /** 0 is unlimited. */
  readonly quotaOctets: number;
  readonly roles: readonly GrantedRole[];
}

export interface AddedDomain {
  readonly domain: Uuid;
  /** Address of the administrator that came with it; null where there was one already. */
  readonly administrator: string | null;
}

/** An address of ours, taken apart. */
interface Placed {
  readonly address: Address;
  readonly domain: Uuid;
  /** In the domain's registry. */
  readonly tag: string;
}

/** Every method throws `Refused` where the domain says no. */
export class Administration {
  readonly #dispatcher: Dispatcher;
  readonly #tags: Tags;
  readonly #organisation: Uuid;

  constructor(dispatcher: Dispatcher, tags: Tags, organisationId: Uuid) {
    this.#dispatcher = dispatcher;
    this.#tags = tags;
    this.#organisation = organisationId;
  }

  /**
   * The first domain of an installation brings its administrator with it, `admin@` there and without a password, so
   * that mail to postmaster is read from the first day on (RFC 5321 §4.5.1).
   */
  async addDomain(name: string, actor: Actor): Promise<AddedDomain> {
    const domainId = randomUUID();
    const named = this.#domainName(name);
    await this.#inOrganisation({ kind: 'addDomain', domain: domainId, ...named }, actor);
    if ((await this.#administrator()) !== null) return { domain: domainId, administrator: null };
    const address = `admin@${named.name}`;
    const roles = ['administrator'] as const;
    await this.addAccount({ address, password: null, realName: '', quotaOctets: 0, roles }, actor);
    return { domain: domainId, administrator: address };
  }

  /** Sets the administrator's password where there is none yet; without any domain, `admin@localhost` is made. */
  async ensureAdministrator(password: string, actor: Actor): Promise<void> {
    if ((await this.#administrator()) === null) await this.addDomain('localhost', actor);
    const id = (await this.#administrator())!;
    if ((await this.accountState(id)).verifier !== null) return;
    await this.#inAccount(id, { kind: 'setPassword', verifier: await verifierOf(password) }, actor);
  }

  /** Whether there is an administrator who has a password. */
  async administratorCanSignIn(): Promise<boolean> {
    const id = await this.#administrator();
    return id !== null && (await this.accountState(id)).verifier !== null;
  }

  /** Null before the first domain, or once it has been erased. */
  async administratorAddress(): Promise<string | null> {
    const id = await this.#administrator();
    return id === null ? null : (await this.accountState(id)).address;
  }

  /** Mail to `name` goes where mail to the domain goes (ACC-20). */
  async bindDomain(name: string, to: string, actor: Actor): Promise<void> {
    const domainId = await this.#domainOf(parsedDomain(to));
    await this.#inOrganisation({ kind: 'bindDomain', domain: domainId, ...this.#domainName(name) }, actor);
  }

  async unbindDomain(name: string, actor: Actor): Promise<void> {
    await this.#inOrganisation({ kind: 'unbindDomain', tag: this.#domainName(name).tag }, actor);
  }

  async addAccount(wanted: NewAccount, actor: Actor): Promise<Uuid> {
    const verifier = wanted.password === null ? null : await verifierOf(wanted.password);
    const placed = await this.#place(wanted.address);
    const id = await this.#assign(placed, actor);
    const { realName, quotaOctets, roles } = wanted;
    const address = addressText(placed.address);
    await this.#inAccount(
      id,
      { kind: 'open', domain: placed.domain, address, realName, quotaOctets, roles, verifier },
      actor,
    );
    if (roles.includes('administrator')) await this.#nameFirstAdministrator(id, actor);
    return id;
  }

  /** Why `addAccount` would refuse it as things are now; null where it would not. Changes nothing. */
  async refusalToAdd({ address, password }: NewAccount): Promise<Refusal | null> {
    const problem = password === null ? null : passwordProblem(password);
    if (problem !== null) return refuse(problem);
    try {
      const placed = await this.#place(address);
      const { tag, address: parsed, domain: domainId } = placed;
      if ((await this.#assigned(placed)) !== null) return null;
      const { state } = await this.#dispatcher.load(domain, domainId);
      const command = {
        kind: 'assignAddress',
        tag,
        localPart: parsed.localPart,
        account: randomUUID(),
      } as const;
      const decision = domain.decide(state, command);
      return isRefusal(decision) ? decision : null;
    } catch (error) {
      if (error instanceof Refused) return error.refusal;
      throw error;
    }
  }

  async setPassword(address: string, password: string, actor: Actor): Promise<void> {
    await this.#inAccount(
      await this.accountOf(address),
      { kind: 'setPassword', verifier: await verifierOf(password) },
      actor,
    );
  }

  /** Changes of an account that need nothing but its command. */
  async changeAccount(address: string, command: AccountCommand, actor: Actor): Promise<void> {
    await this.#inAccount(await this.accountOf(address), command, actor);
  }

  /** The account may send under that address as well (RCV-20). */
  async grantSendAs(address: string, other: string, actor: Actor): Promise<void> {
    const parsed = parsedAddress(other);
    const command = {
      kind: 'grantSendAs',
      tag: this.#tags.address(parsed),
      address: addressText(parsed),
    } as const;
    await this.changeAccount(address, command, actor);
  }

  /** `alias` leads to the account of `target`, in the same domain (ACC-16). */
  async addAlias(alias: string, target: string, actor: Actor): Promise<void> {
    const { domain: domainId, tag, address } = await this.#place(alias);
    const to = await this.accountOf(target);
    await this.#inDomain(
      domainId,
      { kind: 'addAlias', tag, localPart: address.localPart, account: to },
      actor,
    );
  }

  async removeAlias(alias: string, actor: Actor): Promise<void> {
    const { domain: domainId, tag } = await this.#place(alias);
    await this.#inDomain(domainId, { kind: 'removeAlias', tag }, actor);
  }

  /** Mail to the group goes to every member (ACC-15). */
  async addGroup(group: string, members: readonly string[], actor: Actor): Promise<void> {
    const { domain: domainId, tag, address } = await this.#place(group);
    const accounts = await this.#accountsOf(members);
    await this.#inDomain(
      domainId,
      { kind: 'addGroup', tag, localPart: address.localPart, members: accounts },
      actor,
    );
  }

  async changeMembers(
    kind: 'addMembers' | 'removeMembers',
    group: string,
    members: readonly string[],
    actor: Actor,
  ): Promise<void> {
    const { domain: domainId, tag } = await this.#place(group);
    await this.#inDomain(domainId, { kind, tag, members: await this.#accountsOf(members) }, actor);
  }

  async removeGroup(group: string, actor: Actor): Promise<void> {
    const { domain: domainId, tag } = await this.#place(group);
    await this.#inDomain(domainId, { kind: 'removeGroup', tag }, actor);
  }

  /** Where mail to unknown addresses of the domain goes; null: it is refused (ACC-18). */
  async setCatchAll(domainName: string, to: string | null, actor: Actor): Promise<void> {
    const domainId = await this.#domainOf(parsedDomain(domainName));
    await this.#inDomain(
      domainId,
      { kind: 'setCatchAll', account: to === null ? null : await this.accountOf(to) },
      actor,
    );
  }

  /** Who reads mail to postmaster@ the domain; null: the administrator. */
  async setPostmaster(domainName: string, to: string | null, actor: Actor): Promise<void> {
    const domainId = await this.#domainOf(parsedDomain(domainName));
    await this.#inDomain(
      domainId,
      { kind: 'setPostmaster', account: to === null ? null : await this.accountOf(to) },
      actor,
    );
  }

  /** The account that has this address as its own. */
  async accountOf(address: string): Promise<Uuid> {
    const { domain: domainId, tag } = await this.#place(address);
    const { state } = await this.#dispatcher.load(domain, domainId);
    const entry = state.entries.get(tag);
    if (entry?.kind !== 'account') throw new Refused(refuse('accountNotFound', address));
    return entry.account;
  }

  async accountState(id: Uuid): Promise<AccountState> {
    return (await this.#dispatcher.load(account, id)).state;
  }

  async #accountsOf(addresses: readonly string[]): Promise<Uuid[]> {
    return Promise.all(addresses.map((address) => this.accountOf(address)));
  }

  /** The id that a cut-off request has given the address, without opening its account; null otherwise. */
  async #assigned({ domain: domainId, tag }: Placed): Promise<Uuid | null> {
    const { state } = await this.#dispatcher.load(domain, domainId);
    const entry = state.entries.get(tag);
    if (entry?.kind !== 'account') return null;
    return (await this.accountState(entry.account)).status === 'absent' ? entry.account : null;
  }

  /** The account's id in the domain's registry; one that a cut-off request assigned is taken up again. */
  async #assign(placed: Placed, actor: Actor): Promise<Uuid> {
    const assigned = await this.#assigned(placed);
    if (assigned !== null) return assigned;
    const { address, domain: domainId, tag } = placed;
    const id = randomUUID();
    await this.#inDomain(
      domainId,
      { kind: 'assignAddress', tag, localPart: address.localPart, account: id },
      actor,
    );
    return id;
  }

  async #administrator(): Promise<Uuid | null> {
    return (await this.#dispatcher.load(organisation, this.#organisation)).state.administrator;
  }

  async #nameFirstAdministrator(id: Uuid, actor: Actor): Promise<void> {
    if ((await this.#administrator()) !== null) return;
    await this.#inOrganisation({ kind: 'nameAdministrator', account: id }, actor);
  }

  async #place(text: string): Promise<Placed> {
    const address = parsedAddress(text);
    const domainId = await this.#domainOf(address.domain);
    return { address, domain: domainId, tag: this.#tags.registry(address.localPart, domainId) };
  }

  async #domainOf(name: string): Promise<Uuid> {
    const { state } = await this.#dispatcher.load(organisation, this.#organisation);
    const found = state.names.get(this.#tags.domain(name));
    if (!found) throw new Refused(refuse('domainNotFound', name));
    return found.domain;
  }

  #domainName(text: string): { name: string; tag: string } {
    const name = parsedDomain(text);
    return { name, tag: this.#tags.domain(name) };
  }

  #inOrganisation(command: OrganisationCommand, actor: Actor): Promise<Dispatched<OrganisationState>> {
    return accepted(this.#dispatcher.dispatch(organisation, this.#organisation, command, contextOf(actor)));
  }

  #inDomain(id: Uuid, command: DomainCommand, actor: Actor): Promise<Dispatched<DomainState>> {
    return accepted(this.#dispatcher.dispatch(domain, id, command, contextOf(actor)));
  }

  #inAccount(id: Uuid, command: AccountCommand, actor: Actor): Promise<Dispatched<AccountState>> {
    return accepted(this.#dispatcher.dispatch(account, id, command, contextOf(actor)));
  }
}

function contextOf(actor: Actor): CommandContext {
  return { actor, cause: null, now: Date.now() };
}

async function accepted<S>(outcome: Promise<Dispatched<S> | Refusal>): Promise<Dispatched<S>> {
  const settled = await outcome;
  if (isRefusal(settled)) throw new Refused(settled);
  return settled;
}

function parsedAddress(text: string): Address {
  return parseAddress(text) ?? refused('addressInvalid', text);
}

function parsedDomain(text: string): string {
  return parseDomain(text) ?? refused('domainNameInvalid', text);
}

function refused(code: RefusalCode, detail: string): never {
  throw new Refused(refuse(code, detail));
}

async function verifierOf(password: string): Promise<string> {
  const problem = passwordProblem(password);
  if (problem !== null) throw new Refused(refuse(problem));
  return makeVerifier(preparePassword(password)!);
}
