/** Watches the wall clock against the steady one, and records each step of more than a second (`ClockStepped`). */
import type { Ledger } from './open-ledger.ts';

export interface ClockWatchOptions {
  readonly everyMs?: number;
  /** UTC milliseconds. */
  readonly wallMs?: () => number;
  /** Milliseconds of a clock that nobody can set. */
  readonly steadyMs?: () => number;
  /** Told when a step could not be recorded. */
  readonly onTrouble?: (error: unknown) => void;
}

const defaultEveryMs = 1000;

export class ClockWatch {
  readonly #ledger: Ledger;
  readonly #wallMs: () => number;
  readonly #steadyMs: () => number;
  readonly #onTrouble: (error: unknown) => void;
  readonly #timer: NodeJS.Timeout;
  #lastWallMs: number;
  #lastSteadyMs: number;
  #recording: Promise<unknown> = Promise.resolve();

  constructor(ledger: Ledger, options: ClockWatchOptions = {}) {
    this.#ledger = ledger;
    this.#wallMs = options.wallMs ?? Date.now;
    this.#steadyMs = options.steadyMs ?? (() => performance.now());
    this.#onTrouble = options.onTrouble ?? (() => {});
    this.#lastWallMs = this.#wallMs();
    this.#lastSteadyMs = this.#steadyMs();
    this.#timer = setInterval(() => this.look(), options.everyMs ?? defaultEveryMs).unref();
  }

  /** Compares now. Only steps since the last look count, so a slowly corrected clock is no news. */
  look(): void {
    const [wallMs, steadyMs] = [this.#wallMs(), this.#steadyMs()];
    const expectedMs = Math.round(this.#lastWallMs + steadyMs - this.#lastSteadyMs);
    this.#lastWallMs = wallMs;
    this.#lastSteadyMs = steadyMs;
    const { stream, append } = this.#ledger;
    const command = { kind: 'noteClockStep', expectedMs, observedMs: wallMs } as const;
    this.#recording = stream.execute(command, append, wallMs).catch(this.#onTrouble);
  }

  /** Resolves when what was seen is recorded. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#recording;
  }
}
