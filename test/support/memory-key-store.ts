/** A key store in memory, for tests of what stands above the port. */
import { randomBytes } from 'node:crypto';
import { KeyDestroyed, type KeyStore } from '../../services/key-store/key-store.ts';

export class MemoryKeyStore implements KeyStore {
  readonly #keys = new Map<string, Uint8Array | null>();
  readonly #frames = new Map<string, Map<string, Uint8Array>>();

  async get(name: string): Promise<Uint8Array | null> {
    return this.#keys.get(name) ?? null;
  }

  async getMany(names: readonly string[]): Promise<(Uint8Array | null)[]> {
    return names.map((name) => this.#keys.get(name) ?? null);
  }

  async ensure(name: string): Promise<Uint8Array> {
    const key = this.#keys.get(name);
    if (key === null) throw new KeyDestroyed(name);
    const live = key ?? randomBytes(32);
    this.#keys.set(name, live);
    return live;
  }

  async state(name: string): Promise<'absent' | 'live' | 'destroyed'> {
    const key = this.#keys.get(name);
    if (key === undefined) return 'absent';
    return key === null ? 'destroyed' : 'live';
  }

  async destroy(name: string): Promise<void> {
    this.#keys.set(name, null);
  }

  async holdFrame(frame: string, message: string, frameKey: Uint8Array): Promise<void> {
    await this.ensure(`message-${message}`);
    const holders = this.#frames.get(frame) ?? new Map<string, Uint8Array>();
    this.#frames.set(frame, holders.set(message, frameKey));
  }

  async frameKey(frame: string, message: string): Promise<Uint8Array | null> {
    if ((await this.state(`message-${message}`)) !== 'live') return null;
    return this.#frames.get(frame)?.get(message) ?? null;
  }

  async frameKeyOfAny(frame: string): Promise<Uint8Array | null> {
    for (const message of this.#frames.get(frame)?.keys() ?? []) {
      const key = await this.frameKey(frame, message);
      if (key) return key;
    }
    return null;
  }

  async lastLogPosition(): Promise<number> {
    return -1;
  }

  async close(): Promise<void> {}
}
