import { type EventLoopUtilization, performance } from 'node:perf_hooks';

/** Above this share of its time the thread has no room for work that another could do. */
const highLoad = 0.75;
/** The load is looked at anew after so long. */
const lookEveryMs = 20;

/** How busy the calling thread has been of late. */
export class ThreadLoad {
  #since: EventLoopUtilization = performance.eventLoopUtilization();
  #sinceMs = performance.now();
  #isHigh = true;

  isHigh(): boolean {
    const nowMs = performance.now();
    if (nowMs - this.#sinceMs < lookEveryMs) return this.#isHigh;
    const now = performance.eventLoopUtilization();
    this.#isHigh = performance.eventLoopUtilization(now, this.#since).utilization > highLoad;
    this.#since = now;
    this.#sinceMs = nowMs;
    return this.#isHigh;
  }
}
