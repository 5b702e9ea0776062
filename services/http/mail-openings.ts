/** Mails of others that a session has opened with a reason. They are shown for an hour, and no longer than it lives. */
import type { Uuid } from '../domain/values.ts';

interface Opening {
  readonly reason: string;
  readonly untilMs: number;
}

const openMs = 60 * 60 * 1000;
/** Of one session; the one that was opened first is closed for another. */
const maxOpenings = 500;

export class MailOpenings {
  readonly #byMessage = new Map<Uuid, Opening>();

  /** Until when it is open, UTC milliseconds. */
  open(message: Uuid, reason: string, nowMs: number): number {
    this.#byMessage.delete(message);
    if (this.#byMessage.size >= maxOpenings) this.#byMessage.delete(this.#byMessage.keys().next().value!);
    const untilMs = nowMs + openMs;
    this.#byMessage.set(message, { reason, untilMs });
    return untilMs;
  }

  /** Null where it is not open (any more). */
  reasonFor(message: Uuid, nowMs: number): string | null {
    const opening = this.#byMessage.get(message);
    return opening && nowMs < opening.untilMs ? opening.reason : null;
  }
}
