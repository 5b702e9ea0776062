/**
 * What the command line and the serving process say to each other over `control.sock`: one JSON text a line. The
 * client sends one `ControlRequest`; the server says now and then that it is at work, sends progress, then one end.
 */
import type { JsonValue } from '../domain/event.ts';

export interface ControlRequest {
  readonly verb: string;
  readonly request: JsonValue;
}

export type ControlReply =
  /** The server is at work on it, and has nothing to tell yet. */
  | { readonly kind: 'atWork' }
  | { readonly kind: 'progress'; readonly done: number; readonly total: number; readonly what: string }
  | {
      readonly kind: 'answer';
      readonly json: JsonValue;
      readonly text: string;
      readonly exitCode: number;
      readonly file: { readonly path: string; readonly base64: string } | null;
    }
  /** `expected`: a no for the person, not a fault of the server. */
  | { readonly kind: 'failure'; readonly text: string; readonly expected: boolean };

/** Asks for nothing but an answer: a stopped process still takes connections. */
export const pingRequest: ControlRequest = { verb: 'ping', request: null };

/** So often the server says that it is at work. */
export const atWorkEveryMs = 5000;

export const controlSocketName = 'control.sock';
/** A CSV of some hundred thousand accounts. */
export const maxRequestOctets = 64 * 1024 * 1024;

/** Splits octets into lines; a line over `maxOctets` throws. */
export class LineSplitter {
  readonly #maxOctets: number;
  #parts: Buffer[] = [];
  #octets = 0;

  constructor(maxOctets: number) {
    this.#maxOctets = maxOctets;
  }

  push(octets: Buffer): string[] {
    const lines: string[] = [];
    let from = 0;
    for (let end = octets.indexOf(10); end >= 0; end = octets.indexOf(10, from)) {
      lines.push(Buffer.concat([...this.#parts, octets.subarray(from, end)]).toString('utf8'));
      this.#parts = [];
      this.#octets = 0;
      from = end + 1;
    }
    this.#parts.push(octets.subarray(from));
    this.#octets += octets.length - from;
    if (this.#octets > this.#maxOctets) throw new Error('a line of the control socket is too long');
    return lines;
  }
}
