/** A private key of DKIM as its event holds it: docs/formats.md §DKIM keys. */
import { createCipheriv, createDecipheriv, createPrivateKey, type KeyObject, randomBytes } from 'node:crypto';
import type { Uuid } from '../domain/values.ts';

const cipherName = 'aes-256-gcm';
const formOctet = 0x01;
const nonceOctets = 12;
const tagOctets = 16;
const headOctets = 1 + nonceOctets;

/** Name of the row in the key store under which a set's private keys are sealed: destroyed with the set. */
export function dkimKeyName(keys: Uuid): string {
  return `dkim-${keys}`;
}

/** PKCS #8 under a key of 32 octets; `selector` is associated, so that neither key stands in for the other. */
export function sealPrivateKey(key: KeyObject, rowKey: Uint8Array, selector: string): string {
  const nonce = randomBytes(nonceOctets);
  const cipher = createCipheriv(cipherName, rowKey, nonce, { authTagLength: tagOctets });
  cipher.setAAD(Buffer.from(selector));
  const sealed = cipher.update(key.export({ type: 'pkcs8', format: 'der' }));
  cipher.final();
  return Buffer.concat([Buffer.from([formOctet]), nonce, sealed, cipher.getAuthTag()]).toString('base64');
}

/** Throws where it was altered or sealed under another key. */
export function openPrivateKey(sealedText: string, rowKey: Uint8Array, selector: string): KeyObject {
  const sealed = Buffer.from(sealedText, 'base64');
  const end = sealed.length - tagOctets;
  const nonce = sealed.subarray(1, headOctets);
  const decipher = createDecipheriv(cipherName, rowKey, nonce, { authTagLength: tagOctets });
  decipher.setAAD(Buffer.from(selector));
  decipher.setAuthTag(sealed.subarray(end));
  const key = Buffer.concat([decipher.update(sealed.subarray(headOctets, end)), decipher.final()]);
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}
