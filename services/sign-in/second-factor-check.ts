/** Is this a code of the account's second factor? Limits, TOTP or a recovery code, and that it serves only once. */
import type { Dispatcher } from '../dispatch.ts';
import { account } from '../domain/account.ts';
import { isRefusal, type Refusal, refuse } from '../domain/refusals.ts';
import type { SecondFactor, SecondFactorCommand } from '../domain/second-factor.ts';
import type { Uuid } from '../domain/values.ts';
import type { KeyStore } from '../key-store/key-store.ts';
import { ungrouped } from './base32.ts';
import { CodeLimits } from './code-limits.ts';
import type { BoundedWork } from './passwords.ts';
import { fittingVerifier, isRecoveryCode } from './recovery-codes.ts';
import { openSecret, secondFactorKeyName } from './sealed-secret.ts';
import { isCode, stepOfCode } from './totp.ts';

export interface SecondFactorCheckParts {
  readonly dispatcher: Pick<Dispatcher, 'dispatch'>;
  readonly keys: Pick<KeyStore, 'get'>;
  /** In which recovery codes are checked. */
  readonly work: BoundedWork;
  readonly now: () => number;
}

export class SecondFactorCheck {
  readonly #parts: SecondFactorCheckParts;
  readonly #limits = new CodeLimits();

  constructor(parts: SecondFactorCheckParts) {
    this.#parts = parts;
  }

  /**
   * Null: it is, and never will be again. Refusals: `secondFactorNeeded`, `secondFactorWrong`, `tooManyAttempts`,
   * `serverBusy`.
   */
  async check(id: Uuid, factor: SecondFactor, typed: string | null): Promise<Refusal | null> {
    const code = ungrouped(typed ?? '');
    if (code === '') return refuse('secondFactorNeeded');
    const { now, dispatcher } = this.#parts;
    if (!this.#limits.take(id, now())) return refuse('tooManyAttempts');
    const found = await this.#find(factor, code);
    if (found === 'busy') {
      this.#limits.takeBack(id, now());
      return refuse('serverBusy');
    }
    if (found === null) return refuse('secondFactorWrong');
    const context = { actor: `account-${id}`, cause: null, now: now() } as const;
    const outcome = await dispatcher.dispatch(account, id, found, context);
    if (isRefusal(outcome)) return outcome;
    this.#limits.takeBack(id, now());
    return null;
  }

  /** The command that uses the code up; null where it is none. */
  async #find(factor: SecondFactor, code: string): Promise<SecondFactorCommand | null | 'busy'> {
    if (isCode(code)) return this.#byTime(factor, code);
    if (!isRecoveryCode(code)) return null;
    const fitting = await this.#parts.work.run(async () => ({
      verifier: await fittingVerifier(factor.recoveryCodes, code),
    }));
    if (fitting === null) return 'busy';
    return fitting.verifier === null ? null : { kind: 'useRecoveryCode', verifier: fitting.verifier };
  }

  async #byTime({ factor, secret }: SecondFactor, code: string): Promise<SecondFactorCommand | null> {
    const rowKey = await this.#parts.keys.get(secondFactorKeyName(factor));
    if (rowKey === null || secret === null) return null;
    const step = stepOfCode(openSecret(secret, rowKey, factor), code, this.#parts.now());
    return step === null ? null : { kind: 'useSecondFactor', factor, step };
  }
}
