/** The personal part of an event, sealed and opened: `docs/formats.md` §Personal part and seal. */
import { createCipheriv, createDecipheriv, createSecretKey, hash, randomFillSync } from 'node:crypto';
import type { JsonObject } from '../domain/event.ts';
import { uuidOctets } from '../domain/values.ts';
import { objectText } from './record-text.ts';

const cipherName = 'aes-256-gcm';
const sealedFormOctet = 0x01;
const nonceOctets = 12;
const tagOctets = 16;
const saltOctets = 32;
const headOctets = 1 + nonceOctets;

/** A sealed part does not open, or what it holds is not what its record's seal says. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';
}

/** Fresh random octets, drawn in blocks: one draw from the system for each seal would cost more than the sealing. */
class RandomBlock {
  readonly #block = new Uint8Array(4400);
  #used = this.#block.length;

  take(octets: number): Uint8Array {
    if (this.#used + octets > this.#block.length) {
      randomFillSync(this.#block);
      this.#used = 0;
    }
    this.#used += octets;
    return this.#block.subarray(this.#used - octets, this.#used);
  }
}

const random = new RandomBlock();

export interface SealedPersonal {
  readonly sealed: Uint8Array;
  /** Hex of SHA-256 over the plaintext, its random octets included. */
  readonly seal: string;
}

/** Seals the personal part of the event with that id under a key of 32 octets. */
export function sealPersonal(personal: JsonObject, key: Uint8Array, eventId: string): SealedPersonal {
  return sealWith(personal, key, eventId, random.take(saltOctets), random.take(nonceOctets));
}

/** As `sealPersonal`, with the random octets given; for golden vectors. */
export function sealWith(
  personal: JsonObject,
  key: Uint8Array,
  eventId: string,
  salt: Uint8Array,
  nonce: Uint8Array,
): SealedPersonal {
  const text = objectText(personal, 'personal');
  const plaintext = Buffer.allocUnsafe(saltOctets + Buffer.byteLength(text));
  plaintext.set(salt);
  plaintext.write(text, saltOctets);
  // A key object, because given octets Node (24.21) spends three times as long finding out that they are none.
  const cipher = createCipheriv(cipherName, createSecretKey(key), nonce, { authTagLength: tagOctets });
  cipher.setAAD(uuidOctets(eventId));
  const ciphertext = cipher.update(plaintext);
  cipher.final();
  const sealed = new Uint8Array(headOctets + ciphertext.length + tagOctets);
  sealed[0] = sealedFormOctet;
  sealed.set(nonce, 1);
  sealed.set(ciphertext, headOctets);
  sealed.set(cipher.getAuthTag(), headOctets + ciphertext.length);
  return { sealed, seal: hash('sha256', plaintext) };
}

/** The plaintext: its random octets first. Throws `SealBroken`, also where it is not what `seal` says. */
export function openPlaintext(sealed: Uint8Array, key: Uint8Array, eventId: string, seal: string): Buffer {
  const plaintext = decrypt(sealed, key, eventId);
  if (hash('sha256', plaintext) !== seal)
    throw new SealBroken(`event ${eventId}: the seal is of another text`);
  return plaintext;
}

/** The personal part of an event. Throws `SealBroken`. */
export function openPersonal(sealed: Uint8Array, key: Uint8Array, eventId: string, seal: string): JsonObject {
  return JSON.parse(openPlaintext(sealed, key, eventId, seal).toString('utf8', saltOctets)) as JsonObject;
}

function decrypt(sealed: Uint8Array, key: Uint8Array, eventId: string): Buffer {
  const ciphertextEnd = sealed.length - tagOctets;
  if (sealed[0] !== sealedFormOctet || ciphertextEnd < headOctets + saltOctets) {
    throw new SealBroken(`event ${eventId}: not a sealed part`);
  }
  const nonce = sealed.subarray(1, headOctets);
  const decipher = createDecipheriv(cipherName, createSecretKey(key), nonce, { authTagLength: tagOctets });
  decipher.setAAD(uuidOctets(eventId));
  decipher.setAuthTag(sealed.subarray(ciphertextEnd));
  const plaintext = decipher.update(sealed.subarray(headOctets, ciphertextEnd));
  try {
    decipher.final();
  } catch {
    throw new SealBroken(`event ${eventId}: the sealed part was altered, or sealed under another key`);
  }
  return plaintext;
}
