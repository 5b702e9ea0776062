/** What the command line says: errors with what to do, tables that no foreign text breaks. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { refusedReply } from '../../services/cli/perform.ts';
import { table } from '../../services/cli/table.ts';
import { findVerb } from '../../services/cli/verb-list.ts';
import { whatToDo } from '../../services/cli/what-to-do.ts';
import { refuse } from '../../services/domain/refusals.ts';

describe('a refusal at the command line', () => {
  test('says what to do behind what is wrong', () => {
    const reply = refusedReply(refuse('domainNotFound', 'nope.example'));
    assert.equal(
      reply.kind === 'failure' && reply.text,
      'There is no such domain here. (nope.example) muniment domain list shows those that are here, muniment domain add NAME takes one in.',
    );
  });

  test('names verbs that there are', () => {
    const named = Object.values(whatToDo).flatMap((text) => [...text.matchAll(/muniment ((?:[a-z-]+ ?)+)/g)]);
    assert.ok(named.length > 15);
    for (const [text, words] of named) {
      const found = [3, 2, 1].some((count) => findVerb(words!.trim().split(' ').slice(0, count).join(' ')));
      assert.ok(found || words!.startsWith('help '), text);
    }
  });
});

test('a cell of a table is one line that no terminal obeys', () => {
  const rows = [['a\r\nb', '\u001b[2Jc', '\u202egnp.exe']];
  assert.equal(table(['X', 'Y', 'Z'], rows), 'X    Y      Z\na b   [2Jc   gnp.exe');
});
