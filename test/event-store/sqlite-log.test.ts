import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, test } from 'node:test';
import {
  type LogAppend,
  type LogRow,
  openLogDatabase,
  SqliteLog,
} from '../../services/event-store/sqlite-log.ts';
import { SqliteLogReader } from '../../services/event-store/sqlite-log-reader.ts';
import { storageFailure } from '../../services/threads/storage-failure.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'muniment-log-'));
  file = join(folder, 'events.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true }));

function row(octets = 10): LogRow {
  return { id: randomBytes(16), record: randomBytes(octets), sealed: null };
}

function append(
  stream: string,
  expected: LogAppend['expected'],
  rows: readonly LogRow[] = [row()],
  causes: LogAppend['causes'] = [],
): LogAppend {
  return { stream, expected, rows, causes };
}

const outcomesOf = (log: SqliteLog, group: readonly LogAppend[]) =>
  log.commit(group).map(({ outcome }) => outcome);

describe('a group of appends', () => {
  test('what names a cause is written where that stands at its place, before it in the group or in the log', () => {
    const log = new SqliteLog(openLogDatabase(file));
    const [cause, other, effect] = [row(), row(), row()];
    const at = (position: number, { id }: LogRow) => [{ position, id }];
    assert.deepEqual(
      outcomesOf(log, [
        append('b-1', 'absent', [effect], at(0, cause)),
        append('a-1', 'absent', [cause, other]),
        append('b-1', 'absent', [effect], at(1, cause)),
        append('b-1', 'absent', [effect], [...at(0, cause), ...at(2, other)]),
        append('b-1', 'absent', [effect], [...at(0, cause), ...at(1, other)]),
      ]),
      ['causeMissing', 'written', 'causeMissing', 'causeMissing', 'written'],
    );
    assert.deepEqual(
      log.commit([
        append('b-1', 'absent', [effect], at(9, cause)),
        append('b-1', 0, [row()], at(1, other)),
        append('b-1', 0, [row()], at(9, cause)),
      ]),
      [
        { outcome: 'repeated', firstRevision: 0, positions: [2] },
        { outcome: 'written', firstRevision: 1, positions: [3] },
        { outcome: 'conflict', actual: 1 },
      ],
    );
  });

  test('each succeeds or conflicts by itself and sees those before it', () => {
    const log = new SqliteLog(openLogDatabase(file));
    const [a0, a1, b0] = [[row(), row()], [row()], [row()]];
    const group = [
      append('a-1', 'absent', a0),
      append('a-1', 'absent'),
      append('a-1', 1, a1),
      append('a-1', 'absent', a0),
      append('b-1', 0, b0),
      append('b-1', 'absent', b0),
    ];
    assert.deepEqual(log.commit(group), [
      { outcome: 'written', firstRevision: 0, positions: [0, 1] },
      { outcome: 'conflict', actual: 1 },
      { outcome: 'written', firstRevision: 2, positions: [2] },
      { outcome: 'repeated', firstRevision: 0, positions: [0, 1] },
      { outcome: 'conflict', actual: 'absent' },
      { outcome: 'written', firstRevision: 0, positions: [3] },
    ]);
    assert.equal(log.lastPosition, 3);
    log.close();
    const reopened = new SqliteLog(openLogDatabase(file));
    assert.equal(reopened.lastPosition, 3);
    assert.deepEqual(outcomesOf(reopened, [append('a-1', 2)]), ['written']);
    reopened.close();
  });

  test('is written as docs/formats.md says', () => {
    const log = new SqliteLog(openLogDatabase(file));
    const sealed = { ...row(), sealed: randomBytes(40) };
    log.commit([append('a-1', 'absent', [sealed, row()])]);
    log.close();
    const database = new DatabaseSync(file, { readOnly: true });
    const columns = database.prepare("SELECT name, type FROM pragma_table_info('events')").all();
    assert.deepEqual(
      columns.map(({ name, type }) => `${name} ${type}`),
      ['position INTEGER', 'stream TEXT', 'revision INTEGER', 'id BLOB', 'record BLOB', 'sealed BLOB'],
    );
    const first = database.prepare('SELECT * FROM events').get()!;
    const { position, stream, revision, id, record, sealed: stored } = first;
    assert.deepEqual([position, stream, revision], [0, 'a-1', 0]);
    assert.deepEqual(
      [id, record, stored].map((blob) => Buffer.from(blob as Uint8Array)),
      [sealed.id, sealed.record, sealed.sealed],
    );
    database.close();
  });
});

describe('an error in the middle of a group', () => {
  test('leaves nothing half written', () => {
    const log = new SqliteLog(openLogDatabase(file));
    const odd = { ...row(), record: {} as Uint8Array };
    assert.throws(() => log.commit([append('a-1', 'absent'), append('b-1', 'absent', [odd])]), TypeError);
    assert.deepEqual(log.commit([append('a-1', 'absent')]), [
      { outcome: 'written', firstRevision: 0, positions: [0] },
    ]);
    log.close();
  });
});

describe('a full disk', () => {
  test('nothing of the group is written, and the log goes on when there is space', () => {
    const database = openLogDatabase(file);
    const log = new SqliteLog(database);
    log.commit([append('a-1', 'absent')]);
    database.exec('PRAGMA max_page_count = 40');
    const large = append('b-1', 'absent', [row(1000), row(300_000)]);
    const group = [append('a-1', 0), large];
    assert.throws(
      () => log.commit(group),
      (error) => storageFailure(error) === 'full',
    );
    assert.equal(log.lastPosition, 0);
    assert.deepEqual(log.commit([append('a-1', 0)]), [
      { outcome: 'written', firstRevision: 1, positions: [1] },
    ]);
    database.exec('PRAGMA max_page_count = 4000');
    assert.deepEqual(outcomesOf(log, [large]), ['written']);
    log.close();
    const reader = new SqliteLogReader(file);
    assert.deepEqual(
      reader.readBehind(-1, 10).map(({ position, stream, revision }) => [position, stream, revision]),
      [
        [0, 'a-1', 0],
        [1, 'a-1', 1],
        [2, 'b-1', 0],
        [3, 'b-1', 1],
      ],
    );
    reader.close();
  });
});

describe('the write-ahead log', () => {
  test('is brought into the database as it grows, beside readers', () => {
    const log = new SqliteLog(openLogDatabase(file));
    const reader = new SqliteLogReader(file);
    let revision = -1;
    for (let i = 0; i < 60; i++) {
      const rows = Array.from({ length: 20 }, () => row(50_000));
      log.commit([append('a-1', revision < 0 ? 'absent' : revision, rows)]);
      revision += 20;
      assert.equal(reader.head(), revision);
    }
    const octets = statSync(`${file}-wal`).size;
    assert.ok(octets < 7 * 1024 * 1024, `${octets} octets`);
    assert.ok(statSync(file).size > 30 * 1024 * 1024);
    reader.close();
    log.close();
  });

  test('a start finds what was committed and empties it', () => {
    const crashed = openLogDatabase(file);
    new SqliteLog(crashed).commit([append('a-1', 'absent')]);
    assert.ok(statSync(`${file}-wal`).size > 0);
    // A second connection, as after a crash: the first is never closed properly.
    const log = new SqliteLog(openLogDatabase(file));
    assert.equal(log.lastPosition, 0);
    assert.equal(statSync(`${file}-wal`).size, 0);
    log.close();
    crashed.close();
  });
});

describe('a batch for a subscriber', () => {
  test('is bounded in records and in octets', () => {
    const log = new SqliteLog(openLogDatabase(file));
    log.commit([
      append(
        'a-1',
        'absent',
        Array.from({ length: 50 }, () => row(1000)),
      ),
    ]);
    const reader = new SqliteLogReader(file);
    assert.equal(reader.readBatchBehind(-1, 10, 1_000_000).length, 10);
    assert.equal(reader.readBatchBehind(-1, 100, 2500).length, 3);
    assert.equal(reader.readBatchBehind(46, 100, 1_000_000).length, 3);
    assert.equal(reader.readBatchBehind(49, 100, 1).length, 0);
    reader.close();
    log.close();
  });
});
