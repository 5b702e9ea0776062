import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ImapHouse } from './imap-house.ts';
import { ImapPeer } from './imap-peer.ts';

async function house(
  t: TestContext,
  settings: Parameters<typeof ImapHouse.open>[1] = {},
): Promise<ImapHouse> {
  return ImapHouse.open(t, settings);
}

/** A peer that goes when the test ends. */
function leaving(t: TestContext, peer: ImapPeer): ImapPeer {
  t.after(() => peer.close());
  return peer;
}

test('too many connections at once are turned away, and room returns', async (t) => {
  const { port, server } = await house(t, { maxConnections: 2 });
  const first = leaving(t, await ImapPeer.to(port));
  const second = leaving(t, await ImapPeer.to(port));
  assert.match((await first.line())!, /^\* OK/);
  assert.match((await second.line())!, /^\* OK/);
  const third = leaving(t, await ImapPeer.to(port));
  assert.match((await third.line())!, /^\* BYE \[LIMIT\]/);
  assert.equal(await third.line(), null);
  first.close();
  while (server.sessions > 1) await sleep(5);
  const fourth = leaving(t, await ImapPeer.to(port));
  assert.match((await fourth.line())!, /^\* OK/);
});

test('too many connections of one address are turned away', async (t) => {
  const { port } = await house(t, { maxConnectionsPerAddress: 1 });
  const first = leaving(t, await ImapPeer.to(port));
  await first.line();
  const second = leaving(t, await ImapPeer.to(port));
  assert.match((await second.line())!, /^\* BYE/);
});

test('an account has no more sessions than it may, and a session that ends makes room', async (t) => {
  const open = await house(t);
  open.signIn.maxSessions = 1;
  const first = leaving(t, await ImapPeer.loggedIn(open.port));
  const second = leaving(t, await ImapPeer.to(open.port));
  await second.line();
  assert.match((await second.command('a', 'LOGIN wang secret')).at(-1)!, /^a NO \[LIMIT\]/);
  assert.match((await second.command('b', 'LOGIN li secret')).at(-1)!, /^b OK/);
  await first.command('z', 'LOGOUT');
  first.close();
  const third = leaving(t, await ImapPeer.to(open.port));
  await third.line();
  let reply = '';
  for (let tries = 0; tries < 50 && !reply.startsWith('c OK'); tries++) {
    reply = (await third.command('c', 'LOGIN wang secret')).at(-1)!;
    if (!reply.startsWith('c OK')) await sleep(10);
  }
  assert.match(reply, /^c OK/);
});

test('who does not log in is sent away', async (t) => {
  const { port } = await house(t, { loginTimeoutMs: 80 });
  const slow = leaving(t, await ImapPeer.to(port));
  const loggedIn = leaving(t, await ImapPeer.loggedIn(port));
  await slow.line();
  // Busy is not logged in.
  slow.send('a NOOP\r\n');
  await slow.until('a');
  assert.match((await slow.line())!, /^\* BYE Too slow/);
  assert.equal(await slow.line(), null);
  await loggedIn.command('b', 'NOOP');
});

test('who is silent for too long is sent away', async (t) => {
  const open = await house(t, { idleTimeoutMs: 150 });
  const peer = leaving(t, await ImapPeer.loggedIn(open.port));
  assert.match((await peer.line())!, /^\* BYE Idle/);
  assert.equal(await peer.line(), null);
  while (open.server.sessions > 0) await sleep(5);
  assert.equal(open.recorder.said.at(-1), 'closed idle');
});

test('over TLS the idle time counts as well', async (t) => {
  const open = await house(t, { idleTimeoutMs: 150 });
  const peer = leaving(t, await ImapPeer.toTls(open.server.tlsPort!));
  await peer.line();
  assert.match((await peer.line())!, /^\* BYE Idle/);
});

test('TLS from the first octet', async (t) => {
  const open = await house(t, { plaintextAuth: 'never' });
  const peer = leaving(t, await ImapPeer.toTls(open.server.tlsPort!));
  assert.match((await peer.line())!, /AUTH=PLAIN\] /);
  assert.match((await peer.command('a', 'LOGIN wang secret')).at(-1)!, /^a OK/);
  assert.match((await peer.command('b', 'LIST "" INBOX'))[0]!, /"INBOX"$/);
});

test('no password without TLS where that is not allowed', async (t) => {
  const { port } = await house(t, { plaintextAuth: 'never' });
  const peer = leaving(t, await ImapPeer.to(port));
  assert.match((await peer.line())!, /STARTTLS LOGINDISABLED\]/);
  assert.match((await peer.command('a', 'LOGIN wang secret')).at(-1)!, /^a NO \[PRIVACYREQUIRED\]/);
  assert.match(
    (await peer.command('b', 'AUTHENTICATE PLAIN AHdhbmcAc2VjcmV0')).at(-1)!,
    /^b NO \[PRIVACYREQUIRED\]/,
  );
  await peer.command('c', 'STARTTLS');
  await peer.startTls();
  assert.match((await peer.command('d', 'LOGIN wang secret')).at(-1)!, /^d OK/);
});

test('a broken TLS handshake disturbs nobody', async (t) => {
  const open = await house(t);
  const bad = leaving(t, await ImapPeer.to(open.server.tlsPort!));
  bad.send('GET / HTTP/1.1\r\n\r\n');
  while ((await bad.line().catch(() => '')) !== null);
  while (open.server.sessions > 0) await sleep(5);
  const good = leaving(t, await ImapPeer.toTls(open.server.tlsPort!));
  assert.match((await good.line())!, /^\* OK/);
  assert.deepEqual(open.faults, []);
});

test('at shutdown everybody hears BYE, and nothing stays', async (t) => {
  const open = await house(t);
  const idle = leaving(t, await ImapPeer.loggedIn(open.port));
  idle.send('a IDLE\r\n');
  assert.equal(await idle.line(), '+ idling');
  const closing = open.server.close(1000);
  assert.match((await idle.line())!, /^\* BYE The server is going down/);
  idle.close();
  await closing;
  assert.equal(open.server.sessions, 0);
  assert.ok(open.recorder.said.includes('closed shutdown'));
  assert.equal(open.signIn.listenersOf(open.signIn.accountOf('wang')), 0);
});

test('a peer that goes without a word leaves nothing behind', async (t) => {
  const open = await house(t);
  const peer = await ImapPeer.loggedIn(open.port);
  await peer.command('a', 'SELECT INBOX');
  peer.send('b IDLE\r\n');
  await peer.line();
  peer.socket.resetAndDestroy();
  while (open.server.sessions > 0) await sleep(5);
  assert.equal(open.recorder.said.at(-1), 'closed lost');
  assert.equal(open.signIn.listenersOf(open.signIn.accountOf('wang')), 0);
});
