/** The root key file: 32 octets as 64 hex digits and a newline. It wraps every other key. */
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { keyOctets, nameData, unwrapKey, wrapKey } from './key-wrap.ts';

const ownerOnly = 0o600;
const checkName = 'check';

/** The root key cannot be used with these keys. Nothing was changed. */
export class RootKeyRefused extends Error {
  override readonly name = 'RootKeyRefused';
  readonly reason: 'missing' | 'malformed' | 'wrong';
  readonly file: string;
  constructor(reason: 'missing' | 'malformed' | 'wrong', file: string) {
    super(`${file}: ${explanations[reason]}`);
    this.reason = reason;
    this.file = file;
  }
}

const explanations = {
  missing: 'the root key is missing, and the key store has been used with one; put the file back',
  malformed: 'this is no root key: 64 hex digits and a newline are expected; put the right file back',
  wrong: 'this is not the root key that the key store was used with; put the right file back',
} as const;

export function readRootKey(file: string): Uint8Array {
  const text = readText(file);
  if (text === null) throw new RootKeyRefused('missing', file);
  if (!/^[0-9a-f]{64}\s*$/i.test(text)) throw new RootKeyRefused('malformed', file);
  return Buffer.from(text.slice(0, 2 * keyOctets), 'hex');
}

/** Reads the file, or makes it on disk where there is none. For key stores that hold no key yet. */
export function readOrMakeRootKey(file: string): Uint8Array {
  if (readText(file) === null) writeDurably(file, `${randomBytes(keyOctets).toString('hex')}\n`);
  return readRootKey(file);
}

/** What a key store keeps to recognise its root key. */
export function makeCheck(rootKey: Uint8Array): Uint8Array {
  return wrapKey(rootKey, nameData(checkName), new Uint8Array(keyOctets), randomBytes(12));
}

/** Throws `RootKeyRefused` where `check` was made by another root key. */
export function verifyCheck(rootKey: Uint8Array, check: Uint8Array, file: string): void {
  const opened = unwrapKey(rootKey, nameData(checkName), check);
  if (opened === null || opened.some((octet) => octet !== 0)) throw new RootKeyRefused('wrong', file);
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** All or nothing: half a root key would be worse than none. */
function writeDurably(file: string, text: string): void {
  const unfinished = `${file}.new`;
  rmSync(unfinished, { force: true });
  const descriptor = openSync(unfinished, 'wx', ownerOnly);
  writeSync(descriptor, text);
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(unfinished, file);
  const folder = openSync(dirname(file), 'r');
  fsyncSync(folder);
  closeSync(folder);
}
