/** One connection of a driver: lines in and octets out, with nothing that a load generator would wait for. */
import { connect, type Socket } from 'node:net';

interface Wanted {
  /** Octets to be skipped before lines are read again; 0 for a line. */
  octets: number;
  resolve(line: string): void;
  reject(error: Error): void;
}

export class Wire {
  readonly #socket: Socket;
  #chunks: Buffer = Buffer.alloc(0);
  #wanted: Wanted | null = null;
  #ended: Error | null = null;
  /** Octets that were skipped or read. */
  received = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (octets) => this.#take(octets));
    socket.on('error', (error) => this.#end(error));
    socket.on('close', () => this.#end(new Error('the server has closed the connection')));
  }

  static open(port: number): Promise<Wire> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1' }, () => resolve(new Wire(socket)));
      socket.once('error', reject);
    });
  }

  write(...parts: readonly (string | Uint8Array)[]): void {
    this.#socket.cork();
    for (const part of parts) this.#socket.write(part);
    this.#socket.uncork();
  }

  /** The next line without its end. */
  line(): Promise<string> {
    return this.#want(0);
  }

  /** Lets so many octets pass by. */
  async skip(octets: number): Promise<void> {
    if (octets > 0) await this.#want(octets);
  }

  close(): void {
    this.#socket.destroy();
  }

  #want(octets: number): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#wanted = { octets, resolve, reject };
      this.#serve();
    });
  }

  #take(octets: Buffer): void {
    this.received += octets.length;
    const wanted = this.#wanted;
    if (wanted !== null && wanted.octets > 0 && this.#chunks.length === 0 && octets.length < wanted.octets) {
      wanted.octets -= octets.length; // a literal that is still coming is not gathered
      return;
    }
    this.#chunks = this.#chunks.length === 0 ? octets : Buffer.concat([this.#chunks, octets]);
    this.#serve();
  }

  #serve(): void {
    const wanted = this.#wanted;
    if (wanted === null) return;
    const end = wanted.octets > 0 ? wanted.octets : this.#chunks.indexOf(0x0a) + 1;
    if (end === 0 || end > this.#chunks.length) {
      if (this.#ended !== null) wanted.reject(this.#ended);
      return;
    }
    this.#wanted = null;
    const taken = this.#chunks.subarray(0, end);
    this.#chunks = this.#chunks.subarray(end);
    wanted.resolve(wanted.octets > 0 ? '' : taken.toString('latin1').replace(/\r?\n$/, ''));
  }

  #end(error: Error): void {
    this.#ended ??= error;
    const wanted = this.#wanted;
    this.#wanted = null;
    wanted?.reject(this.#ended);
  }
}
