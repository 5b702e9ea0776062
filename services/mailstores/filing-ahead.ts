/**
 * Filing that goes to the log together with the acceptance from which it follows, so that a mail waits for one commit
 * and not for two (docs/decisions/0027). The reaction (`workflows/file-locally.ts`) finds it done.
 *
 * A mailstore keeps the highest cause that it has taken in and answers nothing at or below it. So a message may be filed
 * ahead only behind everything that was accepted before it: where one is left to the reaction, all that follow it in that
 * mailstore are, until the reaction has filed them.
 */
import type { LoggedEvent } from '../domain/event.ts';
import type { Uuid } from '../domain/values.ts';
import { accountsOf, filingOf } from './filing.ts';
import type { Mailstores } from './mailstores.ts';

/** Nothing was accepted after all: it is not waited for. */
export type Withdraw = () => void;

export class FilingAhead {
  readonly #mailstores: Pick<Mailstores, 'fileAhead'>;
  /** Account -> messages accepted, or sent, that the reaction has to file. */
  readonly #left = new Map<Uuid, Set<Uuid>>();
  #isOpen = false;

  constructor(mailstores: Pick<Mailstores, 'fileAhead'>) {
    this.#mailstores = mailstores;
  }

  /** The reaction has filed whatever was accepted before this process. Until then everything is left to it. */
  open(): void {
    this.#isOpen = true;
  }

  /**
   * Called directly before the events of an acceptance go to the log; they have the positions that they will get. The
   * filings go behind them in the same turn of the event loop.
   */
  sending(events: readonly LoggedEvent[]): Withdraw {
    const withdrawals = events
      .filter(({ type }) => type === 'RecipientsResolved')
      .flatMap((event) => accountsOf(event).map((account) => this.#file(account, event)));
    return () => {
      for (const withdraw of withdrawals) withdraw();
    };
  }

  /** Called before held mail is released to these accounts: the reaction files it, and nothing is filed ahead of it. */
  releasing(accounts: readonly Uuid[], message: Uuid): void {
    for (const account of accounts) this.#leave(account, message);
  }

  /** The reaction has come past the message. */
  filed(account: Uuid, message: Uuid): void {
    const left = this.#left.get(account);
    left?.delete(message);
    if (left?.size === 0) this.#left.delete(account);
  }

  #file(account: Uuid, event: LoggedEvent): Withdraw {
    const filing = filingOf(event);
    let isWithdrawn = false;
    const leave = (): void => {
      if (!isWithdrawn) this.#leave(account, filing.message);
    };
    if (!this.#isOpen || this.#left.has(account)) leave();
    else this.#mailstores.fileAhead(account, filing, event, leave);
    return () => {
      isWithdrawn = true;
      this.filed(account, filing.message);
    };
  }

  #leave(account: Uuid, message: Uuid): void {
    this.#left.set(account, (this.#left.get(account) ?? new Set()).add(message));
  }
}
