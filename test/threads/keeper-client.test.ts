import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { NewRecord } from '../../services/event-store/event-store.ts';
import { SqliteLogReader } from '../../services/event-store/sqlite-log-reader.ts';
import { newEventId } from '../../services/identifiers.ts';
import { KeeperClient } from '../../services/threads/keeper-client.ts';

let folder: string;
let logFile: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'muniment-keeper-'));
  logFile = join(folder, 'events.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true }));

function records(count = 1): NewRecord[] {
  return Array.from({ length: count }, () => ({
    id: newEventId(),
    record: Buffer.from('{"v":1}'),
    sealed: null,
  }));
}

function startKeeper(): Promise<KeeperClient> {
  return KeeperClient.start({ logFile }, (error) => assert.fail(error));
}

describe('keeper client', () => {
  test('what was sent before close is on disk when close resolves; later calls are refused', async () => {
    const keeper = await startKeeper();
    const streams = Array.from({ length: 30 }, () => `message-${randomUUID()}`);
    const appends = streams.map((stream) => keeper.append(stream, 'absent', records(2)));
    await keeper.close();
    const outcomes = await Promise.all(appends);
    assert.ok(outcomes.every(({ outcome }) => outcome === 'written'));
    await assert.rejects(keeper.append(streams[0]!, 1, records()), /closed/);
    await assert.rejects(keeper.sendTo('keys')({}), /closed/);
    await keeper.close();
    const reader = new SqliteLogReader(logFile);
    assert.equal(reader.head(), 59);
    reader.close();
  });

  test('the next position is known before anything is answered, and again after what was not written', async () => {
    const keeper = await startKeeper();
    const [one, two] = [`message-${randomUUID()}`, `message-${randomUUID()}`];
    assert.equal(keeper.nextPosition(), 0);
    const first = keeper.append(one, 'absent', records(2));
    assert.equal(keeper.nextPosition(), 2);
    const conflicting = keeper.append(one, 7, records(3));
    const last = keeper.append(two, 'absent', records(1));
    assert.equal(keeper.nextPosition(), 6);
    await Promise.all([first, conflicting, last]);
    assert.equal(keeper.nextPosition(), 3);
    await keeper.close();
    const again = await startKeeper();
    assert.equal(again.nextPosition(), 3);
    await again.close();
  });

  test('appends of one turn go in the order of the calls', async () => {
    const keeper = await startKeeper();
    const stream = `message-${randomUUID()}`;
    const chain = [0, 1, 2, 3].map((i) => keeper.append(stream, i === 0 ? 'absent' : i - 1, records()));
    const outcomes = await Promise.all(chain);
    assert.deepEqual(
      outcomes.map((each) => each.outcome === 'written' && each.positions),
      [[0], [1], [2], [3]],
    );
    await keeper.close();
  });

  test('what a core refuses arrives by its name', async () => {
    const keeper = await startKeeper();
    const put = keeper.sendTo<object, void>('volumes');
    await assert.rejects(put({ ask: 'put' }), { message: 'the keeper runs without volumes' });
    await keeper.close();
  });

  test('a log that is none refuses to start, and nothing else happens', async () => {
    writeFileSync(logFile, 'x'.repeat(5000));
    await assert.rejects(startKeeper(), /not a database/);
  });
});

describe('a disk that fails', () => {
  /** Appends until the log can't grow any more: `test/support/keeper-until-broken.ts`. */
  function runUntilBroken(): Promise<{ code: unknown; said: string[] }> {
    const notes = join(folder, 'notes');
    const script = fileURLToPath(new URL('../support/keeper-until-broken.ts', import.meta.url));
    // A file over the limit fails with EFBIG once the signal is ignored; the limit counts blocks of 512 octets.
    const command = `trap '' XFSZ; ulimit -f 4000; exec "$0" "$@"`;
    return new Promise((resolve) => {
      execFile('/bin/sh', ['-c', command, process.execPath, script, logFile, notes], (error) => {
        resolve({ code: error?.code, said: readFileSync(notes, 'utf8').trim().split('\n') });
      });
    });
  }

  test('ends the process; what was acknowledged is there, and what was not was never said', async () => {
    const { code, said } = await runUntilBroken();
    assert.equal(code, 74, said.slice(-3).join('\n'));
    assert.match(said.at(-4)!, /^fatal StorageBroken log: /);
    assert.deepEqual(said.slice(-3), Array(3).fill('open UnknownOutcome'));
    const acknowledged = said.filter((line) => line.startsWith('written ')).map((line) => line.slice(8));
    assert.ok(acknowledged.length > 100, `${acknowledged.length} acknowledged`);
    const reader = new SqliteLogReader(logFile);
    const kept = new Set(reader.readBehind(-1, 100_000).map(({ id }) => id));
    assert.deepEqual(
      acknowledged.filter((id) => !kept.has(id)),
      [],
    );
    reader.close();
  });
});
