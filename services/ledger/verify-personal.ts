/** Verifies personal parts against their seals, where their keys live. */
import type { JsonObject } from '../domain/event.ts';
import { openPersonal, SealBroken } from '../event-store/sealed-personal.ts';
import type { KeyStore } from '../key-store/key-store.ts';
import type { Findings } from './findings.ts';
import { placeOf, type Visited } from './verify-records.ts';

/** Keys that are known to be destroyed or missing are asked for once each, up to so many. */
const maxKnownStates = 100_000;

export class PersonalCheck {
  readonly #keys: KeyStore;
  readonly #findings: Findings;
  readonly #states = new Map<string, 'absent' | 'destroyed'>();
  opened = 0;
  /** Parts whose key has been destroyed; their seals stay. */
  erased = 0;

  constructor(keys: KeyStore, findings: Findings) {
    this.#keys = keys;
    this.#findings = findings;
  }

  /** Opens the personal parts of a page; those that opened, by their records. */
  async open(page: readonly Visited[]): Promise<Map<Visited, JsonObject>> {
    const names = [...new Set(page.flatMap(({ fields }) => fields?.key ?? []))];
    const keys = names.length === 0 ? [] : await this.#keys.getMany(names);
    const keyOf = new Map(names.map((name, i) => [name, keys[i] ?? null]));
    const personal = new Map<Visited, JsonObject>();
    for (const visited of page) {
      const name = visited.fields?.key ?? null;
      if (name === null) this.#checkNone(visited);
      else if (keyOf.get(name)) this.#open(visited, keyOf.get(name)!, personal);
      else await this.#checkGone(visited, name);
    }
    return personal;
  }

  #checkNone({ stored, fields }: Visited): void {
    if (fields !== null && stored.sealed !== null) {
      this.#findings.add('seal', placeOf(stored), 'it has a sealed part of which the record says nothing');
    }
  }

  #open(visited: Visited, key: Uint8Array, personal: Map<Visited, JsonObject>): void {
    const { stored, fields } = visited;
    if (stored.sealed === null) {
      this.#findings.add('seal', placeOf(stored), 'its sealed part is missing');
      return;
    }
    try {
      personal.set(visited, openPersonal(stored.sealed, key, stored.id, fields!.seal!));
      this.opened++;
    } catch (error) {
      if (!(error instanceof SealBroken || error instanceof SyntaxError)) throw error;
      this.#findings.add('seal', placeOf(stored), error.message);
    }
  }

  async #checkGone({ stored }: Visited, name: string): Promise<void> {
    let state = this.#states.get(name);
    if (state === undefined) {
      state = (await this.#keys.state(name)) === 'destroyed' ? 'destroyed' : 'absent';
      if (this.#states.size < maxKnownStates) this.#states.set(name, state);
      if (state === 'absent')
        this.#findings.add(
          'key',
          name,
          `the key is missing and was never destroyed; ${placeOf(stored)} needs it`,
        );
    }
    if (state === 'destroyed') this.erased++;
  }
}
