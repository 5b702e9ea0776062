/** Tags of addresses and domain names: docs/formats.md §Tag. */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import {
  type Address,
  addressTagText,
  departmentTagText,
  domainTagText,
  registryTagText,
} from './domain/address.ts';
import type { Uuid } from './domain/values.ts';
import type { KeyStore } from './key-store/key-store.ts';

const tagHexDigits = 32;

export class Tags {
  /** A key object: of given octets Node (24.21) spends 20 µs at each use finding out that they are none. */
  readonly #key: KeyObject;

  constructor(tagKey: Uint8Array) {
    this.#key = createSecretKey(tagKey);
  }

  static async load(keys: Pick<KeyStore, 'ensure'>): Promise<Tags> {
    return new Tags(await keys.ensure('secret-tag'));
  }

  /** Of a domain name (A-labels). */
  domain(name: string): string {
    return this.#of(domainTagText(name));
  }

  /** Of an address anywhere. */
  address(address: Address): string {
    return this.#of(addressTagText(address));
  }

  /** Of a local part in the registry of a domain. */
  registry(localPart: string, domain: Uuid): string {
    return this.#of(registryTagText(localPart, domain));
  }

  /** Of a department's name. */
  department(name: string): string {
    return this.#of(departmentTagText(name));
  }

  #of(text: string): string {
    return createHmac('sha256', this.#key).update(text, 'utf8').digest('hex').slice(0, tagHexDigits);
  }
}
