/**
 * How often the codes of one account may be tried. Three of a million are right at any moment, and only whoever has the
 * password comes to try one, so the limits hold for the account from wherever they are tried (RFC 4226 §7.3): the
 * person who is shut out by them has a password to change.
 */
import type { Uuid } from '../domain/values.ts';
import { RateLimit } from '../rate-limit.ts';

const hourMs = 60 * 60_000;
const maxAccounts = 50_000;

export const codeLimits = { maxPerHour: 10, maxPerDay: 30 } as const;

export class CodeLimits {
  readonly #limits: readonly RateLimit[] = [
    new RateLimit({ max: codeLimits.maxPerHour, windowMs: hourMs, maxKeys: maxAccounts }),
    new RateLimit({ max: codeLimits.maxPerDay, windowMs: 24 * hourMs, maxKeys: maxAccounts }),
  ];

  /** May one be tried? It counts from now on, until `takeBack`: so many at once are no way around. */
  take(account: Uuid, nowMs: number): boolean {
    if (!this.#limits.every((limit) => limit.allows(account, nowMs))) return false;
    for (const limit of this.#limits) limit.spend(account, nowMs);
    return true;
  }

  /** It was right, or was not tried after all. */
  takeBack(account: Uuid, nowMs: number): void {
    for (const limit of this.#limits) limit.spend(account, nowMs, -1);
  }
}
