/**
 * Turning the second factor on and off. Until somebody has proved by a code that their device has the secret it is in
 * memory only: nothing of the account has changed.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Dispatcher } from '../dispatch.ts';
import { type AccountCommand, type AccountState, account } from '../domain/account.ts';
import type { Actor } from '../domain/event.ts';
import { isRefusal, Refused, refuse } from '../domain/refusals.ts';
import type { Uuid } from '../domain/values.ts';
import type { KeyStore } from '../key-store/key-store.ts';
import { ungrouped } from './base32.ts';
import { type Argon2Cost, argon2Cost } from './passwords.ts';
import { makeRecoveryCodes } from './recovery-codes.ts';
import { sealSecret, secondFactorKeyName } from './sealed-secret.ts';
import { secretOctets, stepOfCode } from './totp.ts';

export interface SecondFactorsParts {
  readonly dispatcher: Pick<Dispatcher, 'dispatch' | 'load'>;
  readonly keys: Pick<KeyStore, 'ensure' | 'state' | 'destroy'>;
  readonly now?: () => number;
  readonly cost?: Argon2Cost;
}

interface Offered {
  readonly secret: Uint8Array;
  readonly atMs: number;
}

/** So long one may take to bring the secret to the device. */
const offerMs = 15 * 60_000;
const maxOffers = 1000;

/** Methods throw `Refused` where the domain says no. */
export class SecondFactors {
  readonly #parts: SecondFactorsParts;
  readonly #now: () => number;
  /** In the order in which they were made. */
  readonly #offers = new Map<Uuid, Offered>();

  constructor(parts: SecondFactorsParts) {
    this.#parts = parts;
    this.#now = parts.now ?? Date.now;
  }

  /** A fresh secret to bring to the device; one that was offered before is worth nothing any more. */
  async offer(id: Uuid): Promise<Uint8Array> {
    const state = await this.#stateOf(id);
    if (state.secondFactor !== null) throw new Refused(refuse('secondFactorOn'));
    await this.#destroyEnded(state);
    const secret = randomBytes(secretOctets);
    this.#offers.delete(id);
    this.#offers.set(id, { secret, atMs: this.#now() });
    if (this.#offers.size > maxOffers) this.#offers.delete(this.#offers.keys().next().value!);
    return secret;
  }

  /** Recovery codes, which are shown this once; all sessions of the account end. */
  async turnOn(id: Uuid, code: string, actor: Actor): Promise<readonly string[]> {
    const offered = this.#offers.get(id);
    const now = this.#now();
    const step =
      offered && now - offered.atMs < offerMs ? stepOfCode(offered.secret, ungrouped(code), now) : null;
    if (!offered || step === null) throw new Refused(refuse('secondFactorWrong'));
    const factor = randomUUID();
    const rowKey = await this.#parts.keys.ensure(secondFactorKeyName(factor));
    const { shown, verifiers } = await this.#recoveryCodes();
    const secret = sealSecret(offered.secret, rowKey, factor);
    await this.#perform(
      id,
      { kind: 'turnOnSecondFactor', factor, secret, recoveryCodes: verifiers, step },
      actor,
    );
    this.#offers.delete(id);
    return shown;
  }

  /** New ones, which are shown this once; those before are worth nothing any more. */
  async renewRecoveryCodes(id: Uuid, actor: Actor): Promise<readonly string[]> {
    const { shown, verifiers } = await this.#recoveryCodes();
    await this.#perform(id, { kind: 'makeRecoveryCodes', recoveryCodes: verifiers }, actor);
    return shown;
  }

  async turnOff(id: Uuid, actor: Actor): Promise<void> {
    await this.#end(id, { kind: 'turnOffSecondFactor' }, actor);
  }

  /** By somebody else, for whoever has lost device and recovery codes. */
  async reset(id: Uuid, reason: string, actor: Actor): Promise<void> {
    await this.#end(id, { kind: 'resetSecondFactor', reason }, actor);
  }

  async #end(id: Uuid, command: AccountCommand, actor: Actor): Promise<void> {
    await this.#perform(id, command, actor);
    await this.#destroyEnded(await this.#stateOf(id));
  }

  /** Also what a crash between the event and the key has left. */
  async #destroyEnded({ endedSecondFactors }: AccountState): Promise<void> {
    const { keys } = this.#parts;
    for (const name of endedSecondFactors.map(secondFactorKeyName)) {
      if ((await keys.state(name)) === 'live') await keys.destroy(name, this.#now());
    }
  }

  #recoveryCodes() {
    return makeRecoveryCodes(this.#parts.cost ?? argon2Cost);
  }

  async #stateOf(id: Uuid): Promise<AccountState> {
    return (await this.#parts.dispatcher.load(account, id)).state;
  }

  async #perform(id: Uuid, command: AccountCommand, actor: Actor): Promise<void> {
    const context = { actor, cause: null, now: this.#now() };
    const outcome = await this.#parts.dispatcher.dispatch(account, id, command, context);
    if (isRefusal(outcome)) throw new Refused(outcome);
  }
}
