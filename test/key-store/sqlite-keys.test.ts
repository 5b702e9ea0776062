import assert from 'node:assert/strict';
import { createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, beforeEach, describe, test } from 'node:test';
import type { WrappedKey } from '../../services/key-store/key-commands.ts';
import { KeyDamaged } from '../../services/key-store/key-store.ts';
import { RootKeyRefused } from '../../services/key-store/root-key.ts';
import { SqliteKeyStore } from '../../services/key-store/sqlite-key-store.ts';
import { SqliteKeys } from '../../services/key-store/sqlite-keys.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { keyFiles, makeKeyFolder, openKeys, removeFolder, sendingTo } from './key-house.ts';

const folders: string[] = [];
let folder: string;

beforeEach(() => {
  folder = newFolder();
});
after(() => folders.forEach(removeFolder));

function newFolder(): string {
  const made = makeKeyFolder();
  folders.push(made);
  return made;
}

/** The folder as a kill -9 at this moment would leave it. */
function asKilledNow(): string {
  const left = newFolder();
  cpSync(folder, left, { recursive: true });
  return left;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('the root key', () => {
  test('is made at first start, as 64 hex digits for the owner only', async () => {
    await openKeys(folder).close();
    const { rootKeyFile } = keyFiles(folder);
    assert.match(readFileSync(rootKeyFile, 'latin1'), /^[0-9a-f]{64}\n$/);
    assert.equal(statSync(rootKeyFile).mode & 0o777, 0o600);
  });

  test('that the administrator brings is used', async () => {
    const { rootKeyFile } = keyFiles(folder);
    const text = `${'ab'.repeat(32)}\n`;
    writeFileSync(rootKeyFile, text);
    const open = openKeys(folder);
    await open.store.ensure('account-1');
    await open.close();
    assert.equal(readFileSync(rootKeyFile, 'latin1'), text);
  });

  test('that is another one is refused before anything changes', async () => {
    await openKeys(folder).close();
    const { file, rootKeyFile } = keyFiles(folder);
    writeFileSync(rootKeyFile, `${randomBytes(32).toString('hex')}\n`);
    const before = readFileSync(file);
    assertRefused(() => new SqliteKeys({ file, rootKeyFile }), 'wrong', rootKeyFile);
    const send = () => Promise.reject(new Error('not reached'));
    assertRefused(() => new SqliteKeyStore({ file, rootKeyFile, send }), 'wrong', rootKeyFile);
    assert.deepEqual(readFileSync(file), before);
  });

  test('that is missing is not made anew', async () => {
    await openKeys(folder).close();
    const files = keyFiles(folder);
    rmSync(files.rootKeyFile);
    assertRefused(() => new SqliteKeys(files), 'missing', files.rootKeyFile);
    assert.equal(existsSync(files.rootKeyFile), false);
  });

  test('that is no key is refused', () => {
    const files = keyFiles(folder);
    for (const text of ['', 'ab'.repeat(31), `${'ab'.repeat(33)}\n`, 'zz'.repeat(32)]) {
      writeFileSync(files.rootKeyFile, text);
      assertRefused(() => new SqliteKeys(files), 'malformed', files.rootKeyFile);
    }
  });

  test('cannot be adopted by keys that have lost their check value', async () => {
    const open = openKeys(folder);
    await open.store.ensure('account-1');
    await turn();
    await open.close();
    const { file } = keyFiles(folder);
    const database = new DatabaseSync(file);
    database.exec(`DELETE FROM meta WHERE name = 'check'`);
    database.close();
    assert.throws(() => new SqliteKeys(keyFiles(folder)), /damaged/);
  });
});

function assertRefused(open: () => unknown, reason: string, file: string): void {
  assert.throws(open, (error) => {
    assert.ok(error instanceof RootKeyRefused);
    assert.deepEqual([error.reason, error.file], [reason, file]);
    assert.match(error.message, /root key/);
    return true;
  });
}

describe('the rows', () => {
  test('are what docs/formats.md says, opened by hand', async () => {
    const open = openKeys(folder);
    const [frame, message, frameKey] = [randomUUID(), randomUUID(), randomBytes(32)];
    const accountKey = await open.store.ensure('account-1');
    await open.store.holdFrame(frame, message, frameKey);
    await turn();
    await open.close();
    const rootKey = Buffer.from(readFileSync(keyFiles(folder).rootKeyFile, 'latin1').trim(), 'hex');
    const database = new DatabaseSync(keyFiles(folder).file, { readOnly: true });
    const wrapped = (sql: string, ...values: (string | Buffer)[]) =>
      database.prepare(sql).get(...values)!['wrapped'] as Uint8Array;
    const account = wrapped('SELECT wrapped FROM keys WHERE name = ?', 'account-1');
    assert.deepEqual(openWrapped(rootKey, 'account-1', account), Buffer.from(accountKey));
    const messageName = `message-${message}`;
    const messageRow = wrapped('SELECT wrapped FROM keys WHERE name = ?', messageName);
    const messageKey = openWrapped(rootKey, messageName, messageRow);
    const ids = Buffer.from((frame + message).replaceAll('-', ''), 'hex');
    const [frameId, messageId] = [ids.subarray(0, 16), ids.subarray(16)];
    const hold = wrapped(
      'SELECT wrapped FROM frame_keys WHERE frame = ? AND message = ?',
      frameId,
      messageId,
    );
    assert.deepEqual(openWrapped(messageKey, ids, hold), frameKey);
    const check = database.prepare(`SELECT value FROM meta WHERE name = 'check'`).get()!['value'];
    assert.deepEqual(openWrapped(rootKey, 'check', check as Uint8Array), Buffer.alloc(32));
    database.close();
  });

  test('carry the position of the log that is known to be on disk', async () => {
    const open = openKeys(folder);
    assert.equal(await open.store.lastLogPosition(), -1);
    await open.store.ensure('account-1');
    await turn();
    open.core.syncBeforeLog(41);
    assert.equal(await open.store.lastLogPosition(), 41);
    await open.close();
    const again = openKeys(folder);
    assert.equal(again.core.lastLogPosition, 41);
    await again.store.beginEpoch(2, 7);
    assert.deepEqual([await again.store.lastLogPosition(), again.core.lastLogPosition], [7, 7]);
    await again.close();
  });

  test('survive a kill once they are synced, and only then need to', async () => {
    const open = openKeys(folder);
    const synced = Buffer.from(await open.store.ensure('account-1'));
    await turn();
    open.core.syncBeforeLog(0);
    await open.store.ensure('account-2');
    await turn();
    const left = openKeys(asKilledNow());
    assert.deepEqual(Buffer.from((await left.store.get('account-1'))!), synced);
    assert.equal(await left.store.state('account-2'), 'absent');
    await left.close();
    await open.close();
  });

  test('that are damaged are never taken for destroyed ones', async () => {
    const open = openKeys(folder);
    const [frame, damaged, sound, frameKey] = [randomUUID(), randomUUID(), randomUUID(), randomBytes(32)];
    await open.store.ensure('account-1');
    await open.store.holdFrame(frame, sound, frameKey);
    await open.store.holdFrame(frame, damaged, frameKey);
    await turn();
    await open.close();
    const database = new DatabaseSync(keyFiles(folder).file);
    const flipped = `substr(wrapped, 1, 20) || CAST(x'ffee' AS BLOB) || substr(wrapped, 23)`;
    database.exec(`UPDATE keys SET wrapped = CAST(${flipped} AS BLOB) WHERE name = 'account-1'`);
    const hold = database.prepare(
      `UPDATE frame_keys SET wrapped = CAST(${flipped} AS BLOB) WHERE message = ?`,
    );
    hold.run(Buffer.from(damaged.replaceAll('-', ''), 'hex'));
    database.close();
    const again = openKeys(folder);
    await assert.rejects(again.store.get('account-1'), KeyDamaged);
    await assert.rejects(again.store.frameKey(frame, damaged), KeyDamaged);
    assert.deepEqual(Buffer.from((await again.store.frameKeyOfAny(frame))!), frameKey);
    await again.close();
  });

  test('that could not be kept let no later sync succeed', () => {
    const core = new SqliteKeys(keyFiles(folder));
    const row: WrappedKey = { name: 'account-1', wrapped: randomBytes(61), madeAt: 1 };
    core.handle({ ask: 'keep', serial: 1, keys: [row], holds: [] });
    assert.throws(() => core.handle({ ask: 'keep', serial: 2, keys: [row], holds: [] }));
    assert.throws(() => core.syncBeforeLog(7), /UNIQUE/);
  });

  test('are committed after a while when no append follows', async () => {
    const core = new SqliteKeys(keyFiles(folder));
    const keep = (serial: number) =>
      core.handle({
        ask: 'keep',
        serial,
        keys: [{ name: `account-${serial}`, wrapped: randomBytes(61), madeAt: 1 }],
        holds: [],
      });
    for (let serial = 1; serial < 1000; serial++) assert.equal(keep(serial).committedSerial, 0);
    assert.equal(keep(1000).committedSerial, 1000);
    core.close();
  });
});

test('the calling thread makes no further key after one could not be kept', async () => {
  await openKeys(folder).close();
  const send = () => Promise.reject(new Error('no space left'));
  const store = new SqliteKeyStore({ ...keyFiles(folder), send });
  await store.ensure('account-1');
  await turn();
  await assert.rejects(store.ensure('account-2'), /no space left/);
  await store.close();
});

test('a destruction that failed can be asked for again', async () => {
  const open = openKeys(folder);
  await open.store.ensure('account-1');
  await turn();
  let fails = true;
  const send = sendingTo(open.core);
  const store = new SqliteKeyStore({
    ...keyFiles(folder),
    send: (command) => (fails ? Promise.reject(new Error('not now')) : send(command)),
  });
  await assert.rejects(store.destroy('account-1', 1), /not now/);
  assert.equal(await store.state('account-1'), 'destroyed');
  fails = false;
  await store.destroy('account-1', 2);
  await store.close();
  await open.close();
  const again = openKeys(folder);
  assert.equal(await again.store.state('account-1'), 'destroyed');
  await again.close();
});

describe('destruction', () => {
  test('leaves the key in no file, wrapped or not, whatever happened to the rows before', async () => {
    const open = openKeys(folder);
    const random = seededRandom(20_251);
    const messages = Array.from({ length: 3000 }, () => randomUUID());
    for (const [i, message] of messages.entries()) {
      await open.store.holdFrame(randomUUID(), message, randomBytes(32));
      if (i % 50 === 0) await synced(open, i);
    }
    await synced(open, messages.length);
    const rows = wrappedRows();
    for (let round = 0; round < 12; round++) {
      const chosen = messages.filter((message) => rows.has(message) && random() < 0.25);
      await Promise.all(chosen.map((message) => open.store.destroy(`message-${message}`, round)));
      assertInNoFile(chosen.flatMap((message) => rows.get(message)!));
      for (const message of chosen) rows.delete(message);
      for (let i = 0; i < 20; i++) await open.store.holdFrame(randomUUID(), randomUUID(), randomBytes(32));
      await synced(open, 5000 + round);
    }
    assertInSomeFile([...rows.values()].flat());
    await open.close();
  });

  test('waits for no reader, because none stays in a statement', async () => {
    const open = openKeys(folder);
    for (let i = 0; i < 100; i++) await open.store.ensure(`account-${i}`);
    await turn();
    await open.store.getMany(Array.from({ length: 100 }, (_, i) => `account-${i}`));
    await open.store.destroy('account-1', 1);
    assert.equal(statSync(`${keyFiles(folder).file}-wal`).size, 0);
    await open.close();
  });
});

async function synced({ core }: { core: SqliteKeys }, position: number): Promise<void> {
  await turn();
  core.syncBeforeLog(position);
}

/** Message -> the octets of its key row and of its hold, as they stand in the file. */
function wrappedRows(): Map<string, Buffer[]> {
  const database = new DatabaseSync(keyFiles(folder).file, { readOnly: true });
  const rows = database
    .prepare(
      `SELECT name, keys.wrapped AS wrapped, frame_keys.wrapped AS hold FROM frame_keys
       JOIN keys ON name = 'message-' || lower(
         substr(hex(message), 1, 8) || '-' || substr(hex(message), 9, 4) || '-' || substr(hex(message), 13, 4) || '-' ||
         substr(hex(message), 17, 4) || '-' || substr(hex(message), 21))`,
    )
    .all();
  database.close();
  return new Map(
    rows.map((row) => [
      String(row['name']).slice('message-'.length),
      [Buffer.from(row['wrapped'] as Uint8Array), Buffer.from(row['hold'] as Uint8Array)],
    ]),
  );
}

function allFiles(): Buffer {
  return Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));
}

/** Looks for the 48 octets of ciphertext and tag, so that a row that was cut in front is found too. */
function assertInNoFile(wrapped: readonly Buffer[]): void {
  const octets = allFiles();
  const found = wrapped.filter(
    (each) => octets.includes(each.subarray(13)) || octets.includes(each.subarray(13, 45)),
  );
  assert.equal(found.length, 0, `${found.length} of ${wrapped.length} are still there`);
}

function assertInSomeFile(wrapped: readonly Buffer[]): void {
  const octets = allFiles();
  assert.ok(wrapped.length > 0);
  assert.ok(wrapped.every((each) => octets.includes(each)));
}

function openWrapped(key: Uint8Array, associated: string | Uint8Array, wrapped: Uint8Array): Buffer {
  assert.equal(wrapped.length, 61);
  assert.equal(wrapped[0], 0x01);
  const decipher = createDecipheriv('aes-256-gcm', key, wrapped.subarray(1, 13));
  decipher.setAAD(typeof associated === 'string' ? Buffer.from(associated) : associated);
  decipher.setAuthTag(wrapped.subarray(45));
  return Buffer.concat([decipher.update(wrapped.subarray(13, 45)), decipher.final()]);
}
