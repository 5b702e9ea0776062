/** The Ed25519 key of the log (RFC 8032): made from the 32 octets that the key store keeps as `secret-ledger`. */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { type Checkpoint, signedText, type UnsignedCheckpoint } from './checkpoint.ts';

/** Name of the signing key's seed in the key store. */
export const signingKeyName = 'secret-ledger';

/** RFC 8410 §7: everything of a PKCS #8 Ed25519 key before its 32-octet seed. */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
/** RFC 8410 §4: everything of an Ed25519 SubjectPublicKeyInfo before its 32 octets. */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');

export interface LogSigner {
  /** 32 octets. */
  readonly publicKey: Uint8Array;
  sign(checkpoint: UnsignedCheckpoint): Checkpoint;
}

/** `seed` has 32 octets. */
export function logSigner(seed: Uint8Array): LogSigner {
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return {
    publicKey: spki.subarray(spkiPrefix.length),
    sign: (checkpoint) => ({
      ...checkpoint,
      signature: sign(null, Buffer.from(signedText(checkpoint)), key).toString('base64'),
    }),
  };
}

/** Was the checkpoint signed by the holder of this key? */
export function isSignedBy(checkpoint: Checkpoint, publicKey: KeyObject): boolean {
  return verify(
    null,
    Buffer.from(signedText(checkpoint)),
    publicKey,
    Buffer.from(checkpoint.signature, 'base64'),
  );
}

/** `publicKey` has 32 octets. */
export function publicKeyObject(publicKey: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([spkiPrefix, publicKey]), format: 'der', type: 'spki' });
}
