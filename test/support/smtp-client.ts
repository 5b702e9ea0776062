/** An SMTP client for flows: one mail after the other on one connection, octets as they are. */
import { Wire } from './wire.ts';

export class SmtpClient {
  readonly wire: Wire;

  private constructor(wire: Wire) {
    this.wire = wire;
  }

  /** Connected, greeted, EHLO said; `header` is what a proxy says first. */
  static async connect(port: number, header: Uint8Array = new Uint8Array()): Promise<SmtpClient> {
    const client = new SmtpClient(await Wire.connect(port));
    if (header.length > 0) client.wire.write(header);
    await client.reply();
    await client.say('EHLO peer.example');
    return client;
  }

  /** One command, one reply, its lines joined by newlines. */
  async say(line: string): Promise<string> {
    this.wire.write(`${line}\r\n`);
    return this.reply();
  }

  async reply(): Promise<string> {
    const lines: string[] = [];
    do lines.push(await this.wire.line());
    while (lines.at(-1)![3] === '-');
    return lines.join('\n');
  }

  async login(user: string, password: string): Promise<void> {
    const secret = Buffer.from(`\0${user}\0${password}`).toString('base64');
    const reply = await this.say(`AUTH PLAIN ${secret}`);
    if (!reply.startsWith('235')) throw new Error(`AUTH was answered ${reply}`);
  }

  /** A whole transaction; its last reply. The first one that says no ends it. */
  async send(
    sender: string,
    recipients: readonly string[],
    octets: Uint8Array,
    parameters = '',
  ): Promise<string> {
    const commands = [
      `MAIL FROM:<${sender}>${parameters}`,
      ...recipients.map((to) => `RCPT TO:<${to}>`),
      'DATA',
    ];
    for (const command of commands) {
      const reply = await this.say(command);
      if (reply[0] === '2' || reply[0] === '3') continue;
      await this.say('RSET');
      return reply;
    }
    this.wire.write(stuffed(octets));
    return this.reply();
  }

  async quit(): Promise<void> {
    await this.say('QUIT');
    this.wire.close();
  }
}

/** Only CRLF ends a line: a bare CR or LF goes out as it is (RFC 5321 §4.5.2). */
function stuffed(octets: Uint8Array): Buffer {
  const text = Buffer.from(octets).toString('latin1').replaceAll('\r\n.', '\r\n..').replace(/^\./, '..');
  return Buffer.from(`${text}${text.endsWith('\r\n') || text === '' ? '' : '\r\n'}.\r\n`, 'latin1');
}
