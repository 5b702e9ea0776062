/**
 * Runs `test/transcripts/imap/*.txt` against the real server over real sockets. Each file is one conversation:
 *
 *   # words for people
 *   @mail INBOX (\Seen $x)      puts a mail in; its lines follow as `M: …`
 *   @login                      LOGIN as wang, replies left out
 *   C: text   C-: text          the client says a line; without a line end
 *   S: text                     the server says exactly this line
 *   C2: S2: @login 2 …          a second client (the third, … likewise)
 *   @tls  @end  @close  @revoke @greeting  handshake · half-close · client goes · access ends · the greeting is expected
 *   S: <closed>                 the server closed the connection
 *
 * In C, C- and M lines `<CR>`, `<LF>`, `<NUL>`, `<xHH>` and `<n*text>` stand for octets and `<name>` for what an S line took; text is UTF-8. In S lines
 * `<*>` is anything, `<#>` a number, `<name>` anything without blanks or brackets, the same whenever the name returns.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ImapHouse } from './imap-house.ts';
import type { ImapPeer } from './imap-peer.ts';

const folder = fileURLToPath(new URL('../transcripts/imap/', import.meta.url));

for (const file of readdirSync(folder)
  .filter((name) => name.endsWith('.txt'))
  .sort()) {
  test(file.slice(0, -4), async (t) => {
    await new Conversation(t, readFileSync(`${folder}${file}`, 'utf8')).run();
  });
}

class Conversation {
  readonly #test: TestContext;
  readonly #lines: readonly string[];
  readonly #peers = new Map<string, ImapPeer>();
  readonly #names = new Map<string, string>();
  #house!: ImapHouse;
  #at = 0;

  constructor(test: TestContext, text: string) {
    this.#test = test;
    this.#lines = text.split('\n');
  }

  async run(): Promise<void> {
    this.#house = await ImapHouse.open(this.#test);
    await this.#converse();
    assert.deepEqual(this.#house.faults, []);
  }

  async #converse(): Promise<void> {
    let said = 0;
    for (; this.#at < this.#lines.length; this.#at++) {
      const line = this.#lines[this.#at]!;
      if (/^\s*(#|$)/.test(line)) continue;
      await this.#perform(line);
      if (line.startsWith('S')) said++;
    }
    assert.ok(said > 0, 'nothing was expected of the server');
  }

  async #perform(line: string): Promise<void> {
    const spoken = /^(C|C-|S)(\d?)(-?):(?: (.*))?$/.exec(line);
    if (!spoken) return this.#direct(line);
    const [, who, client, , text = ''] = spoken;
    if (who === 'S') return this.#expect(await this.#peer(client || '1'), text);
    const ends = who === 'C-' || line.startsWith(`C${client}-:`);
    const known = text.replace(
      /<([a-z][a-zA-Z0-9]*)>/g,
      (part, name: string) => this.#names.get(name) ?? part,
    );
    (await this.#peer(client || '1')).send(octetsOf(known) + (ends ? '' : '\r\n'));
  }

  async #expect(peer: ImapPeer, text: string): Promise<void> {
    this.#match(await peer.line(), text);
  }

  #match(line: string | null, expected: string): void {
    const where = `line ${this.#at + 1}: ${expected}`;
    if (expected === '<closed>' || line === null) return assert.equal(line ?? '<closed>', expected, where);
    const { pattern, names } = this.#patternOf(expected);
    const found = new RegExp(pattern, 's').exec(line);
    assert.ok(found, `${where}\ngot: ${Buffer.from(line, 'latin1').toString()}`);
    for (const [i, name] of names.entries()) this.#names.set(name, found[i + 1]!);
  }

  #patternOf(expected: string): { pattern: string; names: string[] } {
    const names: string[] = [];
    const pattern = expected.split(/(<[a-zA-Z*#][a-zA-Z0-9]*>|<[*#]>)/).map((part) => {
      if (part === '<*>') return '.*';
      if (part === '<#>') return '[0-9]+';
      const name = /^<([a-z][a-zA-Z0-9]*)>$/.exec(part)?.[1];
      if (name === undefined || /^x[0-9A-F]{2}$/.test(name)) return escaped(octetsOf(part));
      const known = this.#names.get(name);
      if (known !== undefined) return escaped(known);
      names.push(name);
      return '([^\\s()\\[\\]]+)';
    });
    return { pattern: `^${pattern.join('')}$`, names };
  }

  async #direct(line: string): Promise<void> {
    const [directive, ...rest] = line.split(' ');
    const client = /^\d$/.test(rest[0] ?? '') ? rest[0]! : '1';
    switch (directive) {
      case '@mail':
        return this.#mail(rest);
      case '@login':
        await (await this.#peer(client)).command('login', 'LOGIN wang secret');
        return;
      case '@greeting':
        return this.#greet(client);
      case '@tls':
        return (await this.#peer(client)).startTls();
      case '@end':
        return (await this.#peer(client)).end();
      case '@close':
        return (await this.#peer(client)).close();
      case '@revoke':
        return this.#house.signIn.revoke(this.#house.signIn.accountOf('wang'));
      default:
        throw new Error(`line ${this.#at + 1}: what is ${line}?`);
    }
  }

  /** `@mail MAILBOX (FLAGS) DATE` and the `M:` lines behind it. */
  async #mail(words: readonly string[]): Promise<void> {
    const [, path = '', , flags = '', date = ''] =
      /^(\S+)( \(([^)]*)\))?( \S+)?$/.exec(words.join(' ')) ?? [];
    const lines: string[] = [];
    while (this.#lines[this.#at + 1]?.startsWith('M:'))
      lines.push(octetsOf(this.#lines[++this.#at]!.slice(3)));
    const content = lines.map((line) => `${line}\r\n`).join('');
    await this.#house.deliver('wang', path, content, {
      flags: flags.split(' ').filter((flag) => flag !== ''),
      ...(date === '' ? {} : { dateMs: Date.parse(date.trim()) }),
    });
  }

  async #peer(client: string): Promise<ImapPeer> {
    const known = this.#peers.get(client);
    if (known) return known;
    const peer = await this.#house.connect();
    this.#peers.set(client, peer);
    return peer;
  }

  /** Connects; the greeting is what the next line says. */
  async #greet(client: string): Promise<void> {
    const { peer, greeting } = await this.#house.greeted();
    this.#peers.set(client, peer);
    const expected = this.#lines[++this.#at]!;
    this.#match(greeting, expected.slice(expected.indexOf(':') + 2));
  }
}

/** Octets, as Latin-1 characters, of a text with escapes. */
function octetsOf(text: string): string {
  return Buffer.from(text)
    .toString('latin1')
    .replace(
      /<(CR|LF|NUL|x[0-9A-F]{2}|(\d+)\*([^>]*))>/g,
      (_, name: string, times: string, repeated: string) => {
        if (times !== undefined) return repeated.repeat(Number(times));
        return (
          { CR: '\r', LF: '\n', NUL: '\0' }[name] ?? String.fromCharCode(Number.parseInt(name.slice(1), 16))
        );
      },
    );
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
