/**
 * One end of a text protocol on a real socket: lines and counted octets in, octets out. Text is Latin-1, so that
 * octets survive. It knows no clock: what never comes is ended by the test runner.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type PeerCertificate } from 'node:tls';

/** The peer has closed, or was killed. */
export class WireEnded extends Error {
  override readonly name = 'WireEnded';
}

const crlf = Buffer.from('\r\n');

export class Wire {
  #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #ended = false;
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#listen();
  }

  static async connect(port: number): Promise<Wire> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect').catch((cause) => {
      throw new WireEnded(`nobody listens on port ${port}`, { cause });
    });
    return new Wire(socket);
  }

  static async connectTls(port: number): Promise<Wire> {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    return new Wire(socket);
  }

  /** Goes on over TLS on the same connection; the certificate that the peer showed. */
  async startTls(): Promise<PeerCertificate> {
    this.#socket.removeAllListeners();
    const socket = connectTls({ socket: this.#socket, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    this.#socket = socket;
    this.#listen();
    return socket.getPeerCertificate();
  }

  write(octets: string | Uint8Array): void {
    this.#socket.write(typeof octets === 'string' ? Buffer.from(octets, 'latin1') : octets);
  }

  /** The next line without its CRLF. Throws `WireEnded`. */
  async line(): Promise<string> {
    for (let searched = 0; ; ) {
      const end = this.#received.indexOf(crlf, searched);
      if (end >= 0) return this.#take(end + crlf.length).toString('latin1', 0, end);
      searched = Math.max(0, this.#received.length - 1);
      await this.#more();
    }
  }

  /** So many octets. Throws `WireEnded`. */
  async octets(count: number): Promise<Buffer> {
    while (this.#received.length < count) await this.#more();
    return this.#take(count);
  }

  /** Writes so much at once that the peer may be slow to take it: resolves when the system has taken it all. */
  async writeAll(octets: string | Uint8Array): Promise<void> {
    const taken = typeof octets === 'string' ? Buffer.from(octets, 'latin1') : octets;
    await new Promise<void>((resolve) => this.#socket.write(taken, () => resolve()));
  }

  /** Says that nothing more will come, and goes on reading. */
  endInput(): void {
    this.#socket.end();
  }

  /** Reads nothing any more: the peer finds out when the system's buffers are full. */
  freeze(): void {
    this.#socket.pause();
  }

  thaw(): void {
    this.#socket.resume();
  }

  /** Drops so many octets as they come. Throws `WireEnded`. */
  async skip(count: number): Promise<void> {
    for (let left = count; left > 0; ) {
      if (this.#received.length === 0) await this.#more();
      left -= this.#take(Math.min(left, this.#received.length)).length;
    }
  }

  /** Everything until the peer closes. */
  async rest(): Promise<string> {
    await this.ended();
    return this.#take(this.#received.length).toString('latin1');
  }

  /** Resolves when the peer has closed; what it said before stays readable. */
  async ended(): Promise<void> {
    while (!this.#ended) await this.#event();
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(count: number): Buffer {
    const taken = this.#received.subarray(0, count);
    this.#received = this.#received.subarray(count);
    return taken;
  }

  async #more(): Promise<void> {
    const { length } = this.#received;
    while (this.#received.length === length) {
      if (this.#ended)
        throw new WireEnded(`the connection ended; unread: ${this.#received.toString('latin1', 0, 200)}`);
      await this.#event();
    }
  }

  #event(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #listen(): void {
    this.#socket.on('data', (octets: Buffer) => {
      this.#received = this.#received.length === 0 ? octets : Buffer.concat([this.#received, octets]);
      this.#wake();
    });
    for (const event of ['end', 'close', 'error']) {
      this.#socket.on(event, () => {
        this.#ended = true;
        this.#wake();
      });
    }
  }
}
