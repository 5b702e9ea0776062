import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { helpText } from '../../services/cli/help.ts';
import { matchVerb, verbs } from '../../services/cli/verb-list.ts';
import { exampleRule } from '../../services/docs/rules-page.ts';

/** As a shell splits the examples. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!);
}

describe('help', () => {
  const folder = mkdtempSync(join(tmpdir(), 'muniment-help-'));
  const home = process.cwd();
  before(() => {
    mkdirSync(join(folder, 'kept'));
    writeFileSync(join(folder, 'kept', 'checkpoint'), 'kept');
    writeFileSync(join(folder, 'holidays-2026.csv'), '2026-10-01,holiday\n');
    writeFileSync(join(folder, 'accounts.csv'), 'address,password\n');
    writeFileSync(join(folder, 'no-contracts.json'), JSON.stringify(exampleRule));
    writeFileSync(join(folder, 'offer.eml'), 'From: wang@acme.example\r\n\r\n');
    process.chdir(folder);
  });
  after(() => {
    process.chdir(home);
    rmSync(folder, { recursive: true });
  });

  for (const verb of verbs) {
    test(`${verb.name}: its examples are understood`, async () => {
      assert.ok(verb.examples.length > 0);
      for (const example of verb.examples) {
        const args = wordsOf(example).filter((word) => word !== '--json');
        const match = matchVerb(args);
        assert.equal(match?.verb, verb);
        await verb.prepare(match.rest);
        assert.ok(helpText(verb.name.split(' ')).includes(`  muniment ${example}`));
      }
    });
  }

  test('names every verb', () => {
    for (const { name, summary } of verbs) {
      assert.ok(helpText([]).includes(`  ${name}`), name);
      assert.ok(helpText([]).includes(summary), name);
    }
  });
});
