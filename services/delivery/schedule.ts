/** When the next attempt is made. Pure. */

/** A pause is at most so many times the first one: with five minutes, four hours. */
const maxPauses = 48;
/** Mails that failed together do not come back together. */
const jitter = 0.2;

/**
 * UTC milliseconds of the next attempt after `attempts` failed ones: the pause doubles, give or take a fifth.
 * `random` is from [0, 1). RFC 5321 §4.5.4.1 wants frequent attempts at first and rare ones later.
 */
export function nextAttemptMs(attempts: number, nowMs: number, retryMs: number, random: number): number {
  const pauses = Math.min(2 ** Math.max(0, attempts - 1), maxPauses);
  return nowMs + Math.round(retryMs * pauses * (1 - jitter + 2 * jitter * random));
}
