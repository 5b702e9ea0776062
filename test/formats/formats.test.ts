// The independent reader reads what the server wrote, and names each octet that was changed. docs/formats.md.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { crc32 } from 'node:zlib';

const here = import.meta.dirname;
const fixtures = join(here, '../fixtures/formats');
const missing = ['python3', 'zstd'].filter(
  (program) => spawnSync(program, ['--version']).error !== undefined,
);
const skip = missing.length > 0 ? `not installed: ${missing.join(', ')}` : false;

const scratch = mkdtempSync(join(tmpdir(), 'formats-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

function run(program: string, ...words: string[]): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync('python3', [join(here, program), ...words], {
    encoding: 'utf8',
  });
  return { status, said: `${stdout}${stderr}` };
}

function file(folder: string, name: string): Buffer {
  return readFileSync(join(folder, name));
}

/** Where the text ends for the first time. */
function endOf(octets: Buffer, text: string, from = 0): number {
  const start = octets.indexOf(text, from);
  assert.notEqual(start, -1, `${text} is in the fixture`);
  return start + Buffer.byteLength(text);
}

/** One changed bit makes another digit of it, where a letter of hex or base64 may become something else. */
function firstDigit(octets: Buffer, from: number): number {
  return from + octets.toString('latin1', from).search(/[0-9]/);
}

/** The newest of the files that are named by a number. */
function newest(folder: string): string {
  const names = readdirSync(join(fixtures, 'data', folder)).map(Number);
  return `${folder}/${Math.max(...names)}`;
}

const accepted = '"type":"MessageAccepted"';
const firstFrame = 32;
const frameHeader = 96;

type Tampering = { name: string; file: string; at: (octets: Buffer) => number; expected: RegExp };

const tamperings: Tampering[] = [
  {
    name: 'an event record',
    file: 'log/events.sqlite',
    at: (octets) => endOf(octets, '"recipients":', endOf(octets, accepted)),
    expected: /ledger\/tile\/0\/\S+: entry \d+ is not the hash/,
  },
  {
    name: 'the members of an event record',
    file: 'log/events.sqlite',
    at: (octets) => endOf(octets, '"ver', endOf(octets, accepted)),
    expected: /position \d+: the members are not v epoch stream/,
  },
  {
    name: 'a sealed part',
    file: 'log/events.sqlite',
    at: (octets) => endOf(octets, '"seal":"', endOf(octets, accepted)) + 64 + 2 + 40,
    expected: /position \d+ \(message-\S+ 0 MessageAccepted\): the tag does not fit/,
  },
  {
    name: 'a seal',
    file: 'log/events.sqlite',
    at: (octets) => firstDigit(octets, endOf(octets, '"seal":"', endOf(octets, accepted))),
    expected: /position \d+ \(message-\S+ 0 MessageAccepted\): the seal of the record is not the SHA-256/,
  },
  {
    name: 'a volume header',
    file: 'volumes/00000000.vol',
    at: () => 8,
    expected: /volumes\/00000000\.vol offset 8: of the log /,
  },
  {
    name: 'a frame header',
    file: 'volumes/00000000.vol',
    at: () => firstFrame + 40,
    expected: /volumes\/00000000\.vol offset 32: the CRC-32 of the header does not fit/,
  },
  {
    name: 'a chunk',
    file: 'volumes/00000000.vol',
    at: () => firstFrame + frameHeader + 3,
    expected: /volumes\/00000000\.vol offset 32 \(frame \S+\): chunk 0: the tag does not fit/,
  },
  {
    name: 'the table of a frame',
    file: 'volumes/00000000.vol',
    at: (octets) => octets.length - 1,
    expected: /volumes\/00000000\.vol offset \d+: the entries of the table do not add up/,
  },
  {
    name: 'a key row',
    file: 'keys/keys.sqlite',
    at: (octets) => endOf(octets, 'secret-address\x01') + 20,
    expected: /keys\/keys\.sqlite key secret-address: the wrapped key does not open/,
  },
  {
    name: 'the check value',
    file: 'keys/keys.sqlite',
    at: (octets) => endOf(octets, 'check\x01') + 20,
    expected: /keys\/keys\.sqlite meta check: the wrapped key does not open/,
  },
  {
    name: 'the root key',
    file: 'keys/root.key',
    at: () => 64,
    expected: /keys\/root\.key: not 64 hex digits and a newline/,
  },
  {
    name: 'a tile',
    file: newest('ledger/tile/0/000.p'),
    at: () => 32,
    expected: /ledger\/tile\/0\/000\.p\/\d+: entry 1 is not the hash/,
  },
  {
    name: 'HEAD',
    file: 'ledger/HEAD',
    at: (octets) => endOf(octets, '/1\n'),
    expected: /ledger\/HEAD: the signature is not the log's/,
  },
  {
    name: 'a checkpoint file',
    file: newest('ledger/checkpoint'),
    at: (octets) => endOf(octets, '/1\n'),
    expected: /ledger\/checkpoint\/\d+: the signature is not the log's/,
  },
];

test('The reader finds the golden data folder and the evidence sound', { skip }, () => {
  const data = join(fixtures, 'data');
  const { status, said } = run(
    'reader.py',
    '--sent',
    join(fixtures, 'sent.json'),
    data,
    join(fixtures, 'proof.zip'),
  );
  assert.equal(status, 0, said);
});

test('The reader finds the evidence of a mail sound that was approved and sent on', { skip }, () => {
  const { status, said } = run('reader.py', join(fixtures, 'data'), join(fixtures, 'proof-sent.zip'));
  assert.equal(status, 0, said);
  assert.match(said, /1 mail, 2 approvals, 1 handed over/);
});

test('The golden vectors are what the document says', { skip }, () => {
  const { status, said } = run('vectors.py', '--check', join(fixtures, 'vectors.json'));
  assert.equal(status, 0, said);
});

for (const tampering of tamperings) {
  test(`The reader names one changed bit in ${tampering.name}`, { skip }, () => {
    const copy = mkdtempSync(join(scratch, 'data-'));
    cpSync(join(fixtures, 'data'), copy, { recursive: true });
    const octets = file(copy, tampering.file);
    const at = tampering.at(octets);
    octets.writeUInt8(octets.readUInt8(at) ^ 1, at);
    chmodSync(join(copy, tampering.file), 0o600);
    writeFileSync(join(copy, tampering.file), octets);
    const { status, said } = run('reader.py', copy);
    assert.equal(status, 1, said);
    assert.match(said, tampering.expected);
  });
}

/** Changes one bit of a member, and its CRC with it, so that only what the member says gives it away. */
function tamperMember(zip: Buffer, start: string, at: (octets: Buffer) => number): string {
  for (let header = 0; zip.readUInt32LE(header) === 0x04034b50; ) {
    const nameEnd = header + 30 + zip.readUInt16LE(header + 26);
    const name = zip.toString('utf8', header + 30, nameEnd);
    const from = nameEnd + zip.readUInt16LE(header + 28);
    const to = from + zip.readUInt32LE(header + 18);
    if (name.startsWith(start)) {
      const place = from + at(zip.subarray(from, to));
      const before = Buffer.from(zip.subarray(header + 14, header + 18));
      zip.writeUInt8(zip.readUInt8(place) ^ 1, place);
      const now = crc32(zip.subarray(from, to));
      for (let crc = zip.indexOf(before); crc !== -1; crc = zip.indexOf(before, crc))
        zip.writeUInt32LE(now, crc);
      return name;
    }
    header = to;
  }
  throw new Error(`the package has no member ${start}`);
}

const members: { member: string; at: (octets: Buffer) => number; reason: string }[] = [
  {
    member: 'records/',
    at: (octets) => endOf(octets, '"at":') + 3,
    reason: 'its inclusion proof does not lead to the root of the checkpoint',
  },
  { member: 'personal/', at: () => 5, reason: 'its SHA-256 is not the seal of the record' },
  {
    member: 'mail.eml',
    at: (octets) => octets.length - 4,
    reason: 'behind the trace text it has another SHA-256',
  },
  { member: 'mail.eml', at: () => 2, reason: 'does not begin with the trace text' },
  { member: 'checkpoint', at: (octets) => endOf(octets, '/1\n'), reason: "the signature is not the log's" },
  { member: 'log.pub', at: (octets) => endOf(octets, '/'), reason: 'name or key hash does not fit' },
];

for (const { member, at, reason } of members) {
  test(`The reader names one changed bit in ${member} of the evidence: ${reason}`, { skip }, () => {
    const zip = file(fixtures, 'proof.zip');
    const name = tamperMember(zip, member, at);
    const copy = join(mkdtempSync(join(scratch, 'proof-')), 'proof.zip');
    writeFileSync(copy, zip);
    const { status, said } = run('reader.py', copy);
    assert.equal(status, 1, said);
    assert.ok(said.includes(`proof.zip ${name}: ${reason}`), said);
  });
}
