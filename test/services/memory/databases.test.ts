import assert from 'node:assert/strict';
import { test } from 'node:test';
import { giveBackPages, openDatabase } from '../../../services/memory/databases.ts';

test('pages are given back in the middle of a transaction as well, and closed databases are left alone', () => {
  const [open, closed] = [openDatabase(':memory:'), openDatabase(':memory:')];
  open.exec('CREATE TABLE numbers (number INTEGER); BEGIN; INSERT INTO numbers VALUES (7)');
  closed.close();
  giveBackPages();
  open.exec('COMMIT');
  assert.equal(open.prepare('SELECT number FROM numbers').get()?.['number'], 7);
  open.close();
});
