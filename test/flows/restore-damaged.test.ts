/** A log whose write-ahead log is damaged, and no backup: what is legible goes on, what was there is kept. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { flipBit } from '../support/damaged-copies.ts';
import { deliver, inboxWith, mailWith } from '../support/delivered-mail.ts';
import { RealServer } from '../support/real-server.ts';

describe('restore of a damaged log', { timeout: 120_000 }, () => {
  let server: RealServer;
  let wal: string;
  let damaged: Buffer;
  let offset: number;

  before(async () => {
    server = await RealServer.start(['wang'], { MUNIMENT_SEAL_INTERVAL_MS: '3600000' });
    wal = join(server.data, 'log', 'events.sqlite-wal');
    await deliver(server, 'wang', [mailWith('first')]);
    offset = statSync(wal).size + 1000;
    await deliver(server, 'wang', [mailWith('second'), mailWith('third')], 1);
    await server.kill();
    flipBit(wal, offset);
    damaged = readFileSync(wal);
  });
  after(() => server?.dispose());

  test('is told before it is done, and nothing is changed', async () => {
    const { code, stderr } = await server.verb('restore', '--reason', 'a bit flipped');
    assert.equal(code, 69, stderr);
    assert.match(stderr, /events\.sqlite-wal at octet \d+[\s\S]*--yes go on with what is legible before it/);
    assert.deepEqual(readFileSync(wal), damaged);
  });

  test('goes on with what is legible, and keeps the damaged files', async () => {
    const said = await server.muniment('restore', '--reason', 'a bit flipped', '--yes');
    assert.match(said, /Epoch 2 has begun/);
    const aside = join(server.data, 'log', 'damaged');
    assert.ok(readdirSync(aside).includes('events.sqlite'));
    assert.deepEqual(readFileSync(join(aside, 'events.sqlite-wal')), damaged);
    await server.start();
    const [first] = await inboxWith(server, 'wang', 1);
    assert.ok(first!.includes('Subject: first'));
    await server.muniment('verify');
  });
});
