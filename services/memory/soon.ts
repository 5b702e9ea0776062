/**
 * What is at hand is answered at once. A promise for it would cost memory and a turn of the queue at each step of the
 * ways that run for every message: of a header out of memory that was more than the work itself.
 */

/** A value that is at hand, or the promise of one. */
export type Soon<Value> = Value | Promise<Value>;

/** Goes on with a value: now, where it is at hand. */
export function soon<Value, Result>(value: Soon<Value>, next: (value: Value) => Soon<Result>): Soon<Result> {
  return value instanceof Promise ? value.then(next) : next(value);
}
