import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

const folder = new URL('../../docs/decisions/', import.meta.url);
const files = readdirSync(folder).sort();

describe('decision records', () => {
  test('are numbered from 0001 without gap or repeat', () => {
    const numbers = files.map((file) => Number(file.slice(0, 4)));
    assert.deepEqual(
      numbers,
      files.map((_, i) => i + 1),
    );
  });

  for (const file of files) {
    test(`${file} is called so, and says what was decided and why`, () => {
      const text = readFileSync(new URL(file, folder), 'utf8');
      assert.match(file, /^\d{4}-[a-z0-9-]+\.md$/);
      assert.ok(text.startsWith(`# ${file.slice(0, 4)} `), 'the number stands in the title');
      if (!text.includes('Replaced by')) assert.match(text, /\*\*Context[.*]/);
      assert.match(text, /\*\*Decision[.*]/);
    });
  }
});
