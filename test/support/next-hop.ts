/** A mail exchanger that does what a test tells it to: refuses, greylists, dawdles, drops, takes a mail and cuts. */
import { createServer, type Server, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** `OCTETS`: the first octets of a mail are here. `DOT`: it is whole. */
export type Step =
  | 'CONNECT'
  | 'EHLO'
  | 'HELO'
  | 'STARTTLS'
  | 'AUTH'
  | 'MAIL'
  | 'RCPT'
  | 'DATA'
  | 'OCTETS'
  | 'DOT'
  | 'RSET'
  | 'QUIT';

/**
 * A reply; or `drop`: the connection is cut; `cut`: at the final dot, the mail is taken and the connection cut before
 * the reply; `silence`: nothing is said any more. Undefined: what a peaceful peer says.
 */
export type Answer = string | undefined | Promise<string | undefined>;

export interface Behaviour {
  readonly answer?: (step: Step, line: string, hop: NextHopPeer) => Answer;
  /** Keywords of EHLO. */
  readonly extensions?: readonly string[];
  /** Offers STARTTLS with it. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

export interface TakenMail {
  /** Parameters and all. */
  readonly mailLine: string;
  readonly recipients: readonly string[];
  /** Without dot-stuffing, to the CRLF before the final dot. */
  readonly octets: Buffer;
  readonly underTls: boolean;
  /** Counts from 1. */
  readonly connection: number;
}

const usualExtensions = ['PIPELINING', '8BITMIME', 'SIZE 100000000', 'SMTPUTF8', 'ENHANCEDSTATUSCODES'];
const end = Buffer.from('\r\n.\r\n');

export class NextHopPeer {
  behaviour: Behaviour;
  readonly taken: TakenMail[] = [];
  /** Every command line, in order. */
  readonly lines: string[] = [];
  connections = 0;
  open = 0;
  /** The most that were open at once. */
  mostOpen = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  static async start(behaviour: Behaviour = {}, host = '127.0.0.1', port = 0): Promise<NextHopPeer> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
    return new NextHopPeer(behaviour, server);
  }

  private constructor(behaviour: Behaviour, server: Server) {
    this.behaviour = behaviour;
    this.#server = server;
    server.on('connection', (socket) => this.#serve(socket));
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  get subjects(): string[] {
    return this.taken.map(({ octets }) => /^Subject: (.*)\r$/m.exec(octets.toString())?.[1] ?? '');
  }

  /** Resolves when so many mails have been taken, or as soon as `condition` holds. */
  async until(condition: number | (() => boolean)): Promise<void> {
    const holds = typeof condition === 'number' ? () => this.taken.length >= condition : condition;
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  /** Cuts every connection. */
  hangUp(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.hangUp();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    this.connections++;
    this.mostOpen = Math.max(this.mostOpen, ++this.open);
    this.#sockets.add(socket);
    socket.on('close', () => {
      this.open--;
      this.#sockets.delete(socket);
    });
    void new Session(this, socket, this.connections).begin();
  }
}

class Session {
  readonly #hop: NextHopPeer;
  readonly #number: number;
  #socket: Socket;
  #received = Buffer.alloc(0);
  /** Come since, not yet joined to what was received. */
  #parts: Buffer[] = [];
  #mailLine = '';
  #recipients: string[] = [];
  #inData = false;
  #sawOctets = false;
  #working = false;
  #isMute = false;

  constructor(hop: NextHopPeer, socket: Socket, number: number) {
    this.#hop = hop;
    this.#socket = socket;
    this.#number = number;
  }

  async begin(): Promise<void> {
    this.#listen();
    await this.#say('CONNECT', '', '220 mx.out.example ready');
  }

  #listen(): void {
    this.#socket.on('error', () => this.#socket.destroy());
    this.#socket.on('data', (octets: Buffer) => {
      this.#parts.push(octets);
      // Of a large mail only the last octets are looked at while it comes: they may hold the end.
      const tail = Buffer.concat([this.#parts.at(-2)?.subarray(-end.length) ?? Buffer.alloc(0), octets]);
      if (this.#inData && this.#sawOctets && this.#parts.length > 1 && !tail.includes(end)) return;
      this.#received = Buffer.concat([this.#received, ...this.#parts.splice(0)]);
      void this.#work();
    });
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    while (await (this.#inData ? this.#takeOctets() : this.#takeLine()));
    this.#working = false;
  }

  async #takeLine(): Promise<boolean> {
    const at = this.#received.indexOf('\r\n');
    if (at < 0) return false;
    const line = this.#received.toString('utf8', 0, at);
    this.#received = this.#received.subarray(at + 2);
    this.#hop.lines.push(line);
    await this.#command(line);
    return !this.#socket.destroyed;
  }

  async #command(line: string): Promise<void> {
    const verb = line.split(/[ :]/)[0]!.toUpperCase() as Step;
    switch (verb) {
      case 'EHLO':
        return void (await this.#say('EHLO', line, this.#greeting()));
      case 'STARTTLS':
        if (await this.#say('STARTTLS', line, '220 go on')) this.#upgrade();
        return;
      case 'AUTH':
        return void (await this.#say('AUTH', line, '235 2.7.0 welcome'));
      case 'MAIL':
        this.#recipients = [];
        this.#mailLine = (await this.#say('MAIL', line, '250 2.1.0 ok')) ? line : '';
        return;
      case 'RCPT':
        if (this.#mailLine === '') return this.#speak('503 5.5.1 MAIL first');
        if (await this.#say('RCPT', line, '250 2.1.5 ok')) this.#recipients.push(/<(.*)>/.exec(line)![1]!);
        return;
      case 'DATA':
        if (this.#recipients.length === 0) return this.#speak('554 5.5.1 no valid recipients');
        this.#inData = await this.#say('DATA', line, '354 go on');
        this.#sawOctets = false;
        return;
      case 'QUIT':
        await this.#say('QUIT', line, '221 2.0.0 bye');
        this.#socket.end();
        return;
      default:
        return void (await this.#say(verb, line, '250 2.0.0 ok'));
    }
  }

  async #takeOctets(): Promise<boolean> {
    if (!this.#sawOctets && this.#received.length > 0) {
      this.#sawOctets = true;
      if ((await this.#hop.behaviour.answer?.('OCTETS', '', this.#hop)) === 'drop') this.#socket.destroy();
      if (this.#socket.destroyed) return false;
    }
    const at = this.#received.indexOf(end);
    if (at < 0) return false;
    const octets = this.#received.subarray(0, at + 2);
    this.#received = this.#received.subarray(at + end.length);
    this.#inData = false;
    await this.#dot(octets);
    return !this.#socket.destroyed;
  }

  async #dot(octets: Buffer): Promise<void> {
    const answer = (await this.#hop.behaviour.answer?.('DOT', '', this.#hop)) ?? '250 2.0.0 taken';
    if (/^(2|cut)/.test(answer)) {
      this.#hop.taken.push({
        mailLine: this.#mailLine,
        recipients: this.#recipients,
        octets: Buffer.from(octets.toString('latin1').replace(/^\.\./gm, '.'), 'latin1'),
        underTls: this.#socket instanceof TLSSocket,
        connection: this.#number,
      });
    }
    if (answer === 'cut') this.#socket.destroy();
    else this.#speak(answer);
  }

  /** Whether the answer was a yes. */
  async #say(step: Step, line: string, usual: string): Promise<boolean> {
    const answer = (await this.#hop.behaviour.answer?.(step, line, this.#hop)) ?? usual;
    this.#speak(answer);
    return /^[23]/.test(answer);
  }

  #greeting(): string {
    const { extensions = usualExtensions, tls } = this.#hop.behaviour;
    const offersTls = tls && !(this.#socket instanceof TLSSocket);
    const keywords = ['mx.out.example', ...extensions, ...(offersTls ? ['STARTTLS'] : [])];
    return keywords.map((each, i) => `250${i === keywords.length - 1 ? ' ' : '-'}${each}`).join('\r\n');
  }

  #upgrade(): void {
    this.#socket.removeAllListeners('data');
    this.#received = Buffer.alloc(0);
    this.#socket = new TLSSocket(this.#socket, { isServer: true, ...this.#hop.behaviour.tls });
    this.#listen();
  }

  #speak(answer: string): void {
    if (answer === 'drop') this.#socket.destroy();
    this.#isMute ||= answer === 'silence';
    if (!this.#isMute && this.#socket.writable) this.#socket.write(`${answer}\r\n`);
  }
}
