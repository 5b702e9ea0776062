/** What the kernel says of a process. Linux only; elsewhere the figures are null. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const clockTicksPerSecond = 100;

/** CPU-seconds of all threads, user and system. */
export function cpuSeconds(pid: number): number | null {
  const fields = read(`/proc/${pid}/stat`)
    ?.replace(/^.*\) /, '')
    .split(' ');
  return fields ? (Number(fields[11]) + Number(fields[12])) / clockTicksPerSecond : null;
}

/** CPU-seconds of a process, of those below it, and of those that have ended below them. */
export function treeCpuSeconds(root: number): number | null {
  if (cpuSeconds(root) === null) return null;
  const processes = readdirSync('/proc').flatMap((name) => statOf(Number(name)) ?? []);
  const tree = new Set([root]);
  // Children have been started behind their parents: few rounds find them all.
  for (let before = 0; before < tree.size; ) {
    before = tree.size;
    for (const { pid, parent } of processes) if (tree.has(parent)) tree.add(pid);
  }
  const ticks = processes.filter(({ pid }) => tree.has(pid)).reduce((sum, each) => sum + each.ticks, 0);
  return ticks / clockTicksPerSecond;
}

/** `ticks`: with those of children that have ended. */
function statOf(pid: number): { pid: number; parent: number; ticks: number } | null {
  const fields = Number.isNaN(pid)
    ? undefined
    : read(`/proc/${pid}/stat`)
        ?.replace(/^.*\) /, '')
        .split(' ');
  if (!fields) return null;
  const ticks = fields.slice(11, 15).reduce((sum, each) => sum + Number(each), 0);
  return { pid, parent: Number(fields[1]), ticks };
}

/** Proportional set size in MB. */
export function pssMb(pid: number): number | null {
  const found = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? '');
  return found ? Math.round(Number(found[1]) / 1024) : null;
}

/** Octets that the files of a folder occupy. */
export function diskOctets(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + occupied(join(entry.parentPath, entry.name)), 0);
}

/** Milliseconds for SHA-256 over 8 MB, best of three: tells how fast the machine is just now. */
export function cpuProbeMs(): number {
  const octets = Buffer.alloc(8 * 1024 * 1024);
  const tries = [1, 2, 3].map(() => {
    const startedAt = performance.now();
    createHash('sha256').update(octets).digest();
    return performance.now() - startedAt;
  });
  return Math.min(...tries);
}

function occupied(file: string): number {
  try {
    return statSync(file).blocks * 512;
  } catch {
    return 0; // files of a running server come and go
  }
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
