import { once } from 'node:events';
import type { Socket } from 'node:net';
import { giveBack } from '../memory/own-octets.ts';
import type { OctetString } from './protocol/octet-string.ts';

/** What is collected before it is handed to the socket. */
const chunkOctets = 64 * 1024;
/** Octets up to here travel among the text: to copy them costs less than a write of their own. */
const maxCopiedOctets = 4096;
/** What may wait in the socket for a slow peer before a command stops producing. */
const maxWaitingOctets = 512 * 1024;

/**
 * Replies on their way out. Text is collected, so that a command and those pipelined behind it cost one write;
 * `room` is where producers wait for a slow peer.
 */
export class Output {
  #socket: Socket;
  #text = '';

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Continues on another socket (STARTTLS). Nothing may be waiting. */
  switchTo(socket: Socket): void {
    this.#socket = socket;
  }

  /** Octets as Latin-1 characters, as all reply texts are. */
  text(octets: OctetString): void {
    this.#text += octets;
    if (this.#text.length >= chunkOctets) this.flush();
  }

  /** Octets of a message, handed over: they are empty once they are written. */
  octets(octets: Uint8Array): void {
    if (octets.length <= maxCopiedOctets) {
      const { buffer, byteOffset, byteLength } = octets;
      this.text(Buffer.from(buffer, byteOffset, byteLength).toString('latin1'));
      giveBack(octets);
      return;
    }
    this.#socket.cork();
    this.flush();
    if (this.#socket.writable) this.#socket.write(octets, () => giveBack(octets));
    process.nextTick(() => this.#socket.uncork());
  }

  flush(): void {
    if (this.#text === '') return;
    const text = this.#text;
    this.#text = '';
    if (this.#socket.writable) this.#socket.write(text, 'latin1');
  }

  /** Is it time to wait for `room`? */
  get isFull(): boolean {
    return this.#socket.writableLength > maxWaitingOctets;
  }

  /** Resolves when the peer has taken what was written, or is gone. */
  async room(): Promise<void> {
    while (this.isFull && !this.#socket.destroyed) {
      const gone = new AbortController();
      const { signal } = gone;
      await Promise.race([
        once(this.#socket, 'drain', { signal }),
        once(this.#socket, 'close', { signal }),
      ]).catch(() => {});
      gone.abort();
    }
  }
}
