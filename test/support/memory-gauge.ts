/** How much memory a process has had. */
import { readFileSync, writeFileSync } from 'node:fs';

/** Whether this system tells how much memory a process has had. */
export const memoryIsKnown = process.platform === 'linux';

/**
 * Octets by which the process grew at its peak while `act` ran, above what it had before; 0 where the system does
 * not tell.
 */
export async function peakGrowthOctets(pid: number, act: () => Promise<void>): Promise<number> {
  if (!memoryIsKnown) {
    await act();
    return 0;
  }
  // Linux proc(5): 5 sets the peak back to what is resident now.
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  const before = statusOctets(pid, 'VmRSS');
  await act();
  return statusOctets(pid, 'VmHWM') - before;
}

function statusOctets(pid: number, field: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)![1]) * 1024;
}
