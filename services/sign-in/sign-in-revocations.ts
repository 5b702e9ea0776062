/** Sessions that must end because the account's rights or credentials have. */
import type { Dispatcher } from '../dispatch.ts';
import { account } from '../domain/account.ts';
import { idOf, type LoggedEvent } from '../domain/event.ts';
import type { Uuid } from '../domain/values.ts';
import type { Revocation } from './sign-in.ts';
import { credentialsOf, type VerifiedLogins } from './sign-in-cache.ts';

type Listener = (why: Revocation) => void;

const revocations: Readonly<Record<string, Revocation>> = {
  AccountFrozen: 'frozen',
  AccountClosed: 'closed',
  PasswordSet: 'credentials',
  SecondFactorTurnedOn: 'credentials',
  SecondFactorTurnedOff: 'credentials',
  SecondFactorReset: 'credentials',
  ApplicationPasswordRevoked: 'credentials',
};

export class Revocations {
  readonly #dispatcher: Pick<Dispatcher, 'load'>;
  readonly #verified: VerifiedLogins;
  readonly #onProblem: (error: unknown) => void;
  /** By account, each with the application password that its session hangs on. */
  readonly #listeners = new Map<Uuid, Map<Listener, Uuid | null>>();

  constructor(
    dispatcher: Pick<Dispatcher, 'load' | 'onEvent'>,
    verified: VerifiedLogins,
    onProblem: (error: unknown) => void,
  ) {
    this.#dispatcher = dispatcher;
    this.#verified = verified;
    this.#onProblem = onProblem;
    dispatcher.onEvent('account', (event) => this.#revoke(event));
  }

  /** See `SignIn.onRevoked`. */
  listen(id: Uuid, listener: Listener, applicationPassword: Uuid | null): () => void {
    const listeners = this.#listeners.get(id) ?? new Map<Listener, Uuid | null>();
    this.#listeners.set(id, listeners.set(listener, applicationPassword));
    const stop = (): void => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(id) === listeners) this.#listeners.delete(id);
    };
    void this.#happenedAlready(id, applicationPassword).then((why) => {
      if (why === null || !listeners.has(listener)) return;
      stop();
      listener(why);
    });
    return stop;
  }

  #revoke({ type, stream, data }: LoggedEvent): void {
    const why = revocations[type];
    if (why === undefined) return;
    const id = idOf(stream);
    const one = type === 'ApplicationPasswordRevoked' ? data['applicationPassword'] : null;
    if (one === null) this.#verified.void(id);
    const listeners = this.#listeners.get(id);
    if (!listeners) return;
    for (const [listener, applicationPassword] of [...listeners]) {
      if (one !== null && applicationPassword !== one) continue;
      listeners.delete(listener);
      listener(why);
    }
    if (listeners.size === 0 && this.#listeners.get(id) === listeners) this.#listeners.delete(id);
  }

  /** What happened between `signIn` and `onRevoked`. */
  async #happenedAlready(id: Uuid, applicationPassword: Uuid | null): Promise<Revocation | null> {
    try {
      const { state } = await this.#dispatcher.load(account, id);
      if (state.status === 'frozen' || state.status === 'closed') return state.status;
      const isRevoked =
        applicationPassword === null
          ? this.#verified.changedSince(id, credentialsOf(state))
          : !state.applicationPasswords.has(applicationPassword);
      return isRevoked ? 'credentials' : null;
    } catch (error) {
      this.#onProblem(error);
      return null;
    }
  }
}
