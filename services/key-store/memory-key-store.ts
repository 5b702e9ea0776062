/** The key store in memory: for tests, and for trying things out. */
import { randomBytes } from 'node:crypto';
import type { Uuid } from '../domain/values.ts';
import { KeyDestroyed, type KeyStore } from './key-store.ts';
import { keyOctets, messageKeyName } from './key-wrap.ts';

export class MemoryKeyStore implements KeyStore {
  /** Null: destroyed. */
  readonly #keys = new Map<string, Uint8Array | null>();
  /** Frame -> message -> frame key. */
  readonly #holds = new Map<Uuid, Map<Uuid, Uint8Array>>();

  async get(name: string): Promise<Uint8Array | null> {
    return this.#keys.get(name) ?? null;
  }

  async getMany(names: readonly string[]): Promise<(Uint8Array | null)[]> {
    return names.map((name) => this.#keys.get(name) ?? null);
  }

  async ensure(name: string): Promise<Uint8Array> {
    const known = this.#keys.get(name);
    if (known === null) throw new KeyDestroyed(name);
    const key = known ?? new Uint8Array(randomBytes(keyOctets));
    this.#keys.set(name, key);
    return key;
  }

  async state(name: string): Promise<'absent' | 'live' | 'destroyed'> {
    const key = this.#keys.get(name);
    if (key === undefined) return 'absent';
    return key === null ? 'destroyed' : 'live';
  }

  async destroy(name: string): Promise<void> {
    this.#keys.set(name, null);
    for (const [frame, holds] of this.#holds) {
      for (const message of holds.keys()) if (messageKeyName(message) === name) holds.delete(message);
      if (holds.size === 0) this.#holds.delete(frame);
    }
  }

  async holdFrame(frame: Uuid, message: Uuid, frameKey: Uint8Array): Promise<void> {
    await this.ensure(messageKeyName(message));
    const holds = this.#holds.get(frame) ?? new Map<Uuid, Uint8Array>();
    this.#holds.set(frame, holds.set(message, frameKey));
  }

  async frameKey(frame: Uuid, message: Uuid): Promise<Uint8Array | null> {
    return this.#holds.get(frame)?.get(message) ?? null;
  }

  async frameKeyOfAny(frame: Uuid): Promise<Uint8Array | null> {
    return [...(this.#holds.get(frame)?.values() ?? [])].at(-1) ?? null;
  }

  #logEpoch = 1;

  async logEpoch(): Promise<number> {
    return this.#logEpoch;
  }

  async beginEpoch(epoch: number, _logPosition: number): Promise<void> {
    this.#logEpoch = epoch;
  }

  /** Nothing is ever on disk. */
  async lastLogPosition(): Promise<number> {
    return -1;
  }

  async close(): Promise<void> {}
}
