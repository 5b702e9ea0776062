/**
 * One mail between 354 and its final dot. Octets go to the intake as they come; what breaks a rule stops that at
 * once, and the rest is read and dropped, so that the peer hears why and the connection stays usable.
 */
import type { RefusalCode } from '../domain/refusals.ts';
import type { Arrival } from '../intake.ts';
import { RawLines } from './raw-lines.ts';
import { refusalReplies, type SmtpReply, wireReplies } from './replies.ts';
import type { DataReceiver } from './wire.ts';

export interface DataRules {
  /** 0 is unlimited, as below. */
  readonly maxOctets: number;
  readonly dropConnectionAtOctets: number;
  /** Bare CR and LF become CRLF. */
  readonly normalise: boolean;
}

export interface DataFault {
  readonly reason: RefusalCode;
  readonly reply: SmtpReply;
}

/** What is known of a mail when its final dot has come. */
export interface ArrivedData {
  readonly octets: number;
  /** It had bare CR or LF. */
  readonly normalised: boolean;
}

/** What becomes of the mail. */
export interface DataEnds {
  begin(): Arrival;
  isDiskLow(): boolean;
  /** All octets are with the arrival. Sends the answer; never rejects. */
  whole(arrival: Arrival, data: ArrivedData): Promise<void>;
  /** Sends the answer; never rejects. */
  faulty(fault: DataFault): Promise<void>;
  /** The transfer has grown past every measure: the connection goes. */
  overrun(fault: DataFault): void;
  report(failure: unknown): void;
}

/** A large mail asks again whether the disk is low whenever so much of it has come. */
const octetsPerDiskCheck = 16 * 1024 * 1024;

const faults = {
  tooLarge: { reason: 'messageTooLarge', reply: refusalReplies.messageTooLarge },
  diskLow: { reason: 'diskLow', reply: refusalReplies.diskLow },
  storage: { reason: 'storageFailed', reply: refusalReplies.storageFailed },
  bareLineEnds: { reason: 'messageMalformed', reply: wireReplies.bareLineEnds },
  nulOctet: { reason: 'messageMalformed', reply: wireReplies.nulOctet },
} as const satisfies Record<string, DataFault>;

export class IncomingData implements DataReceiver {
  readonly #rules: DataRules;
  readonly #ends: DataEnds;
  readonly #lines: RawLines;
  /** Begun with the first octets. */
  #arrival: Arrival | null = null;
  #octets = 0;
  #nextDiskCheckOctets = octetsPerDiskCheck;
  #fault: DataFault | null = null;
  #writing: Promise<void> | null = null;

  constructor(rules: DataRules, ends: DataEnds) {
    this.#rules = rules;
    this.#ends = ends;
    this.#lines = new RawLines(rules.normalise, (slice) => this.#take(slice));
  }

  feed(chunk: Buffer, from: number): number {
    const end = this.#lines.feed(chunk, from);
    if (this.#lines.nulOctets) this.#fail(faults.nulOctet);
    if (this.#lines.bareLineEnds && !this.#rules.normalise) this.#fail(faults.bareLineEnds);
    return end;
  }

  ready(): Promise<void> | null {
    const writing = this.#writing;
    this.#writing = null;
    return writing;
  }

  async end(): Promise<void> {
    await this.#writing;
    const arrival = this.#opened();
    if (this.#fault || !arrival) return this.#ends.faulty(this.#fault ?? faults.storage);
    this.#arrival = null;
    return this.#ends.whole(arrival, { octets: this.#octets, normalised: this.#lines.bareLineEnds });
  }

  cut(): void {
    this.#arrival?.abort();
    this.#arrival = null;
  }

  #take(slice: Buffer): void {
    const before = this.#octets;
    this.#octets += slice.length;
    const { maxOctets, dropConnectionAtOctets } = this.#rules;
    const passes = (limit: number) => limit > 0 && this.#octets > limit && before <= limit;
    if (passes(maxOctets)) this.#fail(faults.tooLarge);
    if (passes(dropConnectionAtOctets)) {
      this.#fail(faults.tooLarge);
      this.#ends.overrun(faults.tooLarge);
    }
    if (this.#octets > this.#nextDiskCheckOctets) this.#checkDisk();
    const written = this.#opened()?.write(slice);
    if (written) this.#writing = written;
  }

  #checkDisk(): void {
    this.#nextDiskCheckOctets += octetsPerDiskCheck;
    if (this.#ends.isDiskLow()) this.#fail(faults.diskLow);
  }

  /** The arrival, begun when it was not; null where that failed or a fault has ended it. */
  #opened(): Arrival | null {
    if (this.#fault) return null;
    try {
      this.#arrival ??= this.#ends.begin();
    } catch (failure) {
      this.#ends.report(failure);
      this.#fail(faults.storage);
    }
    return this.#arrival;
  }

  /** The first fault is the one that is told. */
  #fail(fault: DataFault): void {
    this.#fault ??= fault;
    this.cut();
  }
}
