/** Filters of queries are bounded, and decided as RFC 8620 §5.5 says. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { judge, readFilter } from '../../../services/http/jmap/filter.ts';
import type { JsonMap } from '../../../services/http/jmap/request.ts';

const maxDepth = 20;
const maxConditions = 500;

const within = (depth: number): JsonMap =>
  depth === 0 ? { is: true } : { operator: 'NOT', conditions: [within(depth - 1)] };

const read = (filter: JsonMap) => readFilter(filter, (_, value) => value);

describe('a filter', () => {
  test('is nested so deeply and no deeper', () => {
    assert.equal(
      judge(read(within(maxDepth)), (value) => value === true),
      true,
    );
    assert.throws(() => read(within(maxDepth + 1)), { type: 'unsupportedFilter' });
  });

  test('has so many conditions and no more', () => {
    const many = (count: number): JsonMap => ({
      operator: 'OR',
      conditions: Array.from({ length: count }, () => ({ is: true })),
    });
    read(many(maxConditions));
    assert.throws(() => read(many(maxConditions + 1)), { type: 'unsupportedFilter' });
  });
});
