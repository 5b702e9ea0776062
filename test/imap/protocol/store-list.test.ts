import assert from 'node:assert/strict';
import test from 'node:test';
import { assertRefused, commandOf } from './reading.ts';

function storeOf(text: string) {
  const command = commandOf(`STORE 1 ${text}`);
  assert.ok(command.verb === 'STORE');
  const { action, silent, flags, unchangedSince } = command;
  return { action, silent, flags, unchangedSince };
}

function listOf(text: string) {
  const command = commandOf(`LIST ${text}`);
  assert.ok(command.verb === 'LIST');
  return command;
}

test('STORE', () => {
  const plain = { silent: false, unchangedSince: null };
  assert.deepEqual(storeOf('FLAGS (\\seen $Junk)'), {
    ...plain,
    action: 'replace',
    flags: ['\\Seen', '$Junk'],
  });
  assert.deepEqual(storeOf('+flags \\Deleted'), { ...plain, action: 'add', flags: ['\\Deleted'] });
  assert.deepEqual(storeOf('-FLAGS.SILENT (a A)'), {
    ...plain,
    action: 'remove',
    silent: true,
    flags: ['a'],
  });
  assert.deepEqual(storeOf('FLAGS ()'), { ...plain, action: 'replace', flags: [] });
  assert.deepEqual(storeOf('FLAGS \\Seen \\Recent \\Draft'), {
    ...plain,
    action: 'replace',
    flags: ['\\Seen', '\\Draft'],
  });
  assert.deepEqual(storeOf('(UNCHANGEDSINCE 0) +FLAGS x'), {
    action: 'add',
    silent: false,
    flags: ['x'],
    unchangedSince: 0,
  });
});

test('what is no STORE is BAD', () => {
  for (const text of [
    'FLAGS',
    'FLAGS ',
    'FLAG (x)',
    '*FLAGS (x)',
    'FLAGS.LOUD (x)',
    'FLAGS (x',
    'FLAGS (\\Nothing)',
    'FLAGS (\\*)',
    'FLAGS ("x")',
    '() FLAGS (x)',
    '(UNCHANGEDSINCE) FLAGS (x)',
    '(CHANGEDSINCE 1) FLAGS (x)',
  ]) {
    assertRefused(`STORE 1 ${text}`);
  }
});

test('LIST', () => {
  const none = { subscribed: false, children: false, specialUse: false, status: null };
  const { verb: _, ...basic } = listOf('"" *');
  assert.deepEqual(basic, { extended: false, selection: [], reference: '', patterns: ['*'], returns: none });
  assert.deepEqual(listOf('x/ a%b]*').patterns, ['a%b]*']);
  assert.deepEqual(listOf('"" "a b"').patterns, ['a b']);
  assert.deepEqual(listOf('"" {1}\r\n%').patterns, ['%']);
  assert.deepEqual(listOf('"" ""').patterns, ['']);
  const several = listOf('(SUBSCRIBED RECURSIVEMATCH) "" (INBOX "Sent/%")');
  assert.deepEqual(several.selection, ['SUBSCRIBED', 'RECURSIVEMATCH']);
  assert.deepEqual(several.patterns, ['INBOX', 'Sent/%']);
  assert.equal(several.extended, true);
  assert.equal(listOf('() "" *').extended, true);
  const returns = listOf('"" % RETURN (SUBSCRIBED CHILDREN SPECIAL-USE STATUS (MESSAGES UNSEEN))').returns;
  assert.deepEqual(returns, {
    subscribed: true,
    children: true,
    specialUse: true,
    status: ['MESSAGES', 'UNSEEN'],
  });
  assert.deepEqual(listOf('"" % RETURN ()').returns, none);
});

test('what is no LIST is BAD', () => {
  for (const text of [
    '',
    '""',
    '"" * x',
    '"" ()',
    '(RECURSIVEMATCH) "" *',
    '(REMOTE RECURSIVEMATCH) "" *',
    '(NOTHING) "" *',
    '"" * RETURN',
    '"" * RETURN (NOTHING)',
    '"" * RETURN (STATUS)',
    '"" * RETURN (STATUS ())',
    '"" "a',
  ]) {
    assertRefused(`LIST ${text}`);
  }
});
