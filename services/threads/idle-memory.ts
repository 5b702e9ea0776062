/**
 * What a busy time leaves on a thread's heap stays there, because V8 collects when it needs room and an idle thread
 * needs none. Once a thread has become idle it collects, and gives back to the system what that frees. The pause
 * (100 to 200 ms for 50 MB) falls where nobody works.
 */

import { giveBackFreePages } from '../memory/allocator.ts';
import { giveBackPages } from '../memory/databases.ts';

const lookEveryMs = 10_000;
/** One percent of a processor: what the timers of an idle server take. */
const idleCpuMs = lookEveryMs / 100;

/** Somebody who has paused for a minute does not mind that the next mailbox is read from the disk. */
const looksUntilRest = 6;

/** Tells the moments when a thread that was busy has become idle, and when it has been for a minute. Pure. */
export class IdleWatch {
  #idleLooks = 0;

  /** `cpuMs`: what the thread has worked since the last look. Each moment is told once for each busy time. */
  look(cpuMs: number): 'becameIdle' | 'restsNow' | null {
    this.#idleLooks = cpuMs > idleCpuMs ? 0 : this.#idleLooks + 1;
    if (this.#idleLooks === 1) return 'becameIdle';
    return this.#idleLooks === looksUntilRest ? 'restsNow' : null;
  }
}

/**
 * For the calling thread. `giveBackMemory`: drops what is in memory only to be found faster; pages of databases go by
 * themselves. Does nothing where Node was started without `--expose-gc`.
 */
export function collectWhenIdle(giveBackMemory: () => void = () => {}): void {
  const { gc } = globalThis;
  if (gc === undefined) return;
  const watch = new IdleWatch();
  let before = threadCpuMs();
  setInterval(() => {
    const now = threadCpuMs();
    const moment = watch.look(now - before);
    if (moment === 'restsNow') {
      giveBackMemory();
      giveBackPages();
    }
    if (moment !== null) gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    if (moment === 'restsNow') giveBackFreePages();
    before = threadCpuMs();
  }, lookEveryMs).unref();
}

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
