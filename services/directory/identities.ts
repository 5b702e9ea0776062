/**
 * Under which addresses somebody sends, and how mail under each is to look: the own address, aliases and granted
 * ones are there by themselves, others that the directory allows can be added. What was said of them is in the
 * account's stream.
 */
import { actorOf, type Permit } from '../../policies/access.ts';
import type { Dispatcher } from '../dispatch.ts';
import { type AccountCommand, account, type IdentityText } from '../domain/account.ts';
import { addressText, parseAddress } from '../domain/address.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusals.ts';
import { type Uuid, uuidV8 } from '../domain/values.ts';
import { newEventId } from '../identifiers.ts';
import type { Tags } from '../tags.ts';
import type { Directory } from './directory.ts';

export interface Identity extends IdentityText {
  readonly id: Uuid;
  /** The others follow from the directory. */
  readonly wasAdded: boolean;
}

export interface IdentityParts {
  readonly dispatcher: Pick<Dispatcher, 'load' | 'dispatch'>;
  readonly directory: Pick<Directory, 'maySendAs'>;
  readonly tags: Tags;
  /** Aliases that lead to the account, as addresses. */
  readonly aliasesOf: (account: Uuid) => readonly string[];
}

export class Identities {
  readonly #parts: IdentityParts;
  readonly #listeners = new Set<(owner: Uuid) => void>();

  constructor(parts: IdentityParts) {
    this.#parts = parts;
  }

  /** Calls `listener` after each change that somebody made of theirs; the returned function ends it. */
  watch(listener: (owner: Uuid) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The own address first. Those that may no longer be used are left out. */
  async list({ object: { owner } }: Permit<'sendMail'>): Promise<Identity[]> {
    const id = owner!;
    const { dispatcher, aliasesOf } = this.#parts;
    const { state } = await dispatcher.load(account, id);
    const granted = [...state.sendAs.values()].flatMap((address) => address ?? []);
    const own = [state.address ?? '', ...aliasesOf(id), ...granted].flatMap((each) => this.#own(each) ?? []);
    const identities = new Map<Uuid, Identity>();
    for (const { identity, address } of own)
      identities.set(identity, undescribed(identity, address, state.realName ?? ''));
    for (const [identity, text] of state.identities)
      if (text) identities.set(identity, { ...text, id: identity, wasAdded: !identities.has(identity) });
    const usable: Identity[] = [];
    for (const each of identities.values()) if (await this.#maySendAs(id, each.address)) usable.push(each);
    return usable;
  }

  /** The new identity's id, or why there is none. */
  async add(permit: Permit<'sendMail'>, text: IdentityText): Promise<Uuid | Refusal> {
    const parsed = parseAddress(text.address);
    if (!parsed) return refuse('addressInvalid');
    if (!(await this.#maySendAs(permit.object.owner!, text.address))) return refuse('senderNotPermitted');
    const identity = newEventId();
    const refusal = await this.describe(permit, identity, { ...text, address: addressText(parsed) });
    return refusal ?? identity;
  }

  /** Null: it is so now, and durable. */
  describe(permit: Permit<'sendMail'>, identity: Uuid, text: IdentityText): Promise<Refusal | null> {
    return this.#tell(permit, { kind: 'describeIdentity', identity, text });
  }

  forget(permit: Permit<'sendMail'>, identity: Uuid): Promise<Refusal | null> {
    return this.#tell(permit, { kind: 'forgetIdentity', identity });
  }

  async #tell({ subject, object }: Permit<'sendMail'>, command: AccountCommand): Promise<Refusal | null> {
    const context = { actor: actorOf(subject), cause: null, now: Date.now() };
    const owner = object.owner!;
    const outcome = await this.#parts.dispatcher.dispatch(account, owner, command, context);
    if (isRefusal(outcome)) return outcome;
    for (const tell of this.#listeners) tell(owner);
    return null;
  }

  /** The same address has the same id always, which tells nobody the address. */
  #own(address: string): { identity: Uuid; address: string } | null {
    const parsed = parseAddress(address);
    if (!parsed) return null;
    return { identity: uuidV8(Buffer.from(this.#parts.tags.address(parsed), 'hex')), address };
  }

  #maySendAs(id: Uuid, address: string): Promise<boolean> {
    return this.#parts.directory.maySendAs(id, address);
  }
}

function undescribed(id: Uuid, address: string, name: string): Identity {
  return {
    id,
    address,
    name,
    replyTo: null,
    bcc: null,
    textSignature: '',
    htmlSignature: '',
    wasAdded: false,
  };
}
