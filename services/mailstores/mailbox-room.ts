/** How much room an account's quota leaves. */

import type { Dispatcher } from '../dispatch.ts';
import { account } from '../domain/account.ts';
import { usedOctets } from '../domain/mailstore-state.ts';
import type { Uuid } from '../domain/values.ts';
import type { Mailstores } from './mailstores.ts';

export interface MailboxRoom {
  /** Octets that still fit, 0 where the mailbox is full; Infinity without a quota. Rejects where the log cannot be read. */
  octetsLeft(account: Uuid): Promise<number>;
}

export class QuotaRoom implements MailboxRoom {
  readonly #dispatcher: Pick<Dispatcher, 'load'>;
  readonly #mailstores: Pick<Mailstores, 'open'>;

  constructor(dispatcher: Pick<Dispatcher, 'load'>, mailstores: Pick<Mailstores, 'open'>) {
    this.#dispatcher = dispatcher;
    this.#mailstores = mailstores;
  }

  async octetsLeft(id: Uuid): Promise<number> {
    const { quotaOctets } = (await this.#dispatcher.load(account, id)).state;
    if (quotaOctets === 0) return Number.POSITIVE_INFINITY;
    return Math.max(0, quotaOctets - usedOctets(await this.#mailstores.open(id)));
  }
}
