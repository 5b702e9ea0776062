import { setTimeout as sleep } from 'node:timers/promises';
import { UnknownOutcome } from './event-store.ts';

/** How patiently a remote engine is asked. Milliseconds. */
export interface Patience {
  /** After so long a call counts as unanswered. */
  readonly callTimeoutMs: number;
  /** An unanswered call may still arrive; so long nothing is sent after it, because two tries must never overlap. */
  readonly settleMs: number;
  /** Pause before the first repeat of a call that failed; it doubles up to `maxPauseMs`. */
  readonly firstPauseMs: number;
  readonly maxPauseMs: number;
  /** So long after its first call a request is given up. */
  readonly giveUpAfterMs: number;
}

export const defaultPatience: Patience = {
  callTimeoutMs: 10_000,
  settleMs: 3_000,
  firstPauseMs: 20,
  maxPauseMs: 1_000,
  giveUpAfterMs: 30_000,
};

class CallTimedOut extends Error {
  override readonly name = 'CallTimedOut';
}

/** What the call answers, or `CallTimedOut`; what it says later is not heard. */
async function withTimer<T>(call: Call<T>, timeoutMs: number): Promise<T> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      abort.abort();
      reject(new CallTimedOut(`no answer within ${timeoutMs} ms`));
    }, timeoutMs);
  });
  try {
    return await Promise.race([call(abort.signal), timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** One try. `signal` is aborted when nobody waits for its answer any more. */
export type Call<T> = (signal: AbortSignal) => Promise<T>;

/**
 * Makes the same call again, one at a time, until its outcome is known; then `UnknownOutcome`. Only for calls that
 * may be repeated. `finalError` gives the error that an answer means, or null where it says nothing about the outcome.
 */
export async function untilKnown<T>(
  call: Call<T>,
  finalError: (error: unknown) => Error | null,
  patience: Patience,
): Promise<T> {
  const giveUpAt = performance.now() + patience.giveUpAfterMs;
  for (let pauseMs = patience.firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, patience.maxPauseMs)) {
    try {
      return await withTimer(call, patience.callTimeoutMs);
    } catch (error) {
      const final = finalError(error);
      if (final !== null) throw final;
      if (performance.now() >= giveUpAt)
        throw new UnknownOutcome('no answer from the event store', { cause: error });
      await sleep(error instanceof CallTimedOut ? patience.settleMs : pauseMs);
    }
  }
}
