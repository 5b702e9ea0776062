import type { Permit } from '../../policies/access.ts';
import type { LoggedEvent } from '../domain/event.ts';
import type { Uuid } from '../domain/values.ts';
import type { MailstoreDoor } from './mailstore-door.ts';

/** Where a message was filed. */
export interface Filed {
  readonly mailbox: Uuid;
  readonly uid: number;
}

/** Learns where accepted messages are filed: that follows from their acceptance, and takes its moment. */
export class FilingWatch {
  readonly #filed = new Map<Uuid, Filed>();
  readonly #unwatch: () => void;
  #awaited: { readonly message: Uuid; readonly resolve: (filed: Filed) => void } | null = null;

  /** Begin before the message is accepted, so that its filing cannot be missed. */
  constructor(mailstores: Pick<MailstoreDoor, 'watch'>, permit: Permit<'readMail'>) {
    this.#unwatch = mailstores.watch(permit, (event) => this.#note(event));
  }

  #note({ type, data }: LoggedEvent): void {
    if (type !== 'MessagesFiled') return;
    const mailbox = data['mailbox'] as Uuid;
    const firstUid = data['firstUid'] as number;
    for (const [i, message] of (data['messages'] as Uuid[]).entries()) {
      const filed = { mailbox, uid: firstUid + i };
      this.#filed.set(message, filed);
      if (message === this.#awaited?.message) this.#awaited.resolve(filed);
    }
  }

  /** Where the message was filed; null where that is not known within `waitMs`. */
  async filed(message: Uuid, waitMs: number): Promise<Filed | null> {
    const known = this.#filed.get(message);
    if (known !== undefined) return known;
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(null), waitMs);
      this.#awaited = {
        message,
        resolve: (filed) => {
          clearTimeout(timer);
          resolve(filed);
        },
      };
    });
  }

  close(): void {
    this.#unwatch();
  }
}
