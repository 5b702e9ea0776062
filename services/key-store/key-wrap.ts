/** Keys under keys (`docs/formats.md` §Keys): `0x01` ‖ nonce ‖ AES-256-GCM(wrapping key, key) ‖ tag. Pure. */
import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto';
import { type Uuid, uuidOctets } from '../domain/values.ts';

// Keys are given as key objects: of given octets Node (24.21) spends three times as long finding out that they are none.
const algorithm = 'aes-256-gcm';
const version = 0x01;
export const nonceOctets = 12;
const tagOctets = 16;
export const keyOctets = 32;
const wrappedOctets = 1 + nonceOctets + keyOctets + tagOctets;

/** `nonce` has 12 octets, random for each wrap. */
export function wrapKey(
  wrappingKey: Uint8Array,
  associated: Uint8Array,
  key: Uint8Array,
  nonce: Uint8Array,
): Uint8Array {
  const cipher = createCipheriv(algorithm, createSecretKey(wrappingKey), nonce);
  cipher.setAAD(associated);
  const wrapped = new Uint8Array(wrappedOctets);
  wrapped[0] = version;
  wrapped.set(nonce, 1);
  wrapped.set(cipher.update(key), 1 + nonceOctets);
  cipher.final();
  wrapped.set(cipher.getAuthTag(), 1 + nonceOctets + keyOctets);
  return wrapped;
}

/** Null where the octets do not open under this key and these associated data. */
export function unwrapKey(
  wrappingKey: Uint8Array,
  associated: Uint8Array,
  wrapped: Uint8Array,
): Uint8Array | null {
  if (wrapped.length !== wrappedOctets || wrapped[0] !== version) return null;
  const decipher = createDecipheriv(
    algorithm,
    createSecretKey(wrappingKey),
    wrapped.subarray(1, 1 + nonceOctets),
  );
  decipher.setAAD(associated);
  decipher.setAuthTag(wrapped.subarray(wrappedOctets - tagOctets));
  const key = decipher.update(wrapped.subarray(1 + nonceOctets, wrappedOctets - tagOctets));
  try {
    decipher.final();
    return new Uint8Array(key);
  } catch {
    return null;
  }
}

/** Binds a wrapped key to its name. */
export function nameData(name: string): Uint8Array {
  return Buffer.from(name, 'utf8');
}

/** Binds a wrapped frame key to the frame and to the message that holds it. */
export function holdData(frame: Uuid, message: Uuid): Uint8Array {
  const data = new Uint8Array(32);
  uuidOctets(frame, data, 0);
  return uuidOctets(message, data, 16);
}

/** Name of the key that holds a message's frames. */
export function messageKeyName(message: Uuid): string {
  return `message-${message}`;
}
