/**
 * Refused attempts become facts of the account: the first of a minute at once, what follows from the same peer
 * as one count when the minute is over. So an attack leaves its trace and cannot fill the log.
 */
import type { Dispatcher } from '../dispatch.ts';
import { account, type RefusedSignIns } from '../domain/account.ts';
import type { Uuid } from '../domain/values.ts';

const minuteMs = 60_000;
/** Combinations counted within one minute; beyond them attempts are counted per account without the peer. */
const maxCounts = 5000;

interface Count {
  readonly account: Uuid;
  readonly refused: Omit<RefusedSignIns, 'count'>;
  count: number;
}

export class SignInNotes {
  readonly #dispatcher: Pick<Dispatcher, 'dispatch'>;
  readonly #onProblem: (error: unknown) => void;
  readonly #now: () => number;
  readonly #counts = new Map<string, Count>();
  readonly #writing = new Set<Promise<unknown>>();
  #timer: NodeJS.Timeout | null = null;

  constructor(
    dispatcher: Pick<Dispatcher, 'dispatch'>,
    onProblem: (error: unknown) => void,
    now: () => number,
  ) {
    this.#dispatcher = dispatcher;
    this.#onProblem = onProblem;
    this.#now = now;
  }

  note(id: Uuid, refused: Omit<RefusedSignIns, 'count'>): void {
    const peer = this.#counts.size < maxCounts ? refused.peer : '';
    const key = `${id} ${refused.protocol} ${refused.reason} ${peer}`;
    const known = this.#counts.get(key);
    if (known) {
      known.count++;
      return;
    }
    this.#counts.set(key, { account: id, refused: { ...refused, peer }, count: 0 });
    this.#write(id, { ...refused, count: 1 });
    this.#timer ??= setTimeout(() => this.endMinute(), minuteMs).unref();
  }

  /** Writes what has been counted. */
  endMinute(): void {
    clearTimeout(this.#timer ?? undefined);
    this.#timer = null;
    const counts = [...this.#counts.values()];
    this.#counts.clear();
    for (const { account: id, refused, count } of counts) {
      if (count > 0) this.#write(id, { ...refused, count });
    }
  }

  /** Resolves when everything noted so far has been written or given up. */
  async settled(): Promise<void> {
    this.endMinute();
    await Promise.all(this.#writing);
  }

  #write(id: Uuid, refused: RefusedSignIns): void {
    const context = { actor: 'peer', cause: null, now: this.#now() } as const;
    const writing = this.#dispatcher
      .dispatch(account, id, { kind: 'noteRefusedSignIns', ...refused }, context)
      .catch(this.#onProblem)
      .finally(() => this.#writing.delete(writing));
    this.#writing.add(writing);
  }
}
