/**
 * What all recorded streams share: how many facts are not yet on disk, since when, and whether mail may be shown
 * meanwhile. One timer writes all that was observed in a window, so that the log commits it as one group.
 */
import type { Dispatcher } from '../dispatch.ts';
import type { RecorderHealth } from '../record.ts';

export interface RecordSettings {
  /** How long facts are joined before they are written. */
  readonly windowMs: number;
  /** Own mail (class B) is shown only while no fact is older than this. */
  readonly durableWithinMs: number;
  /** Nor while more facts than this wait. */
  readonly maxWaitingFacts: number;
  /** How long `untilMayReveal` waits before it says no. */
  readonly revealWaitMs: number;
  readonly now: () => number;
  /** Told of every failed try; for the operator's log. Never holds anything personal. */
  readonly onProblem: (error: unknown) => void;
}

export const recordDefaults: RecordSettings = {
  windowMs: 50,
  durableWithinMs: 100,
  maxWaitingFacts: 20_000,
  revealWaitMs: 10_000,
  now: Date.now,
  onProblem: () => {},
};

/** Share of room or time after which health warns. */
const strain = { facts: 0.5, time: 0.8 };

/** Something that observes and writes at the end of a window. */
export interface Windowed {
  /** Hands what was observed to its writer, and writes. */
  endWindow(): void;
  /** Resolves when all of its facts are on disk; rejects when a try failed. */
  durable(): Promise<void>;
  /** When the oldest of its facts that is not on disk was observed; null where all are. */
  readonly since: number | null;
}

export class RecordQueue {
  readonly settings: RecordSettings;
  readonly #dispatcher: Pick<Dispatcher, 'appendResolved'>;
  /** Who has facts that are not on disk, and since when; in the order of age, give or take one append. */
  readonly #since = new Map<Windowed, number>();
  readonly #revealers = new Set<() => void>();
  #waitingFacts = 0;
  #timer: NodeJS.Timeout | null = null;
  /** When the present window began. */
  #windowSince = 0;
  #failing = false;

  constructor(dispatcher: Pick<Dispatcher, 'appendResolved'>, settings: RecordSettings) {
    this.#dispatcher = dispatcher;
    this.settings = settings;
  }

  get append(): Dispatcher['appendResolved'] {
    return (...batch) => this.#dispatcher.appendResolved(...batch);
  }

  now(): number {
    return this.settings.now();
  }

  /** So many more facts wait than before. Called for every act of every session. */
  waits(windowed: Windowed, facts: number): void {
    this.#waitingFacts += facts;
    if (!this.#since.has(windowed)) this.#since.set(windowed, windowed.since ?? this.now());
  }

  /** What was observed is written when the window ends: it begins now, unless it has begun. */
  beginWindow(): void {
    if (this.#timer !== null) return;
    this.#windowSince = this.now();
    this.#timer = setTimeout(() => this.endWindow(), this.settings.windowMs);
  }

  /** What was observed was joined into fewer facts, which the writer counts by itself. */
  joined(facts: number): void {
    this.#waitingFacts -= facts;
  }

  /** Everything observed so far is on its way. */
  endWindow(): void {
    clearTimeout(this.#timer ?? undefined);
    this.#timer = null;
    for (const windowed of [...this.#since.keys()]) windowed.endWindow();
  }

  /** No further window ends by itself. */
  stop(): void {
    clearTimeout(this.#timer ?? undefined);
  }

  /** Resolves when everything recorded so far is on disk; rejects when a try failed. */
  async settled(): Promise<void> {
    await Promise.all([...this.#since.keys()].map((windowed) => windowed.durable()));
  }

  wrote(windowed: Windowed, facts: number): void {
    this.#failing = false;
    this.#settle(windowed, facts);
  }

  /** What it observed came to no fact: nothing of it waits. */
  hasNothing(windowed: Windowed): void {
    this.#settle(windowed, 0);
  }

  failed(error: unknown): void {
    this.#failing = true;
    this.settings.onProblem(error);
  }

  /** These facts will never be written: their session shows nothing any more, the others go on. */
  lost(windowed: Windowed, facts: number, error: unknown): void {
    this.settings.onProblem(error);
    this.#settle(windowed, facts);
  }

  mayReveal(): boolean {
    const { maxWaitingFacts, durableWithinMs } = this.settings;
    return this.#waitingFacts < maxWaitingFacts && this.#oldestMs() < durableWithinMs;
  }

  /** Resolves true as soon as mail may be shown, false after `revealWaitMs`. */
  untilMayReveal(): Promise<boolean> {
    if (this.mayReveal()) return Promise.resolve(true);
    this.#hasten();
    return new Promise((resolve) => {
      const look = (): void => {
        if (!this.mayReveal()) return;
        clearTimeout(patience);
        this.#revealers.delete(look);
        resolve(true);
      };
      const patience = setTimeout(() => {
        this.#revealers.delete(look);
        resolve(false);
      }, this.settings.revealWaitMs);
      this.#revealers.add(look);
    });
  }

  health(): RecorderHealth {
    const { maxWaitingFacts, durableWithinMs } = this.settings;
    const oldestMs = this.#oldestMs();
    const strained =
      this.#failing ||
      this.#waitingFacts > strain.facts * maxWaitingFacts ||
      oldestMs > strain.time * durableWithinMs;
    const state = !this.mayReveal() ? 'stopped' : strained ? 'strained' : 'well';
    return { state, waitingFacts: this.#waitingFacts, oldestMs };
  }

  #oldestMs(): number {
    for (const since of this.#since.values()) return this.now() - since;
    return 0;
  }

  /**
   * Ends the window where that helps. What is older is on its way already: to write what came since in small pieces
   * would only keep it back, and everybody with it.
   */
  #hasten(): void {
    const isLate = this.now() - this.#windowSince >= this.settings.durableWithinMs;
    if (isLate || this.#waitingFacts >= this.settings.maxWaitingFacts) this.endWindow();
  }

  #settle(windowed: Windowed, facts: number): void {
    this.#waitingFacts -= facts;
    this.#since.delete(windowed);
    if (windowed.since !== null) this.#since.set(windowed, windowed.since);
    for (const look of [...this.#revealers]) look();
  }
}
