/** Dot-stuffing, the final dot and bare line ends, against a plain reading of RFC 5321 §4.5.2. Pure. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RawLines } from '../../services/smtp/raw-lines.ts';
import { seededRandom } from '../support/seeded-random.ts';

interface Read {
  readonly content: string;
  readonly bare: boolean;
  readonly nul: boolean;
  /** Octets up to and with the final dot's line; -1 where it has not come. */
  readonly end: number;
}

/** One octet at a time, with everything in memory. */
function readPlainly(wire: string, normalise: boolean): Read {
  let content = '';
  let bare = false;
  let lineStart = true;
  for (let at = 0; at < wire.length; ) {
    if (lineStart && wire.startsWith('.\r\n', at)) {
      return { content, bare, nul: wire.slice(0, at).includes('\0'), end: at + 3 };
    }
    if (lineStart && wire[at] === '.') {
      at++;
      lineStart = false;
    } else if (wire.startsWith('\r\n', at)) {
      content += '\r\n';
      at += 2;
      lineStart = true;
    } else if (wire[at] === '\r' || wire[at] === '\n') {
      bare = true;
      if (normalise) content += '\r\n';
      lineStart = normalise;
      at++;
    } else {
      content += wire[at++];
      lineStart = false;
    }
  }
  return { content, bare, nul: wire.includes('\0'), end: -1 };
}

function read(wire: string, normalise: boolean, pieces: () => number): Read {
  let content = '';
  const lines = new RawLines(normalise, (slice) => {
    content += slice.toString('latin1');
  });
  let end = -1;
  for (let at = 0; at < wire.length && end < 0; ) {
    const piece = Buffer.from(wire.slice(at, at + pieces()), 'latin1');
    const place = lines.feed(piece, 0);
    if (place >= 0) end = at + place;
    at += piece.length;
  }
  return { content, bare: lines.bareLineEnds, nul: lines.nulOctets, end };
}

describe('RawLines', () => {
  test('agrees with a plain reader on 30,000 seeded wires in any pieces', () => {
    const random = seededRandom(5321);
    const next = (below: number) => Math.floor(random() * below);
    for (let round = 0; round < 30_000; round++) {
      const normalise = round % 2 === 0;
      let wire = '';
      for (let i = next(14); i > 0; i--) wire += '.\r\na.\r\n\0'[next(8)];
      wire += round % 5 > 0 ? '\r\n.\r\nQUIT' : 'z';
      const wanted = readPlainly(wire, normalise);
      const got = read(wire, normalise, () => 1 + next(6));
      const comparable = wanted.bare && !normalise ? { ...got, content: wanted.content } : got;
      assert.deepEqual(comparable, wanted, JSON.stringify(wire));
    }
  });

  test('begins in the middle of a chunk and stops behind the dot', () => {
    let content = '';
    const lines = new RawLines(false, (slice) => {
      content += slice.toString();
    });
    const chunk = Buffer.from('DATA\r\n..a\r\n.\r\nMAIL\0');
    assert.equal(lines.feed(chunk, 6), 14);
    assert.equal(content, '.a\r\n');
    assert.equal(lines.nulOctets, false);
  });
});
