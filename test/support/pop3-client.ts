/** A POP3 client for flows: one command at a time. */
import { Wire } from './wire.ts';

export class Pop3Client {
  readonly wire: Wire;

  private constructor(wire: Wire) {
    this.wire = wire;
  }

  static async login(port: number, user: string, password: string): Promise<Pop3Client> {
    const client = new Pop3Client(await Wire.connect(port));
    await client.wire.line();
    await client.ok(`USER ${user}`);
    await client.ok(`PASS ${password}`);
    return client;
  }

  /** A command that must succeed; its first line behind `+OK `. */
  async ok(command: string): Promise<string> {
    this.wire.write(`${command}\r\n`);
    const line = await this.wire.line();
    if (!line.startsWith('+OK')) throw new Error(`${command}: ${line}`);
    return line.slice(4);
  }

  /** Lines of an answer of several, dots removed (RFC 1939 §3); Latin-1. */
  async lines(command: string): Promise<string[]> {
    await this.ok(command);
    const lines: string[] = [];
    for (;;) {
      const line = await this.wire.line();
      if (line === '.') return lines;
      lines.push(line.startsWith('.') ? line.slice(1) : line);
    }
  }

  /** A message as it came, each line with its CRLF. */
  async retrieve(number: number): Promise<Buffer> {
    const lines = await this.lines(`RETR ${number}`);
    return Buffer.from(lines.map((line) => `${line}\r\n`).join(''), 'latin1');
  }

  async quit(): Promise<void> {
    await this.ok('QUIT');
    this.wire.close();
  }
}
