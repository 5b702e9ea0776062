/**
 * Mailstores as the doors have them: whose they are and who acts comes out of the permit, so that no door can open or
 * change one without having asked the table. Reactions and read models work on `mailstores.ts` itself.
 */
import { actorOf, type Permit } from '../../policies/access.ts';
import type { MailstoreCommand } from '../domain/mailstore-commands.ts';
import type { MailstoreState } from '../domain/mailstore-state.ts';
import type { Refusal } from '../domain/refusals.ts';
import type { Uuid } from '../domain/values.ts';
import type { MailstoreListener, MailstoreOutcome, Mailstores } from './mailstores.ts';

export class MailstoreDoor {
  readonly #mailstores: Pick<Mailstores, 'open' | 'execute' | 'watch'>;

  constructor(mailstores: Pick<Mailstores, 'open' | 'execute' | 'watch'>) {
    this.#mailstores = mailstores;
  }

  /** The owner's mailstore as of the last acknowledged event. Do not change it. */
  open(permit: Permit<'readMail'>): Promise<MailstoreState> {
    return this.#mailstores.open(ownerOf(permit));
  }

  /** Calls `listener` for every event from now on; the returned function ends it. */
  watch(permit: Permit<'readMail'>, listener: MailstoreListener): () => void {
    return this.#mailstores.watch(ownerOf(permit), listener);
  }

  /** Resolves when the command's events are durable and the state has changed. */
  execute(permit: Permit<'changeMail'>, command: MailstoreCommand): Promise<MailstoreOutcome | Refusal> {
    const context = { actor: actorOf(permit.subject), cause: null, now: Date.now() };
    return this.#mailstores.execute(ownerOf(permit), command, context);
  }
}

function ownerOf({ object }: Permit): Uuid {
  if (object.owner === null) throw new Error('a mailstore has an owner');
  return object.owner;
}
