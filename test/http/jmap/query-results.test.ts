import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { uuidOctets } from '../../../services/domain/values.ts';
import { PackedIds, QueryResults } from '../../../services/http/jmap/query-results.ts';

const ids = Array.from({ length: 5 }, () => crypto.randomUUID());

describe('results of a query that are kept', () => {
  test('are those of the same question in the same state, and of no other', () => {
    const results = new QueryResults();
    results.keep('inbox', '7', ids);
    assert.deepEqual(results.find('inbox', '7')!.slice(0, 9), ids);
    assert.equal(results.find('inbox', '8'), null);
    assert.equal(results.find('sent', '7'), null);
  });

  test('the two asked for last', () => {
    const results = new QueryResults();
    for (const question of ['a', 'b', 'a', 'c']) results.keep(question, '1', ids);
    assert.deepEqual(
      ['a', 'b', 'c'].map((question) => results.find(question, '1') !== null),
      [true, false, true],
    );
  });

  test('pages and places are those of the list', () => {
    const results = new QueryResults();
    results.keep('inbox', '7', ids);
    const kept = results.find('inbox', '7')!;
    assert.equal(kept.length, 5);
    assert.deepEqual(kept.slice(3, 5), ids.slice(3));
    assert.deepEqual(kept.slice(4, 99), ids.slice(4));
    assert.deepEqual(kept.slice(7, 9), []);
    assert.deepEqual(
      ids.map((id) => kept.indexOf(id)),
      [0, 1, 2, 3, 4],
    );
    assert.equal(kept.indexOf(crypto.randomUUID()), -1);
  });

  test('what looks like an id across two neighbours is none', () => {
    const octets = Buffer.concat(ids.slice(0, 2).map((id) => uuidOctets(id)));
    const across = Buffer.from(octets.subarray(8, 24)).toString('hex');
    const id = across.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    assert.equal(new PackedIds(octets).indexOf(id), -1);
  });
});
