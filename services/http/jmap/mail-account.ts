/** One account's mail as JMAP methods use it: its state, its index by message, and the way to change it. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Permit } from '../../../policies/access.ts';
import type { LoggedEvent } from '../../domain/event.ts';
import type { ExpungedRow } from '../../domain/mailbox-rows.ts';
import type { MailstoreCommand } from '../../domain/mailstore-commands.ts';
import { type Mailbox, type MailstoreState, modseqOf } from '../../domain/mailstore-state.ts';
import { MessagePlaces } from '../../domain/message-places.ts';
import type { Refusal } from '../../domain/refusals.ts';
import type { Uuid } from '../../domain/values.ts';
import type { MailReader } from '../../mailstores/mail-reader.ts';
import type { MailstoreDoor } from '../../mailstores/mailstore-door.ts';
import type { MailstoreOutcome } from '../../mailstores/mailstores.ts';
import { type EmailRow, emailRow } from './email-row.ts';
import { MailboxCounter } from './mailbox-object.ts';
import { QueryResults } from './query-results.ts';

export interface MailParts {
  readonly mailstores: Pick<MailstoreDoor, 'open' | 'execute' | 'watch'>;
  readonly mails: Pick<MailReader, 'open' | 'structure' | 'read' | 'stream'>;
  /** Rows expunged from a mailbox behind a MODSEQ, in that order. */
  readonly expungedSince: (mailbox: Mailbox, modseq: number) => Iterable<ExpungedRow>;
  /** Up to `limit` events of a mailstore from a revision on. */
  readonly readMailstore: (account: Uuid, fromRevision: number, limit: number) => Promise<LoggedEvent[]>;
}

/** Rows that the index takes in before others get their turn. */
const rowsPerTurn = 20_000;

/** What the table of access has allowed the caller in this account. */
export interface MailPermits {
  readonly read: Permit<'readMail'>;
  readonly change: Permit<'changeMail'>;
  readonly send: Permit<'sendMail'>;
}

export class MailAccount {
  readonly account: Uuid;
  readonly parts: MailParts;
  readonly permits: MailPermits;
  readonly counter = new MailboxCounter();
  readonly results = new QueryResults();
  readonly #places = new MessagePlaces();

  constructor(account: Uuid, permits: MailPermits, parts: MailParts) {
    this.account = account;
    this.permits = permits;
    this.parts = parts;
  }

  /** Calls `listener` after each acknowledged event; the returned function ends it. */
  watch(listener: () => void): () => void {
    return this.parts.mailstores.watch(this.permits.read, listener);
  }

  /** The state as it is, whatever of it is in the index. */
  state(): Promise<MailstoreState> {
    return this.parts.mailstores.open(this.permits.read);
  }

  /** The state, with every message in the index. */
  async open(): Promise<MailstoreState> {
    let state = await this.state();
    while (!this.#places.takeIn(state, rowsPerTurn)) {
      await nextTurn();
      state = await this.state();
    }
    return state;
  }

  /** Null where there is no such message, or none any more. `open` comes first. */
  email(state: MailstoreState, message: Uuid): EmailRow | null {
    return emailRow(state, this.#places.ofMessage(state, message));
  }

  places(state: MailstoreState, message: Uuid) {
    return this.#places.ofMessage(state, message);
  }

  /** The messages of a thread, oldest first (RFC 8621 §3). */
  thread(state: MailstoreState, thread: Uuid): EmailRow[] {
    const ids = new Set(
      this.#places.ofThread(state, thread).map(({ mailbox, place }) => mailbox.rows.messageAt(place)),
    );
    return [...ids]
      .flatMap((id) => this.email(state, id) ?? [])
      .sort((a, b) => a.receivedAtMs - b.receivedAtMs || (a.id < b.id ? -1 : 1));
  }

  /** Resolves when the command's events are durable and the state has changed. */
  execute(command: MailstoreCommand): Promise<MailstoreOutcome | Refusal> {
    return this.parts.mailstores.execute(this.permits.change, command);
  }

  /**
   * Every message once, by mailbox and UID of its first place. `open` comes first; the mailstore may change meanwhile.
   */
  *emails(state: MailstoreState): Generator<EmailRow> {
    for (const mailbox of state.mailboxes.values()) {
      for (const uid of mailbox.rows.allUids()) {
        const row = this.#emailFirstAt(state, mailbox, mailbox.rows.find(uid));
        if (row) yield row;
      }
    }
  }

  #emailFirstAt(state: MailstoreState, mailbox: Mailbox, place: number): EmailRow | null {
    if (place < 0) return null;
    const places = this.#places.ofRow(state, { mailbox, place });
    return places[0]?.mailbox === mailbox && places[0].place === place ? emailRow(state, places) : null;
  }

  /** Octets that the index holds. */
  get octets(): number {
    return this.#places.octets;
  }
}

/** State of Email, Mailbox and Thread alike: the MODSEQ of the mailstore's last event. */
export function stateText({ epoch, revision }: MailstoreState): string {
  return String(modseqOf(epoch, revision));
}

/** The revision that a state text is of; null where it is none, or of an older epoch. */
export function revisionOf(text: string, { epoch, revision }: MailstoreState): number | null {
  const modseq = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN;
  const since = modseq - modseqOf(epoch, 0);
  return since >= -1 && since <= revision ? since : null;
}
