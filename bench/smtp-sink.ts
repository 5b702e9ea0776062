/** A next hop that takes every mail at once and keeps none: it counts. */
import { createServer, type Server, type Socket } from 'node:net';

const endOfMail = Buffer.from('\r\n.\r\n');

export class SmtpSink {
  /** Mails taken. */
  taken = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #wake: () => void = () => {};

  static async start(): Promise<SmtpSink> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new SmtpSink(server);
  }

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => this.#serve(socket));
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  /** Until so many mails have been taken in all. */
  async until(count: number): Promise<void> {
    while (this.taken < count) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
    const conversation = new Conversation(
      (reply) => socket.write(reply),
      () => this.#take(),
    );
    socket.write('220 sink ESMTP\r\n');
    socket.on('data', (octets: Buffer) => conversation.hear(octets));
  }

  #take(): void {
    this.taken++;
    this.#wake();
  }
}

/** Commands as lines, mails to their final dot, however the octets come cut. */
class Conversation {
  readonly #say: (reply: string) => void;
  readonly #onMail: () => void;
  #rest: Buffer = Buffer.alloc(0);
  #inMail = false;

  constructor(say: (reply: string) => void, onMail: () => void) {
    this.#say = say;
    this.#onMail = onMail;
  }

  hear(octets: Buffer): void {
    this.#rest = this.#rest.length === 0 ? octets : Buffer.concat([this.#rest, octets]);
    while (this.#inMail ? this.#endMail() : this.#command());
  }

  /** Of a mail nothing is kept but what may be the beginning of its end. */
  #endMail(): boolean {
    const at = this.#rest.indexOf(endOfMail);
    if (at < 0) {
      this.#rest = this.#rest.subarray(Math.max(0, this.#rest.length - endOfMail.length + 1));
      return false;
    }
    this.#rest = this.#rest.subarray(at + endOfMail.length);
    this.#inMail = false;
    this.#onMail();
    this.#say('250 2.0.0 taken\r\n');
    return true;
  }

  #command(): boolean {
    const at = this.#rest.indexOf(0x0a);
    if (at < 0) return false;
    const verb = this.#rest.toString('latin1', 0, 4).toUpperCase();
    this.#rest = this.#rest.subarray(at + 1);
    this.#inMail = verb === 'DATA';
    if (verb === 'EHLO') this.#say('250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 100000000\r\n');
    else if (verb === 'DATA') this.#say('354 go on\r\n');
    else this.#say(verb === 'QUIT' ? '221 2.0.0 bye\r\n' : '250 2.0.0 ok\r\n');
    return true;
  }
}
