/**
 * The maildrop of one session (RFC 1939 §4): INBOX as it stood at sign-in. Several sessions may have one at once;
 * what another session removed meanwhile is still read here, and removing it again at QUIT changes nothing.
 */
import type { Mailbox } from '../domain/mailstore-state.ts';
import { rangesOf } from '../domain/uid-ranges.ts';
import type { Uuid } from '../domain/values.ts';

export interface DropMessage {
  /** From 1. */
  readonly number: number;
  readonly uid: number;
  readonly message: Uuid;
  readonly octets: number;
}

export class Maildrop {
  readonly mailbox: Uuid;
  readonly #uidValidity: number;
  readonly #messages: readonly DropMessage[];
  readonly #deleted = new Set<number>();

  constructor(inbox: Mailbox) {
    const { rows } = inbox;
    this.mailbox = inbox.id;
    this.#uidValidity = inbox.uidValidity;
    this.#messages = [...rows.between(1, inbox.uidNext)].map((place, i) => ({
      number: i + 1,
      uid: rows.uidAt(place),
      message: rows.messageAt(place),
      octets: rows.sizeOctetsAt(place),
    }));
  }

  /** Null where there is none or it is marked as deleted. */
  get(number: number | null): DropMessage | null {
    if (number === null || this.#deleted.has(number)) return null;
    return this.#messages[number - 1] ?? null;
  }

  /** Not marked as deleted. */
  live(): DropMessage[] {
    return this.#messages.filter(({ number }) => !this.#deleted.has(number));
  }

  stat(): { count: number; octets: number } {
    const live = this.live();
    return { count: live.length, octets: live.reduce((sum, { octets }) => sum + octets, 0) };
  }

  /** Unique for ever and kept by rebuilds: UIDVALIDITY and UID (RFC 1939 §7: 1 to 70 printable characters). */
  uidl({ uid }: DropMessage): string {
    return `${this.#uidValidity.toString(16)}.${uid.toString(16)}`;
  }

  delete({ number }: DropMessage): void {
    this.#deleted.add(number);
  }

  reset(): void {
    this.#deleted.clear();
  }

  /** UIDs marked as deleted, as ranges. */
  deletedUids(): number[] {
    return rangesOf(this.#messages.filter(({ number }) => this.#deleted.has(number)).map(({ uid }) => uid));
  }

  /** UIDs not marked as deleted, as ranges. */
  liveUids(): number[] {
    return rangesOf(this.live().map(({ uid }) => uid));
  }
}
