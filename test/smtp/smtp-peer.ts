/** A peer that speaks SMTP octet by octet over a real socket. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';

export class SmtpPeer {
  socket: Socket | TLSSocket;
  #received = '';
  #closed = false;
  #wake: () => void = () => {};

  private constructor(socket: Socket | TLSSocket) {
    this.socket = socket;
    this.#listen();
  }

  /** Connected and greeted. */
  static async connect(port: number, host = '127.0.0.1'): Promise<SmtpPeer> {
    const peer = await SmtpPeer.dial(port, host);
    await peer.reply(220);
    return peer;
  }

  /** Connected; nothing read. */
  static async dial(port: number, host = '127.0.0.1'): Promise<SmtpPeer> {
    const socket = connect({ port, host, allowHalfOpen: true });
    socket.setNoDelay(true);
    await once(socket, 'connect');
    return new SmtpPeer(socket);
  }

  static async connectTls(port: number): Promise<SmtpPeer> {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    const peer = new SmtpPeer(socket);
    await peer.reply(220);
    return peer;
  }

  /** Goes on over TLS; STARTTLS has been answered. */
  async upgrade(): Promise<void> {
    this.socket.removeAllListeners('data');
    const tls = connectTls({ socket: this.socket, rejectUnauthorized: false });
    await once(tls, 'secureConnect');
    this.socket = tls;
    this.#listen();
  }

  write(octets: string | Uint8Array): void {
    this.socket.write(typeof octets === 'string' ? Buffer.from(octets, 'utf8') : octets);
  }

  /** One command, one reply. */
  async say(line: string, code?: number): Promise<string> {
    this.write(`${line}\r\n`);
    return this.reply(code);
  }

  /** The next reply, its lines joined by newlines; throws where its code is another, or the connection ended. */
  async reply(code?: number): Promise<string> {
    for (;;) {
      const match = /^(?:\d{3}-[^\r\n]*\r\n)*\d{3}(?: [^\r\n]*)?\r\n/.exec(this.#received);
      if (match) {
        this.#received = this.#received.slice(match[0].length);
        const text = match[0].trimEnd().replaceAll('\r\n', '\n');
        if (code !== undefined && !text.startsWith(String(code)))
          throw new Error(`wanted ${code}, got: ${text}`);
        return text;
      }
      if (this.#closed) throw new Error(`the connection ended; unread: ${JSON.stringify(this.#received)}`);
      await this.#more();
    }
  }

  /** EHLO, MAIL, RCPT …, DATA up to 354. */
  async envelope(sender: string, recipients: readonly string[], parameters = ''): Promise<void> {
    await this.say('EHLO peer.example', 250);
    await this.say(`MAIL FROM:<${sender}>${parameters}`, 250);
    for (const recipient of recipients) await this.say(`RCPT TO:<${recipient}>`, 250);
    await this.say('DATA', 354);
  }

  /** The octets, dot-stuffed, and the final dot. */
  writeMail(octets: Uint8Array): void {
    const text = Buffer.from(octets).toString('latin1').replace(/^\./gm, '..');
    this.write(Buffer.from(`${text}${text.endsWith('\r\n') || text === '' ? '' : '\r\n'}.\r\n`, 'latin1'));
  }

  /** Resolves when the server has closed its side. */
  async ended(): Promise<void> {
    while (!this.#closed) await this.#more();
  }

  close(): void {
    this.socket.destroy();
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #listen(): void {
    this.socket.on('data', (octets: Buffer) => {
      this.#received += octets.toString('utf8');
      this.#wake();
    });
    const end = () => {
      this.#closed = true;
      this.#wake();
    };
    this.socket.on('end', end);
    this.socket.on('close', end);
    this.socket.on('error', end);
  }
}
