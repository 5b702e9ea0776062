/**
 * How often somebody may guess. Pure bookkeeping in bounded memory; `now` comes in, UTC milliseconds.
 *
 * A wrong guess counts once, however often it is repeated: a phone that keeps an old password shuts nobody out.
 * Limits stand on the pair of account and subscriber (the peer's address), on the subscriber (so many accounts
 * failed from there: somebody tries names), and on the account (so many guesses from everywhere). The last two
 * do not concern pairs that have signed in before.
 *
 * Behind one address sits a whole office, so a limit of an address shuts nobody out: what goes beyond it waits for its
 * turn, one guess after the other. Who guesses becomes slow; who has the right password gets in behind at most a few
 * of them. A limit of the account, which only guesses from many addresses reach, refuses strangers.
 */
import { RateLimit } from '../rate-limit.ts';
import { SlowLane } from './slow-lane.ts';

export const signInLimits = {
  maxWrongPerPair: 10,
  pairWindowMs: 15 * 60_000,
  maxAccountsPerSubscriber: 20,
  maxWrongPerAccount: 100,
  hourMs: 60 * 60_000,
  /** How long a pair stays known after it signed in. */
  knownForMs: 30 * 24 * 60 * 60_000,
  maxPairs: 50_000,
  /** Beyond its limit a pair may try once in so long, and strangers of a subscriber once in so long together. */
  pairTurnMs: 10_000,
  subscriberTurnMs: 5000,
  /** Nobody waits for longer: mail programs give up, and every wait holds a connection. */
  maxWaitMs: 10_000,
} as const;

interface Pair {
  /** Fingerprints of guesses that were wrong, or are being checked, in this window. */
  readonly guesses: Set<string>;
  /** One of them was wrong: the pair counts against its subscriber. */
  failed: boolean;
  since: number;
  signedInAt: number;
}

/** One try: who (an account, or a fingerprint of an unknown name), from where, with which password (its fingerprint). */
export interface Guess {
  readonly subject: string;
  readonly subscriber: string;
  readonly fingerprint: string;
}

/** May be checked, after so many milliseconds; was wrong before; or may not be checked now. */
export type Judgement = { readonly waitMs: number } | 'known-wrong' | 'blocked';

export class SignInLimits {
  /** In the order of the last touch. */
  readonly #pairs = new Map<string, Pair>();
  readonly #subscribers = new RateLimit({
    max: signInLimits.maxAccountsPerSubscriber,
    windowMs: signInLimits.hourMs,
    maxKeys: signInLimits.maxPairs,
  });
  readonly #subjects = new RateLimit({
    max: signInLimits.maxWrongPerAccount,
    windowMs: signInLimits.hourMs,
    maxKeys: signInLimits.maxPairs,
  });

  readonly #pairLane = new SlowLane({
    intervalMs: signInLimits.pairTurnMs,
    maxWaitMs: signInLimits.maxWaitMs,
    maxKeys: signInLimits.maxPairs,
  });
  readonly #subscriberLane = new SlowLane({
    intervalMs: signInLimits.subscriberTurnMs,
    maxWaitMs: signInLimits.maxWaitMs,
    maxKeys: signInLimits.maxPairs,
  });

  /**
   * May this be checked? It counts against the account and the pair from now on, until `takeBack` or `right`: so many
   * tries at once are no way around their limits. Against the subscriber counts only what was `wrong`: a whole office
   * may sign in at once. Against the account a pair counts up to the pair's own limit only, so that one address does
   * not use up what all have.
   */
  judge(guess: Guess, now: number): Judgement {
    const pair = this.#pair(guess, now);
    if (pair.guesses.has(guess.fingerprint)) return 'known-wrong';
    const known = now - pair.signedInAt < signInLimits.knownForMs;
    if (!known && !this.#subjects.allows(guess.subject, now)) return 'blocked';
    const waitMs = this.#turn(guess, pair, known, now);
    if (waitMs === null) return 'blocked';
    if (pair.guesses.size < signInLimits.maxWrongPerPair) this.#subjects.spend(guess.subject, now);
    pair.guesses.add(guess.fingerprint);
    return { waitMs };
  }

  /** It was the wrong password. */
  wrong(guess: Guess, now: number): void {
    const pair = this.#pair(guess, now);
    if (pair.failed) return;
    pair.failed = true;
    this.#subscribers.spend(guess.subscriber, now);
  }

  /** It was the right password. */
  right(guess: Guess, now: number): void {
    this.takeBack(guess, now);
    this.#pair(guess, now).signedInAt = now;
  }

  /** It was not checked after all. */
  takeBack(guess: Guess, now: number): void {
    const pair = this.#pair(guess, now);
    if (!pair.guesses.delete(guess.fingerprint)) return;
    if (pair.guesses.size < signInLimits.maxWrongPerPair) this.#subjects.spend(guess.subject, now, -1);
  }

  /** Milliseconds until it may be checked; null where it gets no turn. */
  #turn({ subject, subscriber }: Guess, pair: Pair, known: boolean, now: number): number | null {
    if (pair.guesses.size >= signInLimits.maxWrongPerPair)
      return this.#pairLane.take(`${subject} ${subscriber}`, now);
    if (known || pair.failed || this.#subscribers.allows(subscriber, now)) return 0;
    return this.#subscriberLane.take(subscriber, now);
  }

  #pair({ subject, subscriber }: Guess, now: number): Pair {
    const key = `${subject} ${subscriber}`;
    const pair = this.#pairs.get(key) ?? {
      guesses: new Set<string>(),
      failed: false,
      since: now,
      signedInAt: -Infinity,
    };
    if (now - pair.since >= signInLimits.pairWindowMs) {
      pair.guesses.clear();
      pair.failed = false;
      pair.since = now;
    }
    this.#pairs.delete(key);
    this.#pairs.set(key, pair);
    if (this.#pairs.size > signInLimits.maxPairs) this.#pairs.delete(this.#pairs.keys().next().value!);
    return pair;
  }
}
