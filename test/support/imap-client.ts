/** An IMAP client for flows: one command at a time, responses whole with their literals. */
import { fetchItems, type ImapToken } from './imap-tokens.ts';
import { Wire } from './wire.ts';

export interface ImapReply {
  readonly tag: string;
  /** Untagged responses without `* ` and the final CRLF, literals in place; Latin-1. */
  readonly untagged: readonly string[];
  /** The tagged response without its tag: `OK …`. */
  readonly status: string;
}

/** A command was answered NO or BAD. */
export class ImapRefused extends Error {
  override readonly name = 'ImapRefused';
}

/** Tags differ across connections, so that a recorded answer tells whose it is. */
let lastTag = 0;

export class ImapClient {
  readonly wire: Wire;

  private constructor(wire: Wire) {
    this.wire = wire;
  }

  /** Connected and greeted. */
  static async connect(port: number): Promise<ImapClient> {
    const client = new ImapClient(await Wire.connect(port));
    await client.wire.line();
    return client;
  }

  static async login(port: number, user: string, password: string): Promise<ImapClient> {
    const client = await ImapClient.connect(port);
    await client.ok(`LOGIN "${user}" "${password}"`);
    return client;
  }

  /** A command that must succeed. Throws `ImapRefused`, and `WireEnded` where the server went away. */
  async ok(command: string, literal?: Uint8Array): Promise<ImapReply> {
    const reply = await this.command(command, literal);
    if (!reply.status.startsWith('OK')) throw new ImapRefused(`${command}: ${reply.status}`);
    return reply;
  }

  /** A command, and behind it a literal, whatever comes of it. */
  async command(command: string, literal?: Uint8Array): Promise<ImapReply> {
    const tag = `a${++lastTag}`;
    this.wire.write(literal ? `${tag} ${command} {${literal.length}}\r\n` : `${tag} ${command}\r\n`);
    const untagged: string[] = [];
    for (;;) {
      const response = await this.#response();
      if (response.startsWith('+') && literal) {
        this.wire.write(literal);
        this.wire.write('\r\n');
      } else if (response.startsWith(`${tag} `))
        return { tag, untagged, status: response.slice(tag.length + 1) };
      else untagged.push(response.slice(2));
    }
  }

  /** UID that the message got, from APPENDUID (RFC 9051 §7.1). */
  async append(mailbox: string, octets: Uint8Array, flags = ''): Promise<number> {
    const { status } = await this.ok(`APPEND "${mailbox}" (${flags})`, octets);
    return Number(/APPENDUID \d+ (\d+)/.exec(status)![1]);
  }

  /** FETCH responses of `UID FETCH`, items by name, in the server's order. */
  async uidFetch(uids: string, items: string, modifier = ''): Promise<Map<string, ImapToken>[]> {
    const { untagged } = await this.ok(`UID FETCH ${uids} (${items})${modifier}`);
    return fetchedItems(untagged);
  }

  /** Octets of whole messages by UID. */
  async bodies(uids = '1:*'): Promise<Map<number, Buffer>> {
    const fetched = await this.uidFetch(uids, 'UID BODY.PEEK[]');
    return new Map(fetched.map((items) => [numberOf(items, 'UID'), octetsOf(items, 'BODY[]')]));
  }

  async logout(): Promise<void> {
    await this.command('LOGOUT');
    this.wire.close();
  }

  async #response(): Promise<string> {
    let text = await this.wire.line();
    for (;;) {
      const literal = /\{(\d+)\}$/.exec(text);
      if (!literal) return text;
      const octets = await this.wire.octets(Number(literal[1]));
      text += `\r\n${octets.toString('latin1')}${await this.wire.line()}`;
    }
  }
}

/** The FETCH responses among others, each with its items by name. */
export function fetchedItems(untagged: readonly string[]): Map<string, ImapToken>[] {
  return untagged.filter((line) => /^\d+ FETCH /.test(line)).map(fetchItems);
}

export function numberOf(items: ReadonlyMap<string, ImapToken>, name: string): number {
  const token = items.get(name);
  const value = Array.isArray(token) ? token[0] : token;
  return Number((value as { atom: string }).atom);
}

export function octetsOf(items: ReadonlyMap<string, ImapToken>, name: string): Buffer {
  return Buffer.from(items.get(name) as string, 'latin1');
}

/** Names of a FLAGS list, sorted, without \Recent, which no state keeps. */
export function flagsOf(items: ReadonlyMap<string, ImapToken>): string[] {
  const flags = (items.get('FLAGS') as readonly { atom: string }[]).map(({ atom }) => atom);
  return flags.filter((flag) => flag !== '\\Recent').sort();
}
