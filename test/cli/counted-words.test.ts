import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { counted, isOrAre } from '../../services/counted.ts';

const services = new URL('../../services/', import.meta.url);
/** A count before a word in the plural: right for every number but one. */
const fixedPlural =
  /\$\{[^}]*\} (?:more )?(?:accounts|checkpoints|days|events|leaves|lines|mails|members|messages|octets|recipients|records|rules|sealed parts)\b/;

describe('counted words', () => {
  test('one is one', () => {
    assert.deepEqual(
      [0, 1, 2].map((count) => counted(count, 'account')),
      ['0 accounts', '1 account', '2 accounts'],
    );
    assert.equal(counted(2, 'leaf', 'leaves'), '2 leaves');
    assert.deepEqual([isOrAre(1), isOrAre(0)], ['is', 'are']);
  });

  test('no verb has a plural of its own for every number', () => {
    assert.match(`$\{added} accounts added.`, fixedPlural);
    const found = readdirSync(new URL('cli/', services), { recursive: true, encoding: 'utf8' }).filter(
      (file) =>
        file.endsWith('.ts') && fixedPlural.test(readFileSync(new URL(`cli/${file}`, services), 'utf8')),
    );
    assert.deepEqual(found, []);
  });
});
