import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { House } from '../../services/cli/house.ts';
import { rebuild } from '../../services/cli/verbs/rebuild.ts';
import { operatorsPermit } from '../support/permits.ts';

test('what was rebuilt and differs is told, and that it waits for the next start', async () => {
  const summary = { events: 20, elapsedMs: 1000, differing: ['account 7'], switched: false };
  const projections = { names: ['mailboxes'], rebuild: async () => summary };
  const { json, text } = await rebuild.perform(
    { projections } as unknown as House,
    { name: 'mailboxes' },
    () => {},
    operatorsPermit('operate'),
  );
  assert.deepEqual(json, [{ name: 'mailboxes', ...summary }]);
  assert.equal(
    text,
    'mailboxes: 20 events in 1.0 s (20/s), DIFFERED in account 7; it takes over at the next start.',
  );
});
