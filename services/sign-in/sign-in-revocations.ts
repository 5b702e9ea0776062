/** Sessions that must end because the account's rights or credentials have. */
import type { Dispatcher } from '../dispatch.ts';
import { account } from '../domain/account.ts';
import { idOf, type LoggedEvent } from '../domain/event.ts';
import type { Uuid } from '../domain/values.ts';
import type { Revocation } from './sign-in.ts';
import type { VerifiedLogins } from './sign-in-cache.ts';

type Listener = (why: Revocation) => void;

const revocations: Readonly<Record<string, Revocation>> = {
  AccountFrozen: 'frozen',
  AccountClosed: 'closed',
  PasswordSet: 'credentials',
};

export class Revocations {
  readonly #dispatcher: Pick<Dispatcher, 'load'>;
  readonly #verified: VerifiedLogins;
  readonly #onProblem: (error: unknown) => void;
  readonly #listeners = new Map<Uuid, Set<Listener>>();

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
  listen(id: Uuid, listener: Listener): () => void {
    const listeners = this.#listeners.get(id) ?? new Set();
    this.#listeners.set(id, listeners.add(listener));
    const stop = (): void => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(id) === listeners) this.#listeners.delete(id);
    };
    void this.#happenedAlready(id).then((why) => {
      if (why === null || !listeners.has(listener)) return;
      stop();
      listener(why);
    });
    return stop;
  }

  #revoke({ type, stream }: LoggedEvent): void {
    const why = revocations[type];
    if (why === undefined) return;
    const id = idOf(stream);
    this.#verified.void(id);
    const listeners = this.#listeners.get(id) ?? [];
    this.#listeners.delete(id);
    for (const listener of [...listeners]) listener(why);
  }

  /** What happened between `signIn` and `onRevoked`. */
  async #happenedAlready(id: Uuid): Promise<Revocation | null> {
    try {
      const { state } = await this.#dispatcher.load(account, id);
      if (state.status === 'frozen' || state.status === 'closed') return state.status;
      return this.#verified.changedSince(id, state.verifier) ? 'credentials' : null;
    } catch (error) {
      this.#onProblem(error);
      return null;
    }
  }
}
