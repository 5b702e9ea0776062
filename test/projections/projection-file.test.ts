import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { ProjectionFile, replaceProjectionFile } from '../../projections/projection-file.ts';

const schema = 'CREATE TABLE things (name TEXT)';
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'muniment-file-'));
  path = join(folder, 'a.sqlite');
});

afterEach(() => rmSync(folder, { recursive: true }));

function things(file: ProjectionFile): unknown[] {
  return file.database
    .prepare('SELECT name FROM things')
    .all()
    .map(({ name }) => name);
}

function insert(file: ProjectionFile, name: string): void {
  file.begin();
  file.database.prepare('INSERT INTO things VALUES (?)').run(name);
}

describe('a projection file', () => {
  test('stores rows and checkpoint together, or neither', () => {
    const file = ProjectionFile.open(path, 1, schema);
    insert(file, 'a');
    file.commit({ position: 7, event: 'x' });
    file.database.exec(`CREATE TRIGGER no BEFORE UPDATE ON projection BEGIN SELECT RAISE(ABORT, 'no'); END`);
    insert(file, 'b');
    assert.throws(() => file.commit({ position: 8, event: 'y' }), /no/);
    assert.equal(file.database.isTransaction, false);
    assert.deepEqual(things(file), ['a']);
    assert.deepEqual(file.checkpoint, { position: 7, event: 'x' });
    file.close();
  });

  test('one that is closed is a single file', () => {
    const file = ProjectionFile.open(path, 1, schema);
    insert(file, 'a');
    file.commit({ position: 7, event: 'x' });
    file.close();
    assert.deepEqual(readdirSync(folder), ['a.sqlite']);
  });

  test('one that somebody reads says so when it is closed', () => {
    const file = ProjectionFile.open(path, 1, schema);
    insert(file, 'a');
    file.commit({ position: 7, event: 'x' });
    const reader = new DatabaseSync(path, { readOnly: true });
    reader.exec('BEGIN');
    reader.prepare('SELECT * FROM things').all();
    insert(file, 'b');
    file.commit({ position: 8, event: 'y' });
    assert.throws(() => file.close(), /is being read/);
    reader.close();
  });

  test('another one takes its place, whatever lay beside it', () => {
    const old = ProjectionFile.open(path, 1, schema);
    insert(old, 'old');
    old.commit({ position: 7, event: 'x' });
    old.close();
    const beside = join(folder, 'b.sqlite');
    const fresh = ProjectionFile.open(beside, 1, schema);
    insert(fresh, 'new');
    fresh.commit({ position: 9, event: 'z' });
    fresh.close();
    const stale = new DatabaseSync(path);
    stale.exec(`PRAGMA journal_mode = WAL; INSERT INTO things VALUES ('stale')`);
    replaceProjectionFile(path, beside);
    const file = ProjectionFile.open(path, 1, schema);
    assert.deepEqual(things(file), ['new']);
    assert.equal(file.checkpoint.position, 9);
    assert.equal(existsSync(beside), false);
    file.close();
    stale.close();
  });
});
