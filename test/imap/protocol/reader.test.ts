import assert from 'node:assert/strict';
import test from 'node:test';
import { CommandReader } from '../../../services/imap/protocol/command-reader.ts';
import { commandLimits } from '../../../services/imap/protocol/limits.ts';
import { readAll } from './reading.ts';

const noop = { kind: 'command', tag: 'n', command: { verb: 'NOOP' } };

/** Kinds of the items, failures with status and code. */
function outline(text: string): string[] {
  return readAll(text).map((item) =>
    item.kind === 'failure' ? `${item.tag} ${item.status} ${item.code}` : item.kind,
  );
}

test('a synchronising literal asks for a continuation, the other form does not', () => {
  assert.deepEqual(outline('t LOGIN {1}\r\na {1+}\r\nb\r\n'), ['continue', 'command']);
});

test('a bare LF ends a line too', () => assert.deepEqual(readAll('n NOOP\n'), [noop]));

test('pipelined commands come in order', () => {
  assert.deepEqual(outline('a NOOP\r\nb FOO\r\nc NOOP\r\n'), ['command', 'b BAD null', 'command']);
});

test('an announcement inside a broken command does not turn its octets into commands', () => {
  const items = readAll('t LOGIN "x {18+}\r\nevil LOGOUT\r\nx y\r\n\r\nn NOOP\r\n');
  assert.deepEqual(
    items.map((item) => item.kind),
    ['failure', 'command'],
  );
  assert.deepEqual(items.at(-1), noop);
});

test('a literal of 4 GB is refused before an octet of it is read', () => {
  assert.deepEqual(outline('t LOGIN {4294967296}\r\nn NOOP\r\n'), ['t BAD TOOBIG', 'command']);
  assert.deepEqual(outline('t LOGIN {4294967296+}\r\nn NOOP\r\n'), ['fatal']);
  assert.deepEqual(outline('t APPEND x {99999999999999999999+}\r\nn NOOP\r\n'), ['fatal']);
});

test('a message of 4 GB is offered, and refusing it reads on', () => {
  const reader = new CommandReader();
  reader.push(Buffer.from('t APPEND x {4294967296}\r\nn NOOP\r\n'));
  const offered = reader.next();
  assert.ok(offered?.kind === 'message');
  assert.equal(offered.message.octets, 4_294_967_296);
  assert.equal(reader.next(), null, 'nothing is read before the answer');
  reader.refuseMessage();
  assert.deepEqual(reader.next(), noop);
});

test('a refused message that was sent without waiting is dropped', () => {
  const reader = new CommandReader();
  reader.push(Buffer.from('t APPEND x {6+}\r\na b\r\nc (\\Seen) {3+}\r\nx y\r\nn NOOP\r\n'));
  assert.equal(reader.next()?.kind, 'message');
  reader.refuseMessage();
  assert.deepEqual(reader.next(), noop);
});

test('LITERAL-: more than 4096 octets without waiting is refused and dropped', () => {
  const most = commandLimits.maxUnsynchronisedLiteralOctets;
  const login = (octets: number) => `t LOGIN u {${octets}+}\r\n${'x'.repeat(octets)}\r\nn NOOP\r\n`;
  assert.deepEqual(outline(login(most)), ['command', 'command']);
  assert.deepEqual(outline(login(most + 1)), ['t BAD TOOBIG', 'command']);
  const append = `t APPEND x {${most + 1}+}\r\n${'x'.repeat(most + 1)}\r\nn NOOP\r\n`;
  assert.equal(
    outline(append)[0],
    'message',
    'the message of an APPEND passes through and has a bound of its own',
  );
  const large = commandLimits.maxUnsynchronisedMessageOctets + 1;
  assert.deepEqual(outline(`t APPEND x {${large}+}\r\n`), ['fatal']);
});

test('literals of one command together have a bound', () => {
  const literal = `{30000}\r\n${'x'.repeat(30_000)}`;
  assert.deepEqual(outline(`t LOGIN ${literal} ${literal}\r\n`), ['continue', 'continue', 'command']);
  assert.deepEqual(outline(`t X ${literal} ${literal} {30000}\r\nn NOOP\r\n`), [
    'continue',
    'continue',
    't BAD TOOBIG',
    'command',
  ]);
});

test('a line over 64 KiB is refused, and the command behind it is read', () => {
  const most = commandLimits.maxLineOctets;
  const line = (octets: number) => `t X ${'x'.repeat(octets - 6)}\r\n`;
  assert.deepEqual(outline(`${line(most)}n NOOP\r\n`), ['t BAD null', 'command']);
  assert.deepEqual(
    readAll(line(most)).map((item) => item.kind === 'failure' && item.text),
    ['Unknown command'],
  );
  assert.deepEqual(
    readAll(line(most + 1)).map((item) => item.kind === 'failure' && item.text),
    ['The command is too long'],
  );
  assert.deepEqual(outline(`${line(most * 3)}n NOOP\r\n`), ['t BAD null', 'command']);
  const withLiteral = `t X ${'x'.repeat(most)}{12+}\r\ne LOGOUT\r\n..\r\nn NOOP\r\n`;
  assert.deepEqual(outline(withLiteral), ['t BAD null', 'command']);
});

test('an announcement across the bound of a line is seen', () => {
  const most = commandLimits.maxLineOctets;
  for (let over = -8; over <= 8; over++) {
    const line = `t X ${'x'.repeat(most - 4 + over)}{12+}\r\n`;
    assert.deepEqual(outline(`${line}e LOGOUT\r\n..\r\nn NOOP\r\n`), ['t BAD null', 'command'], `${over}`);
  }
});

test('each message of an APPEND may have a long head', () => {
  const flags = `(${'x'.repeat(40_000)})`;
  const items = readAll(`t APPEND x ${flags} {1+}\r\na ${flags} {1+}\r\nb\r\nn NOOP\r\n`);
  assert.deepEqual(items.at(-1), noop);
  assert.equal(items.filter((item) => item.kind === 'message').length, 2);
});

test('lines of one command together have the same bound', () => {
  const half = 'x'.repeat(commandLimits.maxLineOctets / 2);
  assert.deepEqual(outline(`t X ${half}{1+}\r\na${half}\r\nn NOOP\r\n`), ['t BAD null', 'command']);
});

test('an endless line ends the connection', () => {
  const reader = new CommandReader();
  const kinds: string[] = [];
  for (let i = 0; i < 40; i++) {
    reader.push(Buffer.alloc(64 * 1024, 'x'));
    for (let item = reader.next(); item !== null; item = reader.next()) kinds.push(item.kind);
  }
  assert.deepEqual(kinds, ['failure', 'fatal']);
});

test('literals without end of a refused command end the connection', () => {
  const literals = `{1000000+}\r\n${'x'.repeat(1_000_000)}`.repeat(2);
  assert.deepEqual(outline(`t LOGIN ${literals}\r\n`), ['t BAD TOOBIG', 'fatal']);
});

test('a line that was asked for is no command', () => {
  const reader = new CommandReader();
  reader.push(Buffer.from('t IDLE\r\nDONE\r\nn NOOP\r\n'));
  assert.equal(reader.next()?.kind, 'command');
  reader.expectLine();
  assert.deepEqual(reader.next(), { kind: 'line', line: 'DONE' });
  assert.deepEqual(reader.next(), noop);
  reader.expectLine();
  reader.push(Buffer.alloc(commandLimits.maxLineOctets, 'x'));
  assert.equal(reader.next()?.kind, 'fatal');
  reader.push(Buffer.from('\r\nn NOOP\r\n'));
  assert.equal(reader.next(), null);
});

test('octets of a message pass through uncopied', () => {
  const reader = new CommandReader();
  reader.push(Buffer.from('t APPEND x {100000}\r\n'));
  reader.next();
  reader.acceptMessage();
  const chunk = Buffer.alloc(65_536, 'm');
  reader.push(chunk);
  const item = reader.next();
  assert.ok(item?.kind === 'octets');
  assert.equal(item.octets.buffer, chunk.buffer);
  assert.equal(item.octets.length, 65_536);
});
