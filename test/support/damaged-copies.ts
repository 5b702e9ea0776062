/** Copies of a data folder that are then damaged, and servers on them. */
import assert from 'node:assert/strict';
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RealServer } from './real-server.ts';
import type { ServerLog } from './server-log.ts';

export const verifyExit = { sound: 0, broken: 1, recordsLost: 3 };

export class DamagedCopies {
  readonly scratch: string;
  #copies = 0;

  private constructor(scratch: string) {
    this.scratch = scratch;
  }

  static async make(): Promise<DamagedCopies> {
    return new DamagedCopies(await mkdtemp(join(tmpdir(), 'muniment-damage-')));
  }

  /** Keeps a data folder as it is now, under a name. */
  async keep(data: string, name: string): Promise<string> {
    await copyFolder(data, join(this.scratch, name));
    return join(this.scratch, name);
  }

  /** A server, not started, on a copy of a folder that has then been damaged; `log` where its log is elsewhere. */
  async damaged(from: string, damage: (data: string) => unknown, log?: ServerLog): Promise<RealServer> {
    const data = join(this.scratch, `copy-${++this.#copies}`);
    await copyFolder(from, data);
    await damage(data);
    return RealServer.prepare({}, data, log);
  }

  remove(): Promise<void> {
    return rm(this.scratch, { recursive: true });
  }
}

/** The start is refused in words for an administrator, each of `named` among them. */
export async function assertRefused(server: RealServer, ...named: readonly RegExp[]): Promise<void> {
  const { code, stdout, stderr } = await server.startRefused();
  assert.equal(code, 69, stdout + stderr);
  assert.equal(stdout, '');
  for (const each of named) assert.match(stderr, each);
  assert.doesNotMatch(stderr, /\n\s+at /, 'no stack for an administrator');
}

/** Sockets belong to a process and are left behind. */
export function copyFolder(from: string, to: string): Promise<void> {
  return cp(from, to, { recursive: true, filter: (path) => !path.endsWith('control.sock') });
}

export function flipBit(file: string, offset: number): void {
  const descriptor = openSync(file, 'r+');
  const octet = Buffer.alloc(1);
  assert.equal(readSync(descriptor, octet, 0, 1, offset), 1);
  octet[0]! ^= 1;
  writeSync(descriptor, octet, 0, 1, offset);
  closeSync(descriptor);
}
