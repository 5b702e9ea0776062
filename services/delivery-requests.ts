/** What people ask of the queue, one delivery at a time; each with a reason that stays in the log. */
import type { Directory } from './directory/directory.ts';
import type { Dispatcher } from './dispatch.ts';
import { addressText, parseAddress } from './domain/address.ts';
import { type DeliveryCommand, delivery } from './domain/delivery.ts';
import type { Actor } from './domain/event.ts';
import { isRefusal, Refused, refuse } from './domain/refusals.ts';
import type { Uuid } from './domain/values.ts';

export type DeliveryRequest = Extract<
  DeliveryCommand,
  { kind: 'retry' | 'hold' | 'release' | 'redirect' | 'cancel' }
>;

export class DeliveryRequests {
  readonly #dispatcher: Pick<Dispatcher, 'dispatch'>;
  readonly #directory: Pick<Directory, 'resolve'>;

  constructor(dispatcher: Pick<Dispatcher, 'dispatch'>, directory: Pick<Directory, 'resolve'>) {
    this.#dispatcher = dispatcher;
    this.#directory = directory;
  }

  /** Throws `Refused` where it may not be. */
  async ask(id: Uuid, request: DeliveryRequest, actor: Actor): Promise<void> {
    const command = request.kind === 'redirect' ? await this.#redirection(request) : request;
    const context = { actor, cause: null, now: Date.now() };
    const outcome = await this.#dispatcher.dispatch(delivery, id, command, context);
    if (isRefusal(outcome)) throw new Refused(outcome);
  }

  /** The queue leads out of this server; who has a mailbox here cannot be reached by it. */
  async #redirection(request: Extract<DeliveryRequest, { kind: 'redirect' }>): Promise<DeliveryRequest> {
    const address = parseAddress(request.recipient);
    const { kind } = await this.#directory.resolve(request.recipient);
    if (!address || kind !== 'remote') {
      throw new Refused(refuse('addressInvalid', `${request.recipient} is no address elsewhere`));
    }
    return { ...request, recipient: addressText(address) };
  }
}
