/**
 * Write-ahead logs with a flipped bit, and torn ones: every octet that was synced is missed, and nothing that a
 * power cut or a rolled-back transaction leaves is taken for damage.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, test } from 'node:test';
import { uuidOctets } from '../../services/domain/values.ts';
import { openLogDatabase, SqliteLog } from '../../services/event-store/sqlite-log.ts';
import { newEventId } from '../../services/identifiers.ts';
import { SqliteKeys } from '../../services/key-store/sqlite-keys.ts';
import { refuseDamagedWal } from '../../services/threads/wal-damage.ts';
import { seededRandom } from '../support/seeded-random.ts';

const frameOctets = 24 + 4096;
const walHeaderOctets = 32;
const sectorOctets = 512;

/** A database at one moment, as a kill would leave its files. */
interface Image {
  readonly database: Buffer;
  readonly wal: Buffer;
  readonly index: Buffer;
  /** Rows that were acknowledged. */
  readonly rows: number;
}

const scratch = mkdtempSync(join(tmpdir(), 'muniment-wal-'));
after(() => rmSync(scratch, { recursive: true }));
let files = 0;

function imageOf(file: string, rows: number): Image {
  const [database, wal, index] = ['', '-wal', '-shm'].map((suffix) => readFileSync(file + suffix));
  return { database: database!, wal: wal!, index: index!, rows };
}

/** Puts the files of an image; `index` null: the folder was copied without it, or the power was cut. */
function put({ database, index }: Image, wal: Buffer, withIndex: boolean): string {
  const file = join(scratch, `put-${++files}.sqlite`);
  writeFileSync(file, database);
  writeFileSync(`${file}-wal`, wal);
  if (withIndex) writeFileSync(`${file}-shm`, index);
  return file;
}

function remove(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
}

function isRefused(file: string): boolean {
  try {
    refuseDamagedWal(file, 'restore');
    return false;
  } catch (error) {
    assert.equal((error as Error).name, 'StoreDamaged');
    return true;
  }
}

function rowsIn(file: string, table: string): number {
  const database = new DatabaseSync(file);
  try {
    return Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()!['n']);
  } finally {
    database.close();
  }
}

/** Images of a log after each of its commits. */
function recordedLog(seed: number, commits: number, checkpointAt = -1): Image[] {
  const random = seededRandom(seed);
  const file = join(scratch, `log-${++files}.sqlite`);
  const database = openLogDatabase(file);
  const log = new SqliteLog(database);
  const images: Image[] = [];
  for (let i = 0; i < commits; i++) {
    log.commit(
      Array.from({ length: 1 + Math.floor(random() * 3) }, () => ({
        stream: `message-${crypto.randomUUID()}`,
        expected: 'absent',
        causes: [],
        rows: [
          {
            id: uuidOctets(newEventId()),
            record: Buffer.alloc(Math.floor(random() * 6000), 'record'),
            sealed: null,
          },
        ],
      })),
    );
    if (i === checkpointAt) database.exec('PRAGMA wal_checkpoint(PASSIVE)');
    images.push(imageOf(file, log.lastPosition + 1));
  }
  log.close();
  remove(file);
  return images;
}

/** An image of a key store behind its last commit. */
function recordedKeys(commits: number): Image {
  const file = join(scratch, `keys-${++files}.sqlite`);
  const keys = new SqliteKeys({ file, rootKeyFile: join(scratch, 'root.key') });
  for (let serial = 1; serial <= commits; serial++) {
    const name = `message-${crypto.randomUUID()}`;
    keys.handle({ ask: 'keep', serial, keys: [{ name, wrapped: Buffer.alloc(61), madeAt: 1 }], holds: [] });
    keys.syncBeforeLog(serial);
  }
  const image = imageOf(file, commits);
  keys.close();
  remove(file);
  rmSync(join(scratch, 'root.key'));
  return image;
}

/** All octets of the headers, and of each page some. */
function* places(wal: Buffer, step: number): Generator<number> {
  for (let at = 0; at < wal.length; at++) {
    const inFrame = (at - walHeaderOctets) % frameOctets;
    if (at < walHeaderOctets || inFrame < 24 || at % step === 0) yield at;
  }
}

/** Each flip is refused, or all but `inDoubt` of the rows are there; how many were refused. */
function flipEach(image: Image, table: string, withIndex: boolean, mostLost: number): number {
  const file = put(image, image.wal, withIndex);
  assert.equal(isRefused(file), false, 'the image itself is sound');
  let refused = 0;
  for (const at of places(image.wal, 127)) {
    const wal = Buffer.from(image.wal);
    wal[at]! ^= 1 << (at % 8);
    writeFileSync(`${file}-wal`, wal);
    if (isRefused(file)) {
      refused++;
      continue;
    }
    const opened = put(image, wal, withIndex);
    const lost = image.rows - rowsIn(opened, table);
    assert.ok(lost <= mostLost, `octet ${at} flipped: ${lost} rows are lost`);
    remove(opened);
  }
  remove(file);
  return refused;
}

describe('a flipped bit in a write-ahead log', () => {
  test('of the event log: refused, or every acknowledged event is there', () => {
    for (const seed of [1, 2]) {
      const image = recordedLog(seed, 8).at(-1)!;
      assert.ok(flipEach(image, 'events', true, 0) > 500);
    }
  });

  test('of the event log behind octets of an older round of the same file', () => {
    const image = recordedLog(4, 9, 4).at(-1)!;
    assert.ok(image.wal.length > walHeaderOctets + 8 * frameOctets, 'octets of the older round are behind');
    flipEach(image, 'events', true, 0);
  });

  test('of the key store: refused, or every key is there', () => {
    assert.ok(flipEach(recordedKeys(6), 'keys', true, 0) > 200);
  });

  test('without the index beside it only the last commit is in doubt', () => {
    for (const seed of [5]) {
      const images = recordedLog(seed, 8);
      const [image, before] = [images.at(-1)!, images.at(-3)!];
      // A commit's own last frame with damaged salts or size reads like the middle of the next one.
      assert.ok(flipEach(image, 'events', false, image.rows - before.rows) > 500);
    }
  });

  test('a file that was cut short is refused', () => {
    const image = recordedLog(7, 4).at(-1)!;
    for (const octets of [walHeaderOctets + 10, image.wal.length >> 1, image.wal.length - 1]) {
      const file = put(image, image.wal.subarray(0, octets), true);
      assert.equal(isRefused(file), true, `cut to ${octets}`);
    }
  });
});

describe('no damage', () => {
  test('a power cut in the middle of a commit: any of its sectors are there', () => {
    const random = seededRandom(8);
    for (const seed of [10, 11, 12, 13]) {
      const images = recordedLog(seed, 7, seed % 2 === 0 ? 3 : -1);
      for (let round = 0; round < 60; round++) {
        const last = 1 + Math.floor(random() * (images.length - 1));
        const [before, image] = [images[last - 1]!, images[last]!];
        const torn = tornBetween(before.wal, image.wal, random);
        const file = put(before, torn, random() < 0.5);
        assert.equal(isRefused(file), false, `seed ${seed} round ${round}`);
        const rows = rowsIn(file, 'events');
        assert.ok(rows === before.rows || rows === image.rows, `${rows} of ${before.rows} or ${image.rows}`);
        remove(file);
      }
    }
  });

  test('what a rolled-back transaction had written already', () => {
    const file = join(scratch, `spilled-${++files}.sqlite`);
    const database = openLogDatabase(file);
    database.exec('PRAGMA cache_size = 2');
    const log = new SqliteLog(database);
    const rows = (octets: number) => [
      { id: uuidOctets(newEventId()), record: Buffer.alloc(octets, 'x'), sealed: null },
    ];
    const append = (octets: number) =>
      log.commit([
        { stream: `message-${crypto.randomUUID()}`, expected: 'absent', rows: rows(octets), causes: [] },
      ]);
    append(100);
    const octetsBefore = readFileSync(`${file}-wal`).length;
    database.exec('BEGIN');
    for (let i = 0; i < 40; i++)
      database
        .prepare('INSERT INTO events VALUES (?, ?, 0, NULL, ?, NULL)')
        .run(1000 + i, crypto.randomUUID(), Buffer.alloc(5000));
    database.exec('ROLLBACK');
    assert.ok(readFileSync(`${file}-wal`).length > octetsBefore, 'pages were written before the end');
    append(100);
    const image = imageOf(file, 2);
    log.close();
    for (const withIndex of [true, false]) assert.equal(isRefused(put(image, image.wal, withIndex)), false);
  });

  test('no log, an empty one, a header alone', () => {
    const image = recordedLog(20, 1)[0]!;
    const file = put(image, Buffer.alloc(0), false);
    for (const wal of [Buffer.alloc(0), image.wal.subarray(0, 10), image.wal.subarray(0, walHeaderOctets)]) {
      writeFileSync(`${file}-wal`, wal);
      assert.equal(isRefused(file), false);
    }
    rmSync(`${file}-wal`);
    assert.equal(isRefused(file), false);
  });
});

/** Sectors of the later file that differ get there by chance; a new header is synced before what follows it. */
function tornBetween(before: Buffer, later: Buffer, random: () => number): Buffer {
  const size = random() < 0.5 ? later.length : before.length;
  const torn = Buffer.alloc(Math.max(size, before.length));
  before.copy(torn);
  later.copy(torn, 0, 0, walHeaderOctets);
  for (let at = 0; at < torn.length; at += sectorOctets)
    if (random() < 0.5) later.copy(torn, at, at, at + sectorOctets);
  return torn;
}
