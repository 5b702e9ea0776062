/** The secret of a second factor as its event holds it: docs/formats.md §Second factor. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Uuid } from '../domain/values.ts';

const cipherName = 'aes-256-gcm';
const formOctet = 0x01;
const nonceOctets = 12;
const tagOctets = 16;
const headOctets = 1 + nonceOctets;

/** Name of the row in the key store under which the secret is sealed: destroyed when the factor is turned off. */
export function secondFactorKeyName(factor: Uuid): string {
  return `second-factor-${factor}`;
}

/** Under a key of 32 octets; the factor is associated, so that one secret does not stand in for another. */
export function sealSecret(secret: Uint8Array, rowKey: Uint8Array, factor: Uuid): string {
  const nonce = randomBytes(nonceOctets);
  const cipher = createCipheriv(cipherName, rowKey, nonce, { authTagLength: tagOctets });
  cipher.setAAD(Buffer.from(factor));
  const sealed = cipher.update(secret);
  cipher.final();
  return Buffer.concat([Buffer.from([formOctet]), nonce, sealed, cipher.getAuthTag()]).toString('base64');
}

/** Throws where it was altered or sealed under another key. */
export function openSecret(sealedText: string, rowKey: Uint8Array, factor: Uuid): Uint8Array {
  const sealed = Buffer.from(sealedText, 'base64');
  const end = sealed.length - tagOctets;
  const decipher = createDecipheriv(cipherName, rowKey, sealed.subarray(1, headOctets), {
    authTagLength: tagOctets,
  });
  decipher.setAAD(Buffer.from(factor));
  decipher.setAuthTag(sealed.subarray(end));
  return Buffer.concat([decipher.update(sealed.subarray(headOctets, end)), decipher.final()]);
}
