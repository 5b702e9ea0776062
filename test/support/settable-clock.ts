/** A wall clock that a test sets while the real server runs, by libfaketime (Debian's package of this name). */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const libraries = '/usr/lib';

/** The library for programs with threads; null where it is not installed. */
function libraryFile(): string | null {
  const folders = readdirSync(libraries).map((name) => join(libraries, name, 'faketime'));
  for (const folder of folders) {
    try {
      const name = readdirSync(folder).find((each) => each.startsWith('libfaketimeMT.so'));
      if (name !== undefined) return join(folder, name);
    } catch {}
  }
  return null;
}

export class SettableClock {
  readonly #file: string;

  /** `file` is this clock's own. */
  constructor(file: string) {
    this.#file = file;
    this.set(0);
  }

  /** What a test says where the library is missing; false where it is there. */
  static missing(): string | false {
    return libraryFile() === null && 'not installed: libfaketime';
  }

  /** Runs a program under this clock; nobody can set the steady one. */
  get command(): readonly string[] {
    return [
      'env',
      `LD_PRELOAD=${libraryFile()}`,
      `FAKETIME_TIMESTAMP_FILE=${this.#file}`,
      'FAKETIME_NO_CACHE=1',
      'FAKETIME_DONT_FAKE_MONOTONIC=1',
    ];
  }

  /** So many seconds ahead of the machine's clock, or behind it. */
  set(offsetSeconds: number): void {
    writeFileSync(this.#file, `${offsetSeconds < 0 ? '' : '+'}${offsetSeconds}\n`);
  }
}
