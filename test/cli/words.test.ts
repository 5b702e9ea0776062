/** What the command line says: errors with what to do, tables that no foreign text breaks. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isWriteFault, unreadable, unwritable } from '../../services/cli/file-fault.ts';
import { refusedReply } from '../../services/cli/perform.ts';
import { table } from '../../services/cli/table.ts';
import { findVerb, unknownVerb } from '../../services/cli/verb-list.ts';
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

test('a file that cannot be read or written is told in words, with what to do', () => {
  const fault = (code: string) => Object.assign(new Error(`${code}: raw`), { code });
  assert.equal(
    unreadable('a.csv', fault('ENOENT')),
    'a.csv cannot be read: there is no such file; check the name, and the folder you are in.',
  );
  assert.equal(unreadable('a', fault('EISDIR')), 'a cannot be read: it is a folder; name a file in it.');
  assert.equal(
    unwritable('/no/x.zip', fault('ENOENT')),
    '/no/x.zip cannot be written: its folder is not there; make it, or name another.',
  );
  const raised = Object.assign(fault('ENOENT'), { path: '/no/x.zip.tmp' });
  assert.equal(isWriteFault('/no/x.zip', raised), true);
  assert.equal(isWriteFault('/other', raised), false);
});

test('a word that is only the beginning of verbs lists them', () => {
  assert.match(unknownVerb(['account']), /^There is no verb account: there is account add, .*account freeze/);
  assert.equal(unknownVerb(['nonsense', 'x']), 'There is no verb nonsense x: muniment help lists them.');
});
