import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ImapHouse } from './imap-house.ts';

test('too many connections at once are turned away, and room returns', async (t) => {
  const house = await ImapHouse.open(t, { maxConnections: 2 });
  const first = await house.greeted();
  const second = await house.greeted();
  assert.match(first.greeting!, /^\* OK/);
  assert.match(second.greeting!, /^\* OK/);
  const third = await house.greeted();
  assert.match(third.greeting!, /^\* BYE \[LIMIT\]/);
  assert.equal(await third.peer.line(), null);
  first.peer.close();
  while (house.server.sessions > 1) await sleep(5);
  assert.match((await house.greeted()).greeting!, /^\* OK/);
});

test('too many connections of one address are turned away', async (t) => {
  const house = await ImapHouse.open(t, { maxConnectionsPerAddress: 1 });
  await house.connect();
  assert.match((await house.greeted()).greeting!, /^\* BYE/);
});

test('an account has no more sessions than it may, and a session that ends makes room', async (t) => {
  const house = await ImapHouse.open(t);
  house.signIn.maxSessions = 1;
  const first = await house.loggedIn();
  const second = await house.connect();
  assert.match((await second.command('a', 'LOGIN wang secret')).at(-1)!, /^a NO \[LIMIT\]/);
  assert.match((await second.command('b', 'LOGIN li secret')).at(-1)!, /^b OK/);
  await first.command('z', 'LOGOUT');
  first.close();
  while (house.server.sessions > 1) await sleep(5);
  const third = await house.connect();
  assert.match((await third.command('c', 'LOGIN wang secret')).at(-1)!, /^c OK/);
});

test('who does not log in is sent away, however busy', async (t) => {
  const house = await ImapHouse.open(t, { loginTimeoutMs: 300 });
  const slow = await house.connect();
  const loggedIn = await house.loggedIn();
  await slow.command('a', 'NOOP');
  assert.match((await slow.line())!, /^\* BYE Too slow/);
  assert.equal(await slow.line(), null);
  await loggedIn.command('b', 'NOOP');
});

test('who is silent for too long is sent away', async (t) => {
  const house = await ImapHouse.open(t, { idleTimeoutMs: 300 });
  const peer = await house.loggedIn();
  assert.match((await peer.line())!, /^\* BYE Idle/);
  assert.equal(await peer.line(), null);
  peer.close();
  while (house.server.sessions > 0) await sleep(5);
  assert.equal(house.recorder.said.at(-1), 'closed idle');
});

test('over TLS the idle time counts as well', async (t) => {
  const house = await ImapHouse.open(t, { idleTimeoutMs: 300 });
  const { peer } = await house.greeted({ tls: true });
  assert.match((await peer.line())!, /^\* BYE Idle/);
});

test('TLS from the first octet', async (t) => {
  const house = await ImapHouse.open(t, { plaintextAuth: 'never' });
  const { peer, greeting } = await house.greeted({ tls: true });
  assert.match(greeting!, /AUTH=PLAIN\] /);
  assert.match((await peer.command('a', 'LOGIN wang secret')).at(-1)!, /^a OK/);
  assert.match((await peer.command('b', 'LIST "" INBOX'))[0]!, /"INBOX"$/);
});

test('no password without TLS where that is not allowed', async (t) => {
  const house = await ImapHouse.open(t, { plaintextAuth: 'never' });
  const { peer, greeting } = await house.greeted();
  assert.match(greeting!, /STARTTLS LOGINDISABLED\]/);
  assert.match((await peer.command('a', 'LOGIN wang secret')).at(-1)!, /^a NO \[PRIVACYREQUIRED\]/);
  const response = await peer.command('b', 'AUTHENTICATE PLAIN AHdhbmcAc2VjcmV0');
  assert.match(response.at(-1)!, /^b NO \[PRIVACYREQUIRED\]/);
  await peer.command('c', 'STARTTLS');
  await peer.startTls();
  assert.match((await peer.command('d', 'LOGIN wang secret')).at(-1)!, /^d OK/);
});

test('a broken TLS handshake disturbs nobody', async (t) => {
  const house = await ImapHouse.open(t);
  const bad = await house.greeted({ port: house.server.tlsPort!, says: 'GET / HTTP/1.1\r\n\r\n' });
  bad.peer.close();
  while (house.server.sessions > 0) await sleep(5);
  assert.match((await house.greeted({ tls: true })).greeting!, /^\* OK/);
  assert.deepEqual(house.faults, []);
});

test('at shutdown everybody hears BYE, and nothing stays', async (t) => {
  const house = await ImapHouse.open(t);
  const idle = await house.loggedIn();
  idle.send('a IDLE\r\n');
  assert.equal(await idle.line(), '+ idling');
  const closing = house.server.close(1000);
  assert.match((await idle.line())!, /^\* BYE The server is going down/);
  idle.close();
  await closing;
  assert.equal(house.server.sessions, 0);
  assert.ok(house.recorder.said.includes('closed shutdown'));
  assert.equal(house.signIn.listenersOf(house.signIn.accountOf('wang')), 0);
});

test('at shutdown a command that runs is answered first', async (t) => {
  const house = await ImapHouse.open(t);
  const peer = await house.loggedIn();
  let answer = (): void => {};
  house.intake.pause = new Promise((resolve) => {
    answer = resolve;
  });
  peer.send('a APPEND INBOX {3+}\r\nabc\r\n');
  while (house.intake.taken.length === 0) await sleep(5);
  const closing = house.server.close(10_000);
  answer();
  assert.match((await peer.line())!, /^a OK/);
  assert.match((await peer.line())!, /^\* BYE/);
  peer.close();
  await closing;
});

test('a peer that goes without a word leaves nothing behind', async (t) => {
  const house = await ImapHouse.open(t);
  const peer = await house.loggedIn();
  await peer.command('a', 'SELECT INBOX');
  peer.send('b IDLE\r\n');
  await peer.line();
  peer.socket.resetAndDestroy();
  while (house.server.sessions > 0) await sleep(5);
  assert.equal(house.recorder.said.at(-1), 'closed lost');
  assert.equal(house.signIn.listenersOf(house.signIn.accountOf('wang')), 0);
});
