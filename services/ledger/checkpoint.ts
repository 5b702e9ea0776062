/**
 * Checkpoints: signed heads of the log as text (docs/formats.md §Checkpoint; C2SP checkpoint and signed-note).
 */
import { createHash } from 'node:crypto';
import type { SealedHead } from '../domain/ledger.ts';
import type { Uuid } from '../domain/values.ts';
import { hashOctets } from './merkle.ts';

export interface Checkpoint extends SealedHead {
  readonly logId: Uuid;
}

/** What is signed of a checkpoint. */
export type UnsignedCheckpoint = Omit<Checkpoint, 'signature'>;

/** A public key under the name of its log, as `log.pub` has it. */
export interface LogKey {
  readonly logId: Uuid;
  readonly epoch: number;
  /** 32 octets. */
  readonly publicKey: Uint8Array;
}

/** Longest checkpoint that is read, with the signatures of many witnesses. */
export const maxCheckpointOctets = 16 * 1024;
const signatureOctets = 64;
const keyHashOctets = 4;
const ed25519 = 0x01;

export class CheckpointMalformed extends Error {
  override readonly name = 'CheckpointMalformed';
}

/** Name of the log, and of the key that signs it, in one epoch. */
export function originOf({ logId, epoch }: { logId: Uuid; epoch: number }): string {
  return `${logId}/${epoch}`;
}

/** The lines that the signature covers. */
export function signedText(checkpoint: UnsignedCheckpoint): string {
  const root = Buffer.from(checkpoint.root, 'hex').toString('base64');
  return `${originOf(checkpoint)}\n${checkpoint.size}\n${root}\n${checkpoint.sealedAt}\n`;
}

/** The whole text, as in `ledger/HEAD`. */
export function checkpointText(checkpoint: Checkpoint, publicKey: Uint8Array): string {
  const origin = originOf(checkpoint);
  const signature = Buffer.concat([keyHash(origin, publicKey), Buffer.from(checkpoint.signature, 'base64')]);
  return `${signedText(checkpoint)}\n— ${origin} ${signature.toString('base64')}\n`;
}

export interface ParsedCheckpoint extends Checkpoint {
  /** Hex of the key hash beside the signature. */
  readonly keyHash: string;
}

const body = /^([0-9a-f-]{36})\/([1-9]\d{0,8})\n([1-9]\d{0,14})\n([A-Za-z0-9+/]{43}=)\n(\d{1,15})\n$/;

/** Reads a checkpoint's text; lines of other signers are passed over. Throws `CheckpointMalformed`. */
export function parseCheckpoint(text: string): ParsedCheckpoint {
  if (text.length > maxCheckpointOctets) throw new CheckpointMalformed('it is too long for a checkpoint');
  const blank = text.indexOf('\n\n');
  const lines = body.exec(text.slice(0, blank + 1));
  if (blank < 0 || !lines)
    throw new CheckpointMalformed('its lines before the blank one are not those of a checkpoint');
  const [, logId, epoch, size, root, sealedAt] = lines as unknown as string[];
  const head = {
    logId: logId!,
    epoch: Number(epoch),
    size: Number(size),
    root: decoded(root!, hashOctets, 'root hash').toString('hex'),
    sealedAt: Number(sealedAt),
  };
  return { ...head, ...signatureOf(text.slice(blank + 2), originOf(head)) };
}

function signatureOf(lines: string, origin: string): { keyHash: string; signature: string } {
  const start = `— ${origin} `;
  const line = lines.split('\n').find((candidate) => candidate.startsWith(start));
  if (line === undefined) throw new CheckpointMalformed('it has no signature of its log');
  const octets = decoded(line.slice(start.length), keyHashOctets + signatureOctets, 'signature');
  return {
    keyHash: octets.toString('hex', 0, keyHashOctets),
    signature: octets.toString('base64', keyHashOctets),
  };
}

/** First 4 octets of SHA-256(name ‖ 0x0A ‖ algorithm ‖ public key). */
export function keyHash(origin: string, publicKey: Uint8Array): Buffer {
  const hash = createHash('sha256').update(`${origin}\n`).update(Buffer.of(ed25519)).update(publicKey);
  return hash.digest().subarray(0, keyHashOctets);
}

/** `log.pub`: `<log id>/<epoch>+<key hash>+<base64(0x01 ‖ public key)>`, a line. */
export function logKeyText(key: LogKey): string {
  const origin = originOf(key);
  const encoded = Buffer.concat([Buffer.of(ed25519), key.publicKey]).toString('base64');
  return `${origin}+${keyHash(origin, key.publicKey).toString('hex')}+${encoded}\n`;
}

/** Base64 of an exact length, in its one canonical form. */
function decoded(text: string, octets: number, what: string): Buffer {
  const buffer = Buffer.from(text, 'base64');
  if (buffer.length !== octets || buffer.toString('base64') !== text) {
    throw new CheckpointMalformed(`its ${what} is not base64 of ${octets} octets`);
  }
  return buffer;
}
