/** The application passwords of an account, as their owner makes, sees and revokes them. */
import { randomUUID } from 'node:crypto';
import type { Dispatcher } from '../dispatch.ts';
import { type AccountCommand, account } from '../domain/account.ts';
import type { ApplicationPassword } from '../domain/application-passwords.ts';
import type { Actor } from '../domain/event.ts';
import { isRefusal, Refused } from '../domain/refusals.ts';
import type { Uuid } from '../domain/values.ts';
import { makeApplicationPassword } from './application-password.ts';

/** Methods throw `Refused` where the domain says no. */
export class ApplicationPasswordList {
  readonly #dispatcher: Pick<Dispatcher, 'dispatch' | 'load'>;

  constructor(dispatcher: Pick<Dispatcher, 'dispatch' | 'load'>) {
    this.#dispatcher = dispatcher;
  }

  /** In the order in which they were made. */
  async of(id: Uuid): Promise<readonly (readonly [Uuid, ApplicationPassword])[]> {
    return [...(await this.#dispatcher.load(account, id)).state.applicationPasswords];
  }

  /** The password, which is shown this once. */
  async make(id: Uuid, name: string, actor: Actor): Promise<string> {
    const { shown, verifier } = makeApplicationPassword();
    const made = { applicationPassword: randomUUID(), name, verifier, nowMs: Date.now() };
    await this.#perform(id, { kind: 'makeApplicationPassword', ...made }, actor);
    return shown;
  }

  /** Sessions that it opened end. */
  async revoke(id: Uuid, applicationPassword: Uuid, actor: Actor): Promise<void> {
    await this.#perform(id, { kind: 'revokeApplicationPassword', applicationPassword }, actor);
  }

  async #perform(id: Uuid, command: AccountCommand, actor: Actor): Promise<void> {
    const context = { actor, cause: null, now: Date.now() };
    const outcome = await this.#dispatcher.dispatch(account, id, command, context);
    if (isRefusal(outcome)) throw new Refused(outcome);
  }
}
