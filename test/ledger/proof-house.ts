/** What tests of proofs share: a package of a house, taken apart and put together again. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { MemoryLog } from '../../services/event-store/memory-event-store.ts';
import { type Checkpoint, parseCheckpoint } from '../../services/ledger/checkpoint.ts';
import { openLedger } from '../../services/ledger/open-ledger.ts';
import { type ProveOptions, prove } from '../../services/ledger/prove.ts';
import { logSigner } from '../../services/ledger/signing-key.ts';
import { ZipWriter } from '../../services/ledger/zip.ts';
import { mailReader, type SealedMailHouse, sealedMailHouse } from './mail-house.ts';

export const verifier = fileURLToPath(new URL('../../services/ledger/verify.py', import.meta.url));
export const trace = 'Received: from peer\r\n';
export const withPython = {
  skip: spawnSync('python3', ['--version']).status === 0 ? false : 'python3 is not installed',
};

/** Runs the verifier as its reader would: with the machine's own Python. */
export async function runVerifier(
  script: string,
  ...args: string[]
): Promise<{ exit: number; said: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)('python3', ['-I', script, ...args]);
    assert.equal(stderr, '');
    return { exit: 0, said: stdout };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    assert.equal(stderr, '', 'no traceback');
    return { exit: code, said: stdout };
  }
}

export async function assertHolds(file: string, ...args: string[]): Promise<void> {
  const { exit, said } = await runVerifier(verifier, file, ...args);
  assert.equal(exit, 0, said);
}

/** Fails, and names the place. */
export async function assertNamed(names: RegExp, file: string, ...args: string[]): Promise<void> {
  const { exit, said } = await runVerifier(verifier, file, ...args);
  assert.equal(exit, 1, said);
  const last = said.trimEnd().split('\n').at(-1)!;
  assert.match(last, /^FAIL {2}/);
  assert.match(last, names);
}

export type Files = Map<string, Buffer>;

/** The files of a package, read by Python's own ZIP reader. */
export async function unpack(file: string): Promise<Files> {
  const folder = `${file}.d`;
  await rm(folder, { recursive: true, force: true });
  await promisify(execFile)('python3', ['-m', 'zipfile', '-e', file, folder]);
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
  return new Map(names.map((name) => [name, readFileSync(join(folder, name))]));
}

export async function pack(file: string, files: Files): Promise<string> {
  const zip = await ZipWriter.create(file);
  for (const [name, octets] of files) await zip.add(name, octets);
  await zip.finish();
  return file;
}

/** The record with a time of decades ago. */
export function earlier(record: Uint8Array): Buffer {
  return Buffer.from(Buffer.from(record).toString().replace('"at":1', '"at":'));
}

export interface Case {
  readonly house: SealedMailHouse;
  readonly checkpoint: Checkpoint;
  readonly publicKey: Uint8Array;
  readonly message: string;
  readonly file: string;
  readonly sources: Parameters<typeof prove>[1];
  readonly options: ProveOptions;
}

/** A message proved to somebody who may see everything but the recipients. */
export async function proved(
  t: TestContext,
  log = new MemoryLog(),
  more: Partial<ProveOptions> = {},
): Promise<Case> {
  const house = await sealedMailHouse(t, log);
  const { logId } = await openLedger(house.options);
  const { publicKey } = logSigner((await house.keys.get('secret-ledger'))!);
  const checkpoint = parseCheckpoint((await house.folder.head())!);
  assert.equal(checkpoint.logId, logId);
  const { message } = house.mails[0]!;
  const file = join(dirname(house.folder.path), 'proof.zip');
  const options: ProveOptions = {
    checkpoint,
    file,
    nowMs: house.nowMs,
    asker: { kind: 'account', account: mailReader, roles: [] },
    ...more,
  };
  const sources = { ...house.sources, blobs: house.blobs, publicKey };
  await prove(message, sources, options);
  return { house, checkpoint, publicKey, message, file, sources, options };
}
