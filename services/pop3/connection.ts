/**
 * One POP3 connection: octets to lines, lines to commands one after another (they may be pipelined, RFC 2449
 * §6.6), TLS by STLS, time limits, back-pressure.
 */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { giveBack } from '../memory/own-octets.ts';
import { isLoopback } from '../networks.ts';
import type { SessionEnd } from '../record.ts';
import { parseCommand } from './command.ts';
import { maxLineOctets, maxPipelinedCommands, type Pop3Settings } from './pop3-settings.ts';
import { type Pop3Output, type Pop3Parts, Pop3Session } from './session.ts';

/** A peer that has been told goodbye has this long to close its side. */
const lingerMs = 5000;
/** At shutdown a command that runs may take so long. */
const shutdownGraceMs = 5000;

/** What may wait for a slow peer before a mail is read on. */
const maxWaitingOctets = 512 * 1024;

export class Pop3Connection implements Pop3Output {
  /** IP address of the peer. */
  readonly peer: string;
  readonly #settings: Pop3Settings;
  readonly #session: Pop3Session;
  readonly #onClosed: () => void;
  readonly #report: Pop3Parts['report'];
  #socket: Socket;
  #buffer = '';
  readonly #lines: string[] = [];
  #wantsLine: ((line: string | null) => void) | null = null;
  #working = false;
  #ended = false;
  /** The peer sends nothing more; what it has said is still answered. */
  #inputEnded = false;
  #draining = false;
  /** Ends whoever has not signed in by then, however busy it looks. */
  readonly #loginTimer: NodeJS.Timeout;

  /** `socket` with `allowHalfOpen`: a peer that has sent all it wants still gets its answers. */
  constructor(socket: Socket, peer: string, parts: Pop3Parts, settings: Pop3Settings, onClosed: () => void) {
    this.#settings = settings;
    this.#socket = socket;
    this.#onClosed = onClosed;
    this.#report = parts.report;
    this.peer = peer;
    this.#session = new Pop3Session(parts, this);
    this.#loginTimer = setTimeout(() => this.#timeOut(), settings.loginTimeoutMs);
    this.#listen(socket);
    this.line(`+OK ${settings.hostname} POP3 ready`);
  }

  get secure(): boolean {
    return this.#socket instanceof TLSSocket;
  }

  get mayStartTls(): boolean {
    return !this.secure && !this.#session.signedIn;
  }

  get mayAuthenticate(): boolean {
    const { plaintextAuth } = this.#settings;
    return (
      this.secure || plaintextAuth === 'always' || (plaintextAuth === 'loopback' && isLoopback(this.peer))
    );
  }

  line(text: string): void {
    this.#write(`${text}\r\n`);
  }

  octets(octets: Uint8Array): void | Promise<void> {
    const socket = this.#socket;
    this.#write(octets);
    if (!socket.writable || socket.writableLength <= maxWaitingOctets) return;
    return new Promise((resolve) => {
      const done = (): void => {
        socket.off('drain', done);
        socket.off('close', done);
        resolve();
      };
      socket.once('drain', done);
      socket.once('close', done);
    });
  }

  /** What is said in one go (`+OK`, a mail, the dot) leaves in one go. */
  #write(said: string | Uint8Array): void {
    const socket = this.#socket;
    if (!socket.writable) return;
    socket.cork();
    process.nextTick(() => socket.uncork());
    if (typeof said === 'string') socket.write(said);
    else socket.write(said, () => giveBack(said));
  }

  /** What came behind STLS in plain text is thrown away, so that nobody can slip commands in (RFC 2595 §4). */
  startTls(): void {
    const plain = this.#socket;
    plain.uncork();
    plain.removeAllListeners('data');
    plain.removeAllListeners('end');
    this.#lines.length = 0;
    this.#buffer = '';
    const secure = new TLSSocket(plain, { isServer: true, secureContext: this.#settings.secureContext() });
    plain.removeAllListeners('timeout');
    this.#socket = secure;
    this.#listen(secure);
  }

  nextLine(): Promise<string | null> {
    const line = this.#lines.shift();
    if (line !== undefined) return Promise.resolve(line);
    if (this.#ended || this.#inputEnded || this.#draining) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.#wantsLine = resolve;
    });
  }

  end(): void {
    this.#ended = true;
    this.#lines.length = 0;
    const socket = this.#socket;
    socket.end(() => setTimeout(() => socket.destroy(), lingerMs).unref());
  }

  cut(): void {
    this.#ended = true;
    this.#socket.destroy();
  }

  /** At shutdown: a command that runs is answered first, but a peer that does not read is not waited for. */
  close(): void {
    const socket = this.#socket;
    setTimeout(() => socket.destroy(), shutdownGraceMs).unref();
    this.#draining = true;
    this.#giveUpWaiting();
    if (!this.#working) this.#sayFarewell();
  }

  #sayFarewell(): void {
    this.line('-ERR [SYS/TEMP] The server is shutting down.');
    this.#finish('shutdown');
    this.end();
  }

  #listen(socket: Socket): void {
    socket.setTimeout(this.#settings.idleTimeoutMs);
    socket.on('data', (octets: Buffer) => this.#receive(octets));
    socket.on('end', () => this.#takeEnd());
    socket.on('timeout', () => this.#timeOut());
    socket.on('error', () => this.#finish('lost'));
    socket.on('close', () => this.#finish('lost'));
  }

  #receive(octets: Buffer): void {
    if (this.#ended) return;
    this.#buffer += octets.toString('latin1');
    for (let end = this.#buffer.indexOf('\n'); end >= 0; end = this.#buffer.indexOf('\n')) {
      const line = this.#buffer.slice(0, end).replace(/\r$/, '');
      this.#buffer = this.#buffer.slice(end + 1);
      this.#take(line);
    }
    if (this.#buffer.length > maxLineOctets || this.#lines.length > maxPipelinedCommands) {
      this.line('-ERR This line is too long, or too many commands wait.');
      this.end();
    }
  }

  #take(line: string): void {
    const wants = this.#wantsLine;
    if (wants) {
      this.#wantsLine = null;
      wants(line);
      return;
    }
    this.#lines.push(line);
    if (!this.#working) void this.#work();
  }

  #takeEnd(): void {
    this.#inputEnded = true;
    this.#giveUpWaiting();
    if (!this.#working) this.end();
  }

  async #work(): Promise<void> {
    this.#working = true;
    while (this.#lines.length > 0 && !this.#ended && !this.#draining)
      await this.#perform(this.#lines.shift()!);
    this.#working = false;
    if (this.#ended) return;
    if (this.#draining) this.#sayFarewell();
    else if (this.#inputEnded) this.end();
  }

  async #perform(line: string): Promise<void> {
    const command = line.length > maxLineOctets ? null : parseCommand(line);
    if (command === null) return this.line('-ERR This is not a POP3 command.');
    try {
      await this.#session.handle(command);
      if (this.#session.signedIn) clearTimeout(this.#loginTimer);
    } catch (error) {
      this.#report(error);
      this.line('-ERR [SYS/TEMP] This cannot be done now; try again later.');
      this.end();
    }
  }

  #timeOut(): void {
    this.#finish('idle');
    this.#socket.destroy();
  }

  #finish(reason: SessionEnd): void {
    this.#ended = true;
    clearTimeout(this.#loginTimer);
    this.#giveUpWaiting();
    void this.#session.close(reason);
    this.#onClosed();
  }

  #giveUpWaiting(): void {
    this.#wantsLine?.(null);
    this.#wantsLine = null;
  }
}
