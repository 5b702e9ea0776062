/** An SMTP client that keeps one connection busy. */
import { Wire } from './wire.ts';

export class SmtpDriver {
  readonly #wire: Wire;
  /** Envelope sender. */
  sender = 'sender@example.net';

  private constructor(wire: Wire) {
    this.#wire = wire;
  }

  static async open(port: number): Promise<SmtpDriver> {
    const driver = new SmtpDriver(await Wire.open(port));
    await driver.#expect('220');
    driver.#wire.write('EHLO bench.example.net\r\n');
    await driver.#expect('250');
    return driver;
  }

  /** As who submits; the address is the sender of what follows. */
  async signIn(user: string, password: string): Promise<void> {
    const token = Buffer.from(`\0${user}\0${password}`).toString('base64');
    this.#wire.write(`AUTH PLAIN ${token}\r\n`);
    await this.#expect('235');
    this.sender = user;
  }

  /** One transaction; milliseconds from the last octet to the final reply. The mail must not need dot-stuffing. */
  async send(recipient: string, mail: Uint8Array): Promise<number> {
    this.#wire.write(`MAIL FROM:<${this.sender}>\r\nRCPT TO:<${recipient}>\r\nDATA\r\n`);
    for (const code of ['250', '250', '354']) await this.#expect(code);
    this.#wire.write(mail, '.\r\n');
    const writtenAt = performance.now();
    await this.#expect('250');
    return performance.now() - writtenAt;
  }

  close(): void {
    this.#wire.close();
  }

  async #expect(code: string): Promise<void> {
    for (;;) {
      const line = await this.#wire.line();
      if (!line.startsWith(code)) throw new Error(`SMTP: ${line}`);
      if (line[3] !== '-') return;
    }
  }
}
