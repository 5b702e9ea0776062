/** Every flow runs on every log, or `docs/flows.md` says why it can't; what some log does not run is counted by name. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

const root = new URL('../../', import.meta.url);
const flows = new URL('test/flows/', root);
const page = readFileSync(new URL('docs/flows.md', root), 'utf8');
const rows = [...page.matchAll(/^\| `([\w-]+)` \| (.*?) \| (.*?) ?\|$/gm)].map(([, flow, on, why]) => ({
  flow: flow!,
  on: on!,
  why: why!,
}));
const allLogs = ['the embedded log', 'the weak store', 'EventStoreDB'];

/** Logs on which `flowOnEveryLog` tells it, each server on the log that it is given; none where it is not used. */
function toldOn(source: string): readonly string[] {
  if (!/^flowOnEveryLog\(/m.test(source)) return [];
  assert.ok(
    /await openLog\(\)|attackedServer\(openLog/.test(source) && !/^(?:describe|test)\(/m.test(source),
    'nothing beside the log that is given',
  );
  return source.includes('notOnEventStoreDB') ? allLogs.slice(0, -1) : allLogs;
}

describe('docs/flows.md', () => {
  test('has one row for each flow, and no other', () => {
    const files = readdirSync(flows).filter((name) => name.endsWith('.test.ts'));
    assert.deepEqual(
      rows.map(({ flow }) => `${flow}.test.ts`),
      files.sort((a, b) => (stem(a) < stem(b) ? -1 : 1)),
    );
    assert.equal(rows.length, page.split('\n').filter((line) => line.startsWith('| `')).length);
  });

  for (const { flow, on, why } of rows) {
    test(`${flow} runs on ${on}`, () => {
      const source = readFileSync(new URL(`${flow}.test.ts`, flows), 'utf8');
      const told = toldOn(source);
      const named = on === 'every log' ? allLogs : on.split(', ');
      if (told.length > 0) assert.deepEqual(named, told);
      else assert.ok(named.length === 1 && allLogs.includes(on), on);
      assert.equal(why === '', named === allLogs, 'what some log does not run says why');
    });
  }
});

describe('flows that some log does not run', () => {
  // What is told on several logs counts by itself where it is not run.
  for (const { flow, on, why } of rows.filter(({ on }) => allLogs.includes(on))) {
    const absent = allLogs.filter((log) => log !== on).join(' and ');
    test(`${flow}, on ${absent}`, { skip: why }, () => {});
  }
});

function stem(name: string): string {
  return name.replace('.test.ts', '');
}
