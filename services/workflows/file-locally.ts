/**
 * Reaction: an accepted mail is filed in each local recipient's mailstore. Runs on the log in its order. A
 * mailstore keeps the highest cause it has taken in, so a repeat after a crash files nothing twice.
 */
import { idOf, type LoggedEvent } from '../domain/event.ts';
import type { Filing } from '../domain/mailstore-messages.ts';
import { nilUuid } from '../domain/message.ts';
import { isRefusal } from '../domain/refusals.ts';
import type { Uuid } from '../domain/values.ts';
import type { Mailstores } from '../mailstores/mailstores.ts';
import type { Reaction } from './reaction-runner.ts';

export class FileLocally implements Reaction {
  readonly name = 'file-locally';
  readonly types = new Set(['RecipientsResolved']);
  readonly opens = false;
  readonly #mailstores: Mailstores;

  constructor(mailstores: Mailstores) {
    this.#mailstores = mailstores;
  }

  /** Takes `RecipientsResolved` events in the log's order; resolves when all is filed and durable. */
  async handle(events: readonly LoggedEvent[]): Promise<void> {
    await Promise.all(events.map((event) => this.#fileAll(event)));
  }

  async #fileAll(event: LoggedEvent): Promise<void> {
    const filing = filingOf(event);
    const accounts = (event.data['accounts'] as Uuid[]).filter((account) => account !== nilUuid);
    await Promise.all(accounts.map((account) => this.#file(account, filing, event)));
  }

  async #file(account: Uuid, filing: Filing, { id, at }: LoggedEvent): Promise<void> {
    const command = { kind: 'file', filings: [filing] } as const;
    const outcome = await this.#mailstores.execute(account, command, { actor: 'system', cause: id, now: at });
    if (isRefusal(outcome)) throw new Error(`filing ${filing.message} was refused: ${outcome.refused}`);
  }
}

function filingOf({ epoch, position, stream, data }: LoggedEvent): Filing {
  return {
    message: idOf(stream),
    mailbox: data['mailbox'] as Uuid | null,
    sizeOctets: data['sizeOctets'] as number,
    dateMs: data['internalDate'] as number,
    flags: data['flags'] as number,
    thread: data['thread'] as Uuid,
    causeEpoch: epoch,
    causePosition: position,
  };
}
