/**
 * A private Dovecot for comparisons: its `imap` program runs as a child, logged in from the start, and speaks
 * over its standard input and output. No port, no daemon; the mails live in a temporary folder.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

const imapProgram = '/usr/lib/dovecot/imap';
/** Dovecot serves no mail to root; Debian's user `mail`. */
const mailUser = 8;

export function dovecotInstalled(): boolean {
  return existsSync(imapProgram);
}

export interface DovecotReply {
  /** Untagged responses in order, without `* ` and the final CRLF; octets as Latin-1 characters. */
  readonly untagged: readonly string[];
  /** The tagged reply without its tag: `OK …`. */
  readonly status: string;
}

export class Dovecot {
  readonly #folder: string;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  #received = '';
  #complaints = '';
  #wake: () => void = () => {};
  #ended = false;
  #lastTag = 0;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#child = spawn(imapProgram, ['-c', join(folder, 'dovecot.conf')], {
      env: { HOME: folder, USER: 'reader', PATH: process.env['PATH'] },
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(process.getuid?.() === 0 ? { uid: mailUser, gid: mailUser } : {}),
    });
    this.#child.stdout.setEncoding('latin1').on('data', (text: string) => this.#receive(text));
    this.#child.stderr.on('data', (text) => {
      this.#complaints += text;
    });
    this.#child.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
    this.#child.stdin.on('error', () => {});
  }

  static async start(): Promise<Dovecot> {
    const folder = mkdtempSync(join(tmpdir(), 'muniment-dovecot-'));
    writeFileSync(join(folder, 'dovecot.conf'), configuration(folder), { mode: 0o644 });
    if (process.getuid?.() === 0) chownSync(folder, mailUser, mailUser);
    const dovecot = new Dovecot(folder);
    await dovecot.#response();
    return dovecot;
  }

  /** Sends one command; `literal` goes behind it as a non-synchronising literal. */
  async command(text: string, literal?: Uint8Array): Promise<DovecotReply> {
    const tag = `t${++this.#lastTag}`;
    this.#child.stdin.write(`${tag} ${text}${literal ? ` {${literal.length}+}` : ''}\r\n`);
    if (literal) {
      this.#child.stdin.write(literal);
      this.#child.stdin.write('\r\n');
    }
    const untagged: string[] = [];
    for (;;) {
      const response = await this.#response();
      if (response.startsWith(`${tag} `)) return { untagged, status: response.slice(tag.length + 1) };
      if (response.startsWith('* ')) untagged.push(response.slice(2));
    }
  }

  /** As `command`, but anything except OK is an error. */
  async ok(text: string, literal?: Uint8Array): Promise<readonly string[]> {
    const reply = await this.command(text, literal);
    if (!reply.status.startsWith('OK')) throw new Error(`Dovecot to ${text.slice(0, 100)}: ${reply.status}`);
    return reply.untagged;
  }

  async close(): Promise<void> {
    this.#child.stdin.end();
    while (!this.#ended) await this.#more();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #receive(text: string): void {
    this.#received += text;
    this.#wake();
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** One response with its literals, without the final CRLF. */
  async #response(): Promise<string> {
    for (;;) {
      const length = responseLength(this.#received);
      if (length >= 0) {
        const response = this.#received.slice(0, length);
        this.#received = this.#received.slice(length + 2);
        return response;
      }
      if (this.#ended) throw new Error(`Dovecot ended: ${this.#complaints}`);
      await this.#more();
    }
  }
}

/** Characters before the CRLF that ends the first response; -1 while it is not there yet. */
function responseLength(text: string): number {
  let from = 0;
  for (;;) {
    const end = text.indexOf('\r\n', from);
    if (end < 0) return -1;
    const literal = /\{(\d+)\}$/.exec(text.slice(Math.max(from, end - 20), end));
    if (!literal) return end;
    from = end + 2 + Number(literal[1]);
    if (from > text.length) return -1;
  }
}

function configuration(folder: string): string {
  return `log_path = /dev/stderr
ssl = no
mail_location = sdbox:${folder}/mail
first_valid_uid = 1
mail_fsync = never
namespace inbox {
  inbox = yes
}
`;
}
