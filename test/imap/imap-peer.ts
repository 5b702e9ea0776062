/** A client's end of a connection, line by line. Octets are Latin-1 characters. */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';

/** A reply that takes longer is missing. */
const patienceMs = 15_000;

export class ImapPeer {
  socket: Socket;
  /** Lines, the first of them next. */
  readonly #lines: string[] = [];
  /** Pieces of the line that is not complete. */
  #pieces: string[] = [];
  #closed = false;
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.socket = socket;
    this.#attach(socket);
  }

  static async to(port: number): Promise<ImapPeer> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    return new ImapPeer(socket);
  }

  static async toTls(port: number): Promise<ImapPeer> {
    return new ImapPeer(connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }));
  }

  #attach(socket: Socket): void {
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      this.#take(text);
      this.#wake();
    });
    for (const end of ['end', 'close', 'error']) {
      socket.on(end, () => {
        this.#closed = true;
        this.#wake();
      });
    }
  }

  send(text: string): void {
    this.socket.write(Buffer.from(text, 'latin1'));
  }

  /** The next line without its end; null where the server has closed. */
  async line(): Promise<string | null> {
    const deadline = AbortSignal.timeout(patienceMs);
    for (;;) {
      const line = this.#lines.shift();
      if (line !== undefined) return line;
      if (this.#closed) return null;
      if (deadline.aborted)
        throw new Error(`no reply, only ${JSON.stringify(this.#pieces.join('').slice(-500))}`);
      await this.#more(deadline);
    }
  }

  #take(text: string): void {
    this.#pieces.push(text);
    if (!text.includes('\n')) return;
    const lines = this.#pieces.join('').split('\r\n');
    this.#pieces = [lines.pop()!];
    this.#lines.push(...lines);
  }

  async #more(deadline: AbortSignal): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    await Promise.race([
      woken,
      sleep(patienceMs, undefined, { signal: deadline, ref: false }).catch(() => {}),
    ]);
  }

  /** Sends a command and returns all lines up to its tagged reply. */
  async command(tag: string, text: string): Promise<string[]> {
    this.send(`${tag} ${text}\r\n`);
    return this.until(tag);
  }

  /** Lines up to the tagged reply of that tag, it included. */
  async until(tag: string): Promise<string[]> {
    const lines: string[] = [];
    for (;;) {
      const line = await this.line();
      if (line === null) throw new Error(`closed after ${JSON.stringify(lines)}`);
      lines.push(line);
      if (line.startsWith(`${tag} `)) return lines;
    }
  }

  /** Begins TLS on the connection. */
  async startTls(): Promise<void> {
    const plain = this.socket;
    plain.removeAllListeners('data');
    const secure = connectTls({ socket: plain, rejectUnauthorized: false });
    await new Promise<void>((resolve, reject) => {
      secure.once('secureConnect', resolve);
      secure.once('error', reject);
    });
    this.socket = secure;
    this.#closed = false;
    this.#attach(secure);
  }

  /** Nothing more will be sent. */
  end(): void {
    this.socket.end();
  }

  close(): void {
    this.socket.destroy();
  }
}
