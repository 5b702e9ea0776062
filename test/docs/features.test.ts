import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

const root = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/features.md', root), 'utf8');
/** A row's name, and what is said to show it. */
const rows = [...page.matchAll(/^\| (?!row|extension|what|-)(.*?) \|.*?(`test\/.*) \|$/gm)].map((match) => ({
  row: match[1]!,
  shownBy: match[2]!,
}));

/** Rows of the catalogue that the base has to have. */
const ofTheBase = [
  ...['01', '02', '03', '04', '05', '15', '16', '18', '19', '20', '22', '23'].map(
    (number) => `ACC-${number}`,
  ),
  ...['02', '05', '06', '07', '08', '09', '10', '11', '12', '13', '17', '18', '19', '20', '21', '22'].map(
    (number) => `RCV-${number}`,
  ),
];

describe('docs/features.md', () => {
  test('has every row of the base', () => {
    const named = new Set(rows.map(({ row }) => row));
    assert.deepEqual(
      ofTheBase.filter((row) => !named.has(row)),
      [],
    );
    assert.equal(rows.length, page.split('\n').filter((line) => line.includes('| `test/')).length);
  });

  for (const { row, shownBy } of rows) {
    test(`${row} is shown by what it names`, () => {
      for (const place of shownBy.split('; ')) {
        const [, path, words] = /^`(test\/[^`]+)`: (.+)$/.exec(place) ?? assert.fail(`no test: ${place}`);
        const file = new URL(path!, root);
        assert.ok(existsSync(file), `${path} is there`);
        const text = readFileSync(file, 'utf8');
        const shown = path!.endsWith('.txt') ? text : titlesOf(text);
        assert.ok(shown.includes(words!), `${path} has a test with “${words}”`);
      }
    });
  }
});

/** Names of tests, and of cases that tests are made from: the string literals. Comments show nothing. */
function titlesOf(source: string): string {
  const code = source.replace(/^\s*(?:\/\/|\/?\*).*$/gm, '');
  return [...code.matchAll(/'[^'\n]*'|"[^"\n]*"|`[^`]*`/g)].map(([literal]) => literal).join('\n');
}
