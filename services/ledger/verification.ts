/** One verification at a time, begun by somebody and watched by whoever looks; what it found stays until the next. */
import type { Permit } from '../../policies/access.ts';
import { type Finding, type VerifyExit, verifyExit } from './findings.ts';
import { type ProgressListener, Unverifiable, type VerifyReport } from './verify.ts';

export interface VerificationReport {
  readonly state: 'none' | 'running' | 'ended' | 'failed';
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  /** Of the part that is read now. */
  readonly done: number;
  readonly total: number;
  readonly what: string;
  readonly verdict: keyof typeof verifyExit | null;
  readonly records: number;
  readonly heads: number;
  readonly mails: number;
  readonly mailOctets: number;
  readonly findings: Finding[];
}

const nothing: VerificationReport = {
  state: 'none',
  startedAtMs: null,
  endedAtMs: null,
  done: 0,
  total: 0,
  what: '',
  verdict: null,
  records: 0,
  heads: 0,
  mails: 0,
  mailOctets: 0,
  findings: [],
};

/** Reads everything; throws `Unverifiable`. */
export type RunVerification = (onProgress: ProgressListener) => Promise<VerifyReport>;

export class Verification {
  readonly #run: RunVerification;
  readonly #onFault: (error: unknown) => void;
  #report = nothing;

  constructor(run: RunVerification, onFault: (error: unknown) => void) {
    this.#run = run;
    this.#onFault = onFault;
  }

  report(): VerificationReport {
    return this.#report;
  }

  /** Does nothing while one runs. The permit says that the table allows it. */
  start(_permit: Permit): void {
    if (this.#report.state === 'running') return;
    this.#report = { ...nothing, state: 'running', startedAtMs: Date.now() };
    void this.#carryOut();
  }

  async #carryOut(): Promise<void> {
    try {
      const { exit, records, heads, mails, mailOctets, findings } = await this.#run((done, total, what) => {
        this.#report = { ...this.#report, done, total, what };
      });
      this.#end({
        state: 'ended',
        verdict: verdictOf(exit),
        records,
        heads,
        mails,
        mailOctets,
        findings: [...findings],
      });
    } catch (error) {
      if (error instanceof Unverifiable) return this.#end({ state: 'ended', verdict: 'unverifiable' });
      this.#onFault(error);
      this.#end({ state: 'failed' });
    }
  }

  #end(outcome: Partial<VerificationReport>): void {
    this.#report = { ...this.#report, ...outcome, endedAtMs: Date.now() };
  }
}

function verdictOf(exit: VerifyExit): keyof typeof verifyExit {
  const named = Object.entries(verifyExit) as [keyof typeof verifyExit, VerifyExit][];
  return named.find(([, code]) => code === exit)![0];
}
