/**
 * Structure facts under their frame's key (`docs/formats.md` §Structure facts): readable exactly as long as the
 * mail is. Pure over octets.
 */
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';
import { type Uuid, uuidOctets } from '../domain/values.ts';

// Keys are given as key objects: of given octets Node (24.21) spends three times as long finding out that they are none.
const algorithm = 'aes-256-gcm';
const nonceOctets = 12;
const tagOctets = 16;

export function sealStructure(
  frame: Uuid,
  frameKey: Uint8Array,
  octets: Uint8Array,
  nonce: Uint8Array = randomBytes(nonceOctets),
): Uint8Array {
  const cipher = createCipheriv(algorithm, createSecretKey(frameKey), nonce);
  cipher.setAAD(associatedData(frame));
  const content = cipher.update(octets);
  cipher.final();
  return Buffer.concat([nonce, content, cipher.getAuthTag()]);
}

/** The clear octets; null where they do not open. A cache: whoever gets null scans the mail again. */
export function openStructure(frame: Uuid, frameKey: Uint8Array, sealed: Uint8Array): Uint8Array | null {
  if (sealed.length < nonceOctets + tagOctets) return null;
  const decipher = createDecipheriv(algorithm, createSecretKey(frameKey), sealed.subarray(0, nonceOctets));
  decipher.setAAD(associatedData(frame));
  decipher.setAuthTag(sealed.subarray(sealed.length - tagOctets));
  const content = decipher.update(sealed.subarray(nonceOctets, sealed.length - tagOctets));
  try {
    decipher.final();
    return content;
  } catch {
    return null;
  }
}

function associatedData(frame: Uuid): Buffer {
  const data = Buffer.alloc(21, 'facts', 'latin1');
  uuidOctets(frame, data);
  data.write('facts', 16, 'latin1');
  return data;
}
