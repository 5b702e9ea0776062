/** What every key store promises. Each engine runs the whole suite. */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { KeyDestroyed, type KeyStore } from '../../services/key-store/key-store.ts';

/** A place where a store lives. */
export interface KeyStoreHouse {
  readonly store: KeyStore;
  /** The store is closed and opened again; an engine that keeps nothing gives the same one. */
  restart(): Promise<KeyStore>;
  remove(): Promise<void>;
}

const now = 1_750_000_000_000;

export function keyStoreContract(engine: string, build: () => Promise<KeyStoreHouse>): void {
  describe(`key store contract: ${engine}`, () => {
    let house: KeyStoreHouse;
    let store: KeyStore;

    beforeEach(async () => {
      house = await build();
      store = house.store;
    });
    afterEach(() => house.remove());

    async function restart(): Promise<void> {
      store = await house.restart();
    }

    test('a key has 32 octets, and stays the same for ever', async () => {
      const key = Buffer.from(await store.ensure('mailstore-1'));
      assert.equal(key.length, 32);
      assert.deepEqual(Buffer.from(await store.ensure('mailstore-1')), key);
      await restart();
      assert.deepEqual(Buffer.from(await store.ensure('mailstore-1')), key);
      assert.deepEqual(Buffer.from((await store.get('mailstore-1'))!), key);
    });

    test('two names have two keys', async () => {
      assert.notDeepEqual(await store.ensure('account-1'), await store.ensure('account-2'));
    });

    test('many who ensure one name at once get one key', async () => {
      const keys = await Promise.all(Array.from({ length: 50 }, () => store.ensure('account-1')));
      const texts = new Set(keys.map((key) => Buffer.from(key).toString('hex')));
      assert.equal(texts.size, 1);
      await restart();
      assert.ok(texts.has(Buffer.from(await store.ensure('account-1')).toString('hex')));
    });

    test('it belongs to the first epoch until another begins, and then to that one', async () => {
      assert.equal(await store.logEpoch(), 1);
      await store.beginEpoch(4, 17);
      assert.equal(await store.logEpoch(), 4);
      await restart();
      assert.equal(await store.logEpoch(), 4);
    });

    test('a key that was never made is absent', async () => {
      assert.equal(await store.get('case-1'), null);
      assert.equal(await store.state('case-1'), 'absent');
    });

    test('several keys come in the order of their names', async () => {
      const first = await store.ensure('domain-1');
      const second = await store.ensure('domain-2');
      await store.ensure('domain-3');
      await store.destroy('domain-3', now);
      const keys = await store.getMany(['domain-2', 'domain-3', 'domain-1', 'domain-4', 'domain-2']);
      assert.deepEqual(keys.map(hexOrNull), [second, null, first, null, second].map(hexOrNull));
    });

    test('a destroyed key is gone, and its name is taken for ever', async () => {
      await store.ensure('message-1');
      await store.destroy('message-1', now);
      await assertDestroyed(store, 'message-1');
      await restart();
      await assertDestroyed(store, 'message-1');
    });

    test('a key is destroyed for everybody from the call on', async () => {
      await store.ensure('message-1');
      const destroyed = store.destroy('message-1', now);
      await assertDestroyed(store, 'message-1');
      await destroyed;
    });

    test('destroying again, and destroying what was never made, is no error', async () => {
      await store.destroy('message-1', now);
      await store.destroy('message-1', now + 1);
      await assertDestroyed(store, 'message-1');
    });

    test('many are destroyed at once, the others stay', async () => {
      const names = Array.from({ length: 40 }, (_, i) => `access-${i}`);
      for (const name of names) await store.ensure(name);
      await Promise.all(names.filter((_, i) => i % 2 === 0).map((name) => store.destroy(name, now)));
      const states = await Promise.all(names.map((name) => store.state(name)));
      assert.deepEqual(
        states,
        names.map((_, i) => (i % 2 === 0 ? 'destroyed' : 'live')),
      );
    });

    test('a message holds the key of its frame', async () => {
      const [frame, message, key] = [randomUUID(), randomUUID(), randomBytes(32)];
      await store.holdFrame(frame, message, key);
      assert.equal(await store.state(`message-${message}`), 'live');
      assert.equal(hexOrNull(await store.frameKey(frame, message)), key.toString('hex'));
      await restart();
      assert.equal(hexOrNull(await store.frameKey(frame, message)), key.toString('hex'));
      assert.equal(hexOrNull(await store.frameKeyOfAny(frame)), key.toString('hex'));
    });

    test('a hold belongs to one frame and one message', async () => {
      const [frame, message] = [randomUUID(), randomUUID()];
      await store.holdFrame(frame, message, randomBytes(32));
      assert.equal(await store.frameKey(frame, randomUUID()), null);
      assert.equal(await store.frameKey(randomUUID(), message), null);
      assert.equal(await store.frameKeyOfAny(randomUUID()), null);
    });

    test('a hold uses the message key that exists', async () => {
      const [frame, message, key] = [randomUUID(), randomUUID(), randomBytes(32)];
      const messageKey = hexOrNull(await store.ensure(`message-${message}`));
      await store.holdFrame(frame, message, key);
      await restart();
      assert.equal(hexOrNull(await store.ensure(`message-${message}`)), messageKey);
      assert.equal(hexOrNull(await store.frameKey(frame, message)), key.toString('hex'));
    });

    test('a destroyed message key takes its hold away, and no other', async () => {
      const [frame, first, second, key] = [randomUUID(), randomUUID(), randomUUID(), randomBytes(32)];
      await store.holdFrame(frame, first, key);
      await store.holdFrame(frame, second, key);
      await store.destroy(`message-${second}`, now);
      assert.equal(await store.frameKey(frame, second), null);
      assert.equal(hexOrNull(await store.frameKeyOfAny(frame)), key.toString('hex'));
      await restart();
      assert.equal(await store.frameKey(frame, second), null);
      await store.destroy(`message-${first}`, now);
      assert.equal(await store.frameKeyOfAny(frame), null);
      await restart();
      assert.equal(await store.frameKeyOfAny(frame), null);
    });

    test('nothing can be held under a destroyed message key', async () => {
      const message = randomUUID();
      await store.destroy(`message-${message}`, now);
      await assert.rejects(store.holdFrame(randomUUID(), message, randomBytes(32)), KeyDestroyed);
    });

    test('holding twice is holding once', async () => {
      const [frame, message, key] = [randomUUID(), randomUUID(), randomBytes(32)];
      await store.holdFrame(frame, message, key);
      await store.holdFrame(frame, message, key);
      await restart();
      assert.equal(hexOrNull(await store.frameKey(frame, message)), key.toString('hex'));
    });
  });
}

async function assertDestroyed(store: KeyStore, name: string): Promise<void> {
  assert.equal(await store.get(name), null);
  assert.equal(await store.state(name), 'destroyed');
  await assert.rejects(store.ensure(name), (error) => error instanceof KeyDestroyed && error.key === name);
}

function hexOrNull(key: Uint8Array | null): string | null {
  return key === null ? null : Buffer.from(key).toString('hex');
}
