/**
 * One connection's octets in the order of the protocol: command lines, the octets of DATA, command lines
 * again. It takes the place of `smtp-server`'s parser (see `raw-lines.ts` for why), keeps that one's way of
 * talking to the connection, and reads nothing more while an answer is outstanding.
 */
import { SMTPStream } from 'smtp-server/lib/smtp-stream.js';

/** Takes the octets between 354 and the final dot. */
export interface DataReceiver {
  /** Takes octets from `from` on; the place behind the final dot's line, or -1 where that has not come. Copies. */
  feed(chunk: Buffer, from: number): number;
  /** Resolves when more may come; null where it may come at once. Never rejects. */
  ready(): Promise<void> | null;
  /** The final dot has come. Resolves when the answer has been sent; never rejects. */
  end(): Promise<void>;
  /** No more will come, and the final dot has not. */
  cut(): void;
}

/** What a connection does with what comes. */
export interface WireEnd {
  /** A whole line without its CRLF; the next is read when `done` has been called. */
  command(line: Buffer, done: () => void): void;
  /** A line was longer than allowed; it has been read to its end and dropped. */
  overlongCommand(done: () => void): void;
  /** The peer sends nothing more, and everything before that has been answered. */
  inputEnded(): void;
}

/** Pipelined commands taken at once, before others get their turn. */
const maxCommandsPerTurn = 100;
const LF = 10;
const CR = 13;
const nothing: Buffer = Buffer.alloc(0);

export class SmtpWire extends SMTPStream {
  readonly #end: WireEnd;
  readonly #maxCommandOctets: number;
  #input = nothing;
  #at = 0;
  #next: (() => void) | null = null;
  /** The beginning of a command line whose end has not come. */
  #line = nothing;
  #lineIsOverlong = false;
  #receiver: DataReceiver | null = null;
  #waiting = false;
  #advancing = false;
  readonly #resume = (): void => {
    this.#waiting = false;
    if (!this.#advancing) this.#advance();
  };

  /** When the unfinished command line or DATA began, ms of `performance.now`; 0 where neither is under way. */
  startedAtMs = 0;
  /** The peer waits for us because of its DATA. */
  receiverIsBusy = false;

  constructor(end: WireEnd, maxCommandOctets: number) {
    super();
    this.#end = end;
    this.#maxCommandOctets = maxCommandOctets;
  }

  get inData(): boolean {
    return this.#receiver !== null;
  }

  /** What comes from here on is the octets of a mail. */
  receive(receiver: DataReceiver): void {
    this.#receiver = receiver;
    this.startedAtMs = performance.now();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding | 'buffer', next: () => void): void {
    this.#input = chunk;
    this.#at = 0;
    this.#next = next;
    this.#advance();
  }

  /** The library's name for what happens once all input has been taken. A line without an end is no command. */
  override _flushData(): void {
    if (!this.isClosed) this.#end.inputEnded();
  }

  /** The connection is gone. */
  cut(): void {
    this.#receiver?.cut();
    this.#receiver = null;
  }

  #advance(): void {
    this.#advancing = true;
    for (let commands = 0; !this.#waiting && this.#at < this.#input.length && !this.isClosed; ) {
      if (this.#receiver) this.#takeData(this.#receiver);
      else if (commands++ < maxCommandsPerTurn) this.#takeLine();
      else this.#waitFor(new Promise(setImmediate));
    }
    this.#advancing = false;
    if (this.#waiting && !this.isClosed) return;
    const next = this.#next;
    this.#next = null;
    this.#input = nothing;
    next?.();
  }

  #takeLine(): void {
    const lf = this.#input.indexOf(LF, this.#at);
    const end = lf < 0 ? this.#input.length : lf;
    const part = this.#input.subarray(this.#at, end);
    this.#at = lf < 0 ? end : end + 1;
    if (this.#line.length + part.length > this.#maxCommandOctets + 1) this.#lineIsOverlong = true;
    if (this.#lineIsOverlong) this.#line = nothing;
    else this.#line = this.#line.length === 0 ? part : Buffer.concat([this.#line, part]);
    if (lf >= 0) this.#lineEnded();
    else if (this.startedAtMs === 0) this.startedAtMs = performance.now();
  }

  #lineEnded(): void {
    const line = this.#line.at(-1) === CR ? this.#line.subarray(0, -1) : this.#line;
    const overlong = this.#lineIsOverlong || line.length > this.#maxCommandOctets;
    this.#line = nothing;
    this.#lineIsOverlong = false;
    this.startedAtMs = 0;
    this.#waiting = true;
    if (overlong) this.#end.overlongCommand(this.#resume);
    else this.#end.command(line, this.#resume);
  }

  #takeData(receiver: DataReceiver): void {
    const end = receiver.feed(this.#input, this.#at);
    if (end < 0) {
      this.#at = this.#input.length;
      const ready = receiver.ready();
      if (ready) this.#waitFor(ready);
      return;
    }
    this.#at = end;
    this.#receiver = null;
    this.startedAtMs = 0;
    this.#waitFor(receiver.end());
  }

  #waitFor(promise: Promise<void>): void {
    this.#waiting = true;
    this.receiverIsBusy = true;
    void promise.then(() => {
      this.receiverIsBusy = false;
      this.#resume();
    });
  }
}
