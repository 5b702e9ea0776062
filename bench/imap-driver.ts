/** An IMAP client that reads past what it is sent, and counts it. */
import { Wire } from './wire.ts';

export interface ImapAnswer {
  /** Untagged lines, without what stood in literals. */
  readonly lines: readonly string[];
  readonly elapsedMs: number;
}

export class ImapDriver {
  readonly #wire: Wire;
  #tag = 0;

  private constructor(wire: Wire) {
    this.#wire = wire;
  }

  static async open(port: number, user: string, password: string): Promise<ImapDriver> {
    const driver = new ImapDriver(await Wire.open(port));
    await driver.#wire.line();
    await driver.run(`LOGIN ${user} "${password}"`);
    return driver;
  }

  /** One command to its tagged OK; anything else is an error. */
  async run(command: string): Promise<ImapAnswer> {
    const startedAt = performance.now();
    const tag = `a${++this.#tag}`;
    this.#wire.write(`${tag} ${command}\r\n`);
    return this.#answer(tag, startedAt);
  }

  async append(mailbox: string, mail: Uint8Array): Promise<ImapAnswer> {
    const startedAt = performance.now();
    const tag = `a${++this.#tag}`;
    this.#wire.write(`${tag} APPEND ${mailbox} {${mail.length}}\r\n`);
    const line = await this.#wire.line();
    if (!line.startsWith('+')) throw new Error(`IMAP: ${line}`);
    this.#wire.write(mail, '\r\n');
    return this.#answer(tag, startedAt);
  }

  /** SELECT; how many messages there are. */
  async select(mailbox: string): Promise<number> {
    const { lines } = await this.run(`SELECT ${mailbox}`);
    return Number(/^\* (\d+) EXISTS/m.exec(lines.join('\n'))?.[1] ?? 0);
  }

  async messages(mailbox: string): Promise<number> {
    const { lines } = await this.run(`STATUS ${mailbox} (MESSAGES)`);
    return Number(/MESSAGES (\d+)/.exec(lines.join('\n'))?.[1] ?? 0);
  }

  async idle(): Promise<void> {
    this.#wire.write('i IDLE\r\n');
    while (!(await this.#wire.line()).startsWith('+'));
  }

  /** While idling: the next line that says EXISTS. */
  async untilExists(): Promise<void> {
    while (!/^\* \d+ EXISTS/.test(await this.#wire.line()));
  }

  close(): void {
    this.#wire.close();
  }

  async #answer(tag: string, startedAt: number): Promise<ImapAnswer> {
    const lines: string[] = [];
    for (;;) {
      const line = await this.#wire.line();
      if (line.startsWith(`${tag} `)) {
        if (!line.startsWith(`${tag} OK`)) throw new Error(`IMAP: ${line}`);
        return { lines, elapsedMs: performance.now() - startedAt };
      }
      lines.push(line);
      await this.#wire.skip(Number(/\{(\d+)\}$/.exec(line)?.[1] ?? 0));
    }
  }
}
