/**
 * Where mail from outside comes from: SPF is asked while its octets still come, the rest when they are whole. What the
 * DNS does not say in time is a temporary error, never a reason to keep the peer waiting or to refuse.
 */
import type { Authentication } from '../domain/authentication.ts';
import type { MailOrigin } from '../intake.ts';
import type { SignedOctets } from '../mail/signed-octets.ts';
import { claimsOf } from '../mail/untrusted-results.ts';
import type { DnsAnswers } from './dns-answers.ts';

export interface OriginSettings {
  readonly hostname: string;
  /** Whether mail of that peer is checked: not what comes from this machine or from networks of one's own. */
  isChecked(address: string): boolean;
  /** So long the peer waits for it behind its final dot. */
  readonly timeoutMs: number;
}

/** One mail's. */
export interface OriginCheck {
  /** Never rejects. */
  finish(signed: SignedOctets): Promise<Authentication>;
}

/** What the intake asks. */
export interface OriginChecks {
  /** Null: mail of that peer is not checked. */
  begin(origin: MailOrigin): OriginCheck | null;
}

const unanswered: Authentication['spf'] = { result: 'temperror', domain: '' };
/** SPF takes up to 111 (RFC 7208 §4.6.4), a DMARC walk 8, an ARC chain 50: honest mail needs a dozen. */
const maxQuestions = 60;
/** While the octets come SPF has all the time that they take, and no more than this. */
const maxSpfMs = 20_000;

export class DnsOriginChecks implements OriginChecks {
  readonly #answers: DnsAnswers;
  readonly #settings: OriginSettings;
  readonly #report: (error: unknown) => void;

  constructor(answers: DnsAnswers, settings: OriginSettings, report: (error: unknown) => void) {
    this.#answers = answers;
    this.#settings = settings;
    this.#report = report;
  }

  begin(origin: MailOrigin): OriginCheck | null {
    if (!this.#settings.isChecked(origin.address)) return null;
    const spf = this.#spf(origin);
    return { finish: (signed) => this.#finish(signed, spf) };
  }

  async #spf(origin: MailOrigin): Promise<Authentication['spf']> {
    const { checkSpf } = await verification();
    const ask = this.#answers.within({ maxQuestions, untilMs: Date.now() + maxSpfMs });
    return checkSpf(origin, this.#settings.hostname, ask);
  }

  async #finish(signed: SignedOctets, begun: Promise<Authentication['spf']>): Promise<Authentication> {
    const untilMs = Date.now() + this.#settings.timeoutMs;
    const spf = await inTime(begun, unanswered, this.#settings.timeoutMs);
    const claims = claimsOf(this.#settings.hostname, signed.brought);
    try {
      const { checkSignatures } = await verification();
      return {
        ...(await checkSignatures(signed, spf, this.#answers.within({ maxQuestions, untilMs }))),
        claims,
      };
    } catch (error) {
      // What nobody foresaw in a stranger's header is no reason to lose the mail.
      this.#report(error);
      return {
        spf,
        dkim: { result: 'temperror', signatures: [] },
        dmarc: { ...unanswered, policy: null },
        arc: unanswered,
        claims,
      };
    }
  }
}

/** Loaded with the first mail that is checked: where there is none it costs nothing. */
function verification(): Promise<typeof import('./verify-origin.ts')> {
  return import('./verify-origin.ts');
}

function inTime<T>(promise: Promise<T>, otherwise: T, timeoutMs: number): Promise<T> {
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(otherwise), timeoutMs);
    promise.then(resolve, () => resolve(otherwise)).finally(() => clearTimeout(late));
  });
}
