/**
 * Reaction: a mail is filed in each local recipient's mailstore, when it is accepted or, where it was held, released. A
 * mailstore keeps the highest cause it has taken in, so a repeat after a crash files nothing twice, nor does it file what
 * was filed ahead.
 */
import type { LoggedEvent } from '../domain/event.ts';
import { goingOnTypes } from '../domain/going-on.ts';
import type { Filing } from '../domain/mailstore-messages.ts';
import { isRefusal } from '../domain/refusals.ts';
import type { Uuid } from '../domain/values.ts';
import { accountsOf, filingOf } from '../mailstores/filing.ts';
import type { FilingAhead } from '../mailstores/filing-ahead.ts';
import type { Mailstores } from '../mailstores/mailstores.ts';
import type { Reaction } from './reaction-runner.ts';

export class FileLocally implements Reaction {
  readonly name = 'file-locally';
  readonly types = goingOnTypes;
  readonly opens = false;
  readonly #mailstores: Mailstores;
  readonly #ahead: Pick<FilingAhead, 'filed'>;

  constructor(mailstores: Mailstores, ahead: Pick<FilingAhead, 'filed'>) {
    this.#mailstores = mailstores;
    this.#ahead = ahead;
  }

  /** Takes events of recipients that go on, in the log's order; resolves when all is filed and durable. */
  async handle(events: readonly LoggedEvent[]): Promise<void> {
    await Promise.all(events.map((event) => this.#fileAll(event)));
  }

  async #fileAll(event: LoggedEvent): Promise<void> {
    const filing = filingOf(event);
    await Promise.all(accountsOf(event).map((account) => this.#file(account, filing, event)));
  }

  async #file(account: Uuid, filing: Filing, { id, at }: LoggedEvent): Promise<void> {
    const command = { kind: 'file', filings: [filing] } as const;
    const outcome = await this.#mailstores.execute(account, command, { actor: 'system', cause: id, now: at });
    if (isRefusal(outcome)) throw new Error(`filing ${filing.message} was refused: ${outcome.refused}`);
    this.#ahead.filed(account, filing.message);
  }
}
