/**
 * A folder as a disk would have it after a power cut, from the system calls of the process that wrote it. What a
 * completed sync covers is there; of what came later each piece may be there or not, in any order.
 *
 * It is as strict as POSIX: the octets of a file are sure by a sync of the file, its name by one of its folder.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathsOf, type SystemCall, writtenOctets } from '../support/system-calls.ts';

/** Something that happened to a file's octets. `ended`: place of its end in the record. */
interface OctetChange {
  readonly begun: number;
  readonly ended: number;
  readonly offset: number;
  /** Null: the file was cut or extended to `offset`. */
  readonly octets: Buffer | null;
}

class RecordedFile {
  readonly changes: OctetChange[] = [];
  readonly syncs: { readonly begun: number; readonly ended: number }[] = [];
  size = 0;
}

/** Something that happened to names, all of it or nothing: what each path then stands for. */
interface NameChange {
  readonly begun: number;
  readonly ended: number;
  readonly names: ReadonlyMap<string, RecordedFile | 'folder' | null>;
}

/** What a disk does with octets that were written and not synced. */
export const lateWrites = ['lost', 'kept', 'first ones kept', 'some kept', 'torn'] as const;
export type LateWrites = (typeof lateWrites)[number];

const sectorOctets = 512;
/** Memory that processes share, not a file: SQLite makes it anew. Sockets and the like were never files. */
const notOnDisk = /-shm$|\/control\.sock$/;

export class RecordedDisk {
  readonly #folder: string;
  readonly #files = new Map<string, RecordedFile>();
  readonly #nameChanges: NameChange[] = [];
  readonly #folderSyncs: { readonly path: string; readonly begun: number; readonly ended: number }[] = [];
  /** Open files and how far they were written, by descriptor. */
  readonly #open = new Map<number, { readonly file: RecordedFile; offset: number }>();

  /** `calls`: all of them, from an empty folder on. */
  constructor(folder: string, calls: readonly SystemCall[]) {
    this.#folder = folder;
    for (const call of calls) {
      if (!call.result.startsWith('-1')) this.#take(call);
    }
  }

  /** Places at which something happened to the folder. */
  get places(): number[] {
    const changes = [
      ...this.#nameChanges,
      ...this.#allFiles().flatMap(({ changes, syncs }) => [...changes, ...syncs]),
    ];
    return [...new Set(changes.flatMap(({ begun, ended }) => [begun, ended]))]
      .filter(Number.isFinite)
      .sort((a, b) => a - b);
  }

  /** Writes the folder as it may be after a cut at that place of the record. */
  restore(target: string, place: number, late: LateWrites, random: () => number): void {
    const names = this.#namesAt(place, late, random);
    mkdirSync(target, { mode: 0o700 });
    const folders = new Set([this.#folder]);
    for (const [path, file] of [...names].sort(([a], [b]) => (a < b ? -1 : 1))) {
      // A name whose folder's own name was lost is lost with it.
      if (file === null || !folders.has(dirname(path))) continue;
      const copy = join(target, path.slice(this.#folder.length));
      if (file === 'folder') mkdirSync(copy, { mode: 0o700 });
      else writeFileSync(copy, octetsAt(file, place, late, random), { mode: 0o600 });
      if (file === 'folder') folders.add(path);
    }
  }

  #allFiles(): RecordedFile[] {
    const files = this.#nameChanges.flatMap(({ names }) => [...names.values()]);
    return [...new Set(files)].filter((file) => file instanceof RecordedFile);
  }

  /** Names that were synced, and of the others the first ones: a file system keeps them in order. */
  #namesAt(
    place: number,
    late: LateWrites,
    random: () => number,
  ): Map<string, RecordedFile | 'folder' | null> {
    const happened = this.#nameChanges.filter(({ ended }) => ended < place);
    const kept =
      late === 'lost' ? 0 : late === 'kept' ? happened.length : Math.floor(random() * (happened.length + 1));
    const names = new Map<string, RecordedFile | 'folder' | null>();
    for (const [i, change] of happened.entries()) {
      if (i >= kept && !this.#isSynced(change, place)) continue;
      for (const [path, file] of change.names) names.set(path, file);
    }
    return names;
  }

  #isSynced({ ended, names }: NameChange, place: number): boolean {
    const folders = [...names.keys()].map((path) => dirname(path));
    return this.#folderSyncs.some(
      (sync) => folders.includes(sync.path) && sync.begun > ended && sync.ended < place,
    );
  }

  #take(call: SystemCall): void {
    const { name, begun, ended, args } = call;
    const paths = pathsOf(/^(open|creat|rename|unlink|link|mkdir|rmdir)/.test(name) ? args : '').filter(
      (path) => this.#isInside(path),
    );
    const rename = (names: NameChange['names']): unknown => this.#nameChanges.push({ begun, ended, names });
    if (/^(openat|open|creat)$/.test(name)) this.#openFile(call, paths[0]);
    else if (/^mkdir/.test(name) && paths[0]) rename(new Map([[paths[0], 'folder']]));
    else if (/^(unlink|rmdir)/.test(name) && paths[0]) this.#forget(paths[0], rename);
    else if (/^rename/.test(name) && paths.length === 2) this.#rename(paths[0]!, paths[1]!, rename);
    else if (/^link/.test(name) && paths.length === 2) this.#link(paths[0]!, paths[1]!, rename);
    else if (/^f(data)?sync$/.test(name)) this.#sync(call);
    else if (/^(copy_file_range|sendfile)$/.test(name) && this.#isInside(call.target))
      throw new Error(`${name} is not understood`);
    else this.#change(call);
  }

  #isInside(path: string): boolean {
    return path.startsWith(`${this.#folder}/`) && !notOnDisk.test(path);
  }

  #openFile({ args, result, begun, ended }: SystemCall, path: string | undefined): void {
    const descriptor = Number.parseInt(result, 10);
    this.#open.delete(descriptor);
    if (path === undefined || args.includes('O_DIRECTORY')) return;
    let file = this.#files.get(path);
    if (!file) {
      if (!args.includes('O_CREAT')) return;
      file = new RecordedFile();
      this.#files.set(path, file);
      this.#nameChanges.push({ begun, ended, names: new Map([[path, file]]) });
    } else if (args.includes('O_TRUNC')) resize(file, 0, { begun, ended });
    this.#open.set(descriptor, { file, offset: args.includes('O_APPEND') ? file.size : 0 });
  }

  #forget(path: string, rename: (names: NameChange['names']) => unknown): void {
    this.#files.delete(path);
    rename(new Map([[path, null]]));
  }

  #rename(from: string, to: string, rename: (names: NameChange['names']) => unknown): void {
    const file = this.#files.get(from);
    if (!file) throw new Error(`${from} was renamed and never made`);
    this.#files.delete(from);
    this.#files.set(to, file);
    rename(
      new Map<string, RecordedFile | null>([
        [from, null],
        [to, file],
      ]),
    );
  }

  #link(from: string, to: string, rename: (names: NameChange['names']) => unknown): void {
    const file = this.#files.get(from);
    if (!file) throw new Error(`${from} was linked and never made`);
    this.#files.set(to, file);
    rename(new Map([[to, file]]));
  }

  #sync({ target, args, begun, ended }: SystemCall): void {
    this.#folderSyncs.push({ path: target, begun, ended });
    if (this.#isInside(target)) this.#open.get(Number.parseInt(args, 10))?.file.syncs.push({ begun, ended });
  }

  #change(call: SystemCall): void {
    const { name, args, target, begun, ended } = call;
    if (!this.#isInside(target)) return;
    const open = this.#open.get(Number.parseInt(args, 10));
    if (!open) throw new Error(`${name} to ${target}, which was never opened`);
    if (name === 'ftruncate') return resize(open.file, lastNumber(args), { begun, ended });
    if (name === 'fallocate')
      return resize(open.file, Math.max(open.file.size, lastNumber(args)), { begun, ended });
    const octets = writtenOctets(call);
    const offset = name.startsWith('pwrite') ? lastNumber(args) : open.offset;
    if (!name.startsWith('pwrite')) open.offset += octets.length;
    open.file.changes.push({ begun, ended, offset, octets });
    open.file.size = Math.max(open.file.size, offset + octets.length);
  }
}

function resize(file: RecordedFile, size: number, when: { begun: number; ended: number }): void {
  file.changes.push({ ...when, offset: size, octets: null });
  file.size = size;
}

function lastNumber(args: string): number {
  return Number(/(\d+)$/.exec(args)![1]);
}

/** What the disk has of a file after a cut at that place. */
function octetsAt(file: RecordedFile, place: number, late: LateWrites, random: () => number): Buffer {
  const begun = file.changes.filter((change) => change.begun < place);
  const syncs = file.syncs.filter(({ ended }) => ended < place);
  const syncedUpTo = syncs.reduce((newest, sync) => Math.max(newest, sync.begun), -1);
  const lateOnes = begun.filter(({ ended }) => ended > syncedUpTo).length;
  const keptLateOnes = late === 'first ones kept' ? Math.floor(random() * (lateOnes + 1)) : lateOnes;
  let octets: Buffer = Buffer.alloc(0);
  let lateSoFar = 0;
  for (const change of begun) {
    const isSure = change.ended < syncedUpTo;
    if (
      !isSure &&
      (lateSoFar++ >= keptLateOnes || late === 'lost' || (late === 'some kept' && random() < 0.5))
    )
      continue;
    octets = applied(octets, change, !isSure && late === 'torn' ? random : null);
  }
  return octets;
}

/** `tear`: each sector gets there by chance. */
function applied(before: Buffer, { offset, octets }: OctetChange, tear: (() => number) | null): Buffer {
  const size = octets === null ? offset : Math.max(before.length, offset + octets.length);
  const after = size <= before.length ? before.subarray(0, size) : Buffer.concat([before], size);
  if (octets === null) return after;
  for (let at = 0; at < octets.length; at += sectorOctets) {
    if (tear === null || tear() < 0.5) octets.copy(after, offset + at, at, at + sectorOctets);
  }
  return after;
}
