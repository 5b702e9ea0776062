/** How the tests of this room drive the reader. */
import assert from 'node:assert/strict';
import type { ImapCommand } from '../../../services/imap/protocol/command.ts';
import { CommandReader } from '../../../services/imap/protocol/command-reader.ts';
import { Cursor } from '../../../services/imap/protocol/cursor.ts';
import type { ReaderItem } from '../../../services/imap/protocol/reader-item.ts';

/** Everything that a reader makes of those octets, with every message accepted and its octets joined. */
export function readAll(text: string, chunks: readonly number[] = []): ReaderItem[] {
  const reader = new CommandReader();
  const octets = Buffer.from(text, 'latin1');
  const items: ReaderItem[] = [];
  let at = 0;
  for (const size of [...chunks, octets.length]) {
    reader.push(octets.subarray(at, at + size));
    at += size;
    for (let item = reader.next(); item !== null; item = reader.next()) {
      if (item.kind === 'message') reader.acceptMessage();
      collect(items, item);
    }
  }
  return items;
}

/** Octets of one message arrive cut in any way: neighbours are joined. */
function collect(items: ReaderItem[], item: ReaderItem): void {
  const last = items.at(-1);
  if (item.kind !== 'octets') items.push(item);
  else if (last?.kind === 'octets') {
    items[items.length - 1] = { kind: 'octets', octets: Buffer.concat([last.octets, item.octets]) };
  } else items.push({ kind: 'octets', octets: Buffer.from(item.octets) });
}

/** The one command that a text (without tag and line end) is. */
export function commandOf(text: string): ImapCommand {
  const items = readAll(`t ${text}\r\n`).filter((item) => item.kind !== 'continue');
  assert.equal(items.length, 1, JSON.stringify(items));
  const [item] = items;
  assert.equal(item?.kind, 'command', `${text}: ${JSON.stringify(item)}`);
  assert.equal(item.tag, 't');
  return item.command;
}

/** Asserts that a text (without tag and line end) is refused with that status. */
export function assertRefused(text: string, status: 'BAD' | 'NO' = 'BAD', code?: string): void {
  const [item] = readAll(`t ${text}\r\n`).filter((each) => each.kind !== 'continue');
  assert.ok(item?.kind === 'failure', `${text.slice(0, 80)}: ${JSON.stringify(item)?.slice(0, 300)}`);
  assert.equal(item.tag, 't');
  assert.equal(item.status, status, text.slice(0, 80));
  if (code !== undefined) assert.equal(item.code?.split(' ')[0], code);
}

export function cursorOn(text: string): Cursor {
  return new Cursor({ lines: [text], literals: [] });
}

/** A small generator of repeatable random numbers (mulberry32). */
export function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
