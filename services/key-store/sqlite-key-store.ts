/**
 * The embedded key store on the calling thread. New keys are made and used here at once, and their rows are on the
 * way to the keeper when `ensure` resolves: the keeper commits them before any record of the log that is appended
 * later. Reading goes through a connection of its own.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type Uuid, uuidOctets, uuidText } from '../domain/values.ts';
import { openDatabase } from '../memory/databases.ts';
import { OctetLru } from '../memory/octet-lru.ts';
import type { KeyCommand, SendKeyCommand, WrappedKey } from './key-commands.ts';
import { freshKey, freshNonce } from './key-random.ts';
import { KeyDamaged, KeyDestroyed, type KeyStore } from './key-store.ts';
import { holdData, messageKeyName, nameData, unwrapKey, wrapKey } from './key-wrap.ts';
import { readRootKey, verifyCheck } from './root-key.ts';
import { UncommittedKeys } from './uncommitted-keys.ts';

/** About 16,000 keys; each counts with its name and its place in the map. */
const maxCachedOctets = 4 * 1024 * 1024;
const cachedKeyOctets = 256;

export interface SqliteKeyStoreOptions {
  /** `keys/keys.sqlite`; its core has been started. */
  readonly file: string;
  readonly rootKeyFile: string;
  readonly send: SendKeyCommand;
  readonly now?: () => number;
}

type Found = Uint8Array | 'absent' | 'destroyed';

/** Keys that it returns are shared: callers do not change their octets. */
export class SqliteKeyStore implements KeyStore {
  readonly #rootKey: Uint8Array;
  readonly #database: DatabaseSync;
  readonly #selectKey: StatementSync;
  readonly #selectHold: StatementSync;
  readonly #selectHolders: StatementSync;
  readonly #send: SendKeyCommand;
  readonly #now: () => number;
  #cache = newCache();
  readonly #uncommitted = new UncommittedKeys();
  /** Destroyed for every caller from the call on, though files may still hold them until it resolves. */
  readonly #destroying = new Set<string>();
  #destructions: { name: string; at: number }[] = [];
  #nextDestruction: Promise<void> | null = null;
  #lastSerial = 0;
  #failure: Error | null = null;

  /** Throws `RootKeyRefused`. */
  constructor({ file, rootKeyFile, send, now = Date.now }: SqliteKeyStoreOptions) {
    this.#send = send;
    this.#now = now;
    this.#rootKey = readRootKey(rootKeyFile);
    this.#database = openDatabase(file, { readOnly: true });
    verifyCheck(this.#rootKey, this.#meta('check') as Uint8Array, rootKeyFile);
    this.#selectKey = this.#database.prepare('SELECT wrapped FROM keys WHERE name = ?');
    this.#selectHold = this.#database.prepare(
      'SELECT wrapped FROM frame_keys WHERE frame = ? AND message = ?',
    );
    this.#selectHolders = this.#database.prepare(
      'SELECT message FROM frame_keys WHERE frame = ? ORDER BY message DESC',
    );
  }

  async get(name: string): Promise<Uint8Array | null> {
    return this.#live(name);
  }

  async getMany(names: readonly string[]): Promise<(Uint8Array | null)[]> {
    return names.map((name) => this.#live(name));
  }

  async ensure(name: string): Promise<Uint8Array> {
    const found = this.#existing(name);
    if (found !== null) return found;
    const key = freshKey();
    this.#uncommitted.addKey(this.#keep({ keys: [this.#wrapped(name, key)], holds: [] }), name, key);
    this.#cache.set(name, key);
    return key;
  }

  async state(name: string): Promise<'absent' | 'live' | 'destroyed'> {
    const found = this.#find(name);
    return typeof found === 'string' ? found : 'live';
  }

  /** Destructions that are asked for together share one commit and one cut of the write-ahead log. */
  async destroy(name: string, at: number): Promise<void> {
    this.#destroying.add(name);
    this.#cache.delete(name);
    this.#uncommitted.dropKey(name);
    this.#destructions.push({ name, at });
    this.#nextDestruction ??= Promise.resolve().then(() => this.#destroyWaiting());
    await this.#nextDestruction;
    this.#destroying.delete(name);
  }

  async holdFrame(frame: Uuid, message: Uuid, frameKey: Uint8Array): Promise<void> {
    const name = messageKeyName(message);
    const existing = this.#existing(name);
    const messageKey = existing ?? freshKey();
    const wrapped = wrapKey(messageKey, holdData(frame, message), frameKey, freshNonce());
    const keys = existing === null ? [this.#wrapped(name, messageKey)] : [];
    const serial = this.#keep({ keys, holds: [{ frame, message, wrapped }] });
    this.#uncommitted.addHold(serial, frame, message, frameKey);
    if (existing !== null) return;
    this.#uncommitted.addKey(serial, name, messageKey);
    this.#cache.set(name, messageKey);
  }

  async frameKey(frame: Uuid, message: Uuid): Promise<Uint8Array | null> {
    return this.#heldKey(frame, message);
  }

  async frameKeyOfAny(frame: Uuid): Promise<Uint8Array | null> {
    const committed = this.#selectHolders
      .all(uuidOctets(frame))
      .map((row) => uuidText(row['message'] as Uint8Array));
    for (const message of [...this.#uncommitted.holders(frame), ...committed]) {
      const key = this.#heldKeyIfSound(frame, message);
      if (key !== null) return key;
    }
    return null;
  }

  async lastLogPosition(): Promise<number> {
    return Number(this.#meta('log-position') ?? -1);
  }

  async logEpoch(): Promise<number> {
    return Number(this.#meta('epoch') ?? 1);
  }

  async beginEpoch(epoch: number, logPosition: number): Promise<void> {
    await this.#send({ ask: 'beginEpoch', epoch, logPosition });
  }

  giveBackMemory(): void {
    this.#cache = newCache();
  }

  async close(): Promise<void> {
    this.#database.close();
  }

  #find(name: string): Found {
    if (this.#destroying.has(name)) return 'destroyed';
    const known = this.#cache.get(name) ?? this.#uncommitted.key(name);
    if (known !== null) return known;
    const row = this.#selectKey.get(name);
    if (row === undefined) return 'absent';
    if (row['wrapped'] === null) return 'destroyed';
    const key = this.#opened(unwrapKey(this.#rootKey, nameData(name), row['wrapped'] as Uint8Array), name);
    this.#cache.set(name, key);
    return key;
  }

  #live(name: string): Uint8Array | null {
    const found = this.#find(name);
    return typeof found === 'string' ? null : found;
  }

  /** Null for a key that may be made now. */
  #existing(name: string): Uint8Array | null {
    if (this.#failure !== null) throw this.#failure;
    const found = this.#find(name);
    if (found === 'destroyed') throw new KeyDestroyed(name);
    return found === 'absent' ? null : found;
  }

  #heldKey(frame: Uuid, message: Uuid): Uint8Array | null {
    const messageKey = this.#live(messageKeyName(message));
    if (messageKey === null) return null;
    const uncommitted = this.#uncommitted.frameKey(frame, message);
    if (uncommitted !== null) return uncommitted;
    const row = this.#selectHold.get(uuidOctets(frame), uuidOctets(message));
    if (row === undefined) return null;
    const key = unwrapKey(messageKey, holdData(frame, message), row['wrapped'] as Uint8Array);
    return this.#opened(key, `of frame ${frame} for message ${message}`);
  }

  /** Where any holder will do, a damaged one is passed over. */
  #heldKeyIfSound(frame: Uuid, message: Uuid): Uint8Array | null {
    try {
      return this.#heldKey(frame, message);
    } catch (error) {
      if (error instanceof KeyDamaged) return null;
      throw error;
    }
  }

  #opened(key: Uint8Array | null, what: string): Uint8Array {
    if (key === null) throw new KeyDamaged(what);
    return key;
  }

  #wrapped(name: string, key: Uint8Array): WrappedKey {
    const wrapped = wrapKey(this.#rootKey, nameData(name), key, freshNonce());
    return { name, wrapped, madeAt: this.#now() };
  }

  /**
   * Sends rows without waiting. Where they cannot be kept the keeper ends the process before anything rests on them;
   * until then no further key is made.
   */
  #keep(rows: Omit<KeyCommand & { ask: 'keep' }, 'ask' | 'serial'>): number {
    const serial = ++this.#lastSerial;
    this.#send({ ask: 'keep', serial, ...rows }).then(
      ({ committedSerial }) => this.#uncommitted.committed(committedSerial),
      (error: Error) => {
        this.#failure ??= error;
      },
    );
    return serial;
  }

  async #destroyWaiting(): Promise<void> {
    const keys = this.#destructions;
    this.#destructions = [];
    this.#nextDestruction = null;
    const { committedSerial } = await this.#send({ ask: 'destroy', keys });
    this.#uncommitted.committed(committedSerial);
  }

  #meta(name: string): unknown {
    return this.#database.prepare('SELECT value FROM meta WHERE name = ?').get(name)?.['value'];
  }
}

function newCache(): OctetLru<string, Uint8Array> {
  return new OctetLru(maxCachedOctets, () => cachedKeyOctets);
}
