/** Facts on their way into one stream that nobody else writes: in order, one append at a time, tried until it holds. */
import type { Actor, DraftEvent, JsonValue } from '../domain/event.ts';
import { AppendRefused, appendLimits, WrongExpectedRevision } from '../event-store/event-store.ts';
import { KeyDestroyed } from '../key-store/key-store.ts';
import type { RecordQueue, Windowed } from './record-queue.ts';

/** Records of one append; few enough that a failed one is cheap to repeat. */
const maxFactsPerAppend = 200;
/** A record's members besides `data`, and the seal around a personal part. */
const octetsAroundFact = 700;
const retryAfterMs = 1000;

interface Waiter {
  readonly upTo: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class StreamWriter {
  readonly stream: string;
  readonly #actor: Actor;
  readonly #queue: RecordQueue;
  readonly #owner: Windowed;
  #backlog: DraftEvent[] = [];
  /** Ids of the append on its way; kept while its outcome is unknown. */
  #ids: string[] = [];
  #revision = -1;
  #pushed = 0;
  #written = 0;
  /** Of each push that is not on disk: where it ends and when its first fact was observed. */
  readonly #ages: { readonly upTo: number; readonly since: number }[] = [];
  #writing = false;
  #retry: NodeJS.Timeout | null = null;
  #broken: unknown = null;
  #waiters: Waiter[] = [];

  constructor(stream: string, actor: Actor, queue: RecordQueue, owner: Windowed) {
    this.stream = stream;
    this.#owner = owner;
    this.#actor = actor;
    this.#queue = queue;
  }

  /** Nothing more can be written: the stream is not what it must be. */
  get broken(): boolean {
    return this.#broken !== null;
  }

  /** Facts not yet on disk. */
  get waiting(): number {
    return this.#pushed - this.#written;
  }

  /** When the oldest fact that is not on disk was observed; null where all are. */
  get since(): number | null {
    return this.#ages[0]?.since ?? null;
  }

  /** Adds facts behind the others, the first observed at `since`; `write` takes them out. */
  push(drafts: readonly DraftEvent[], since: number): void {
    if (this.broken) return;
    for (const draft of drafts) this.#backlog.push(draft);
    this.#pushed += drafts.length;
    this.#ages.push({ upTo: this.#pushed, since });
    this.#queue.waits(this.#owner, drafts.length);
  }

  write(): void {
    if (!this.#writing && this.#retry === null && this.#backlog.length > 0) void this.#run();
  }

  /** Resolves when everything pushed so far is on disk; rejects when a try failed. */
  settled(): Promise<void> {
    if (this.broken) return Promise.reject(this.#broken);
    if (this.waiting === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiters.push({ upTo: this.#pushed, resolve, reject });
      if (this.#retry) this.#retryNow();
      this.write();
    });
  }

  async #run(): Promise<void> {
    this.#writing = true;
    try {
      while (this.#backlog.length > 0) await this.#appendOnce();
    } catch (error) {
      this.#fail(error);
    }
    this.#writing = false;
  }

  async #appendOnce(): Promise<void> {
    // The same facts under the same ids again, where the try before has an unknown outcome.
    const drafts = this.#backlog.slice(0, this.#ids.length || factsThatFit(this.#backlog));
    const expected = this.#revision < 0 ? 'absent' : this.#revision;
    const context = { actor: this.#actor, cause: null, now: this.#queue.now() };
    await this.#queue.append(this.stream, expected, drafts, context, { ids: this.#ids });
    this.#ids = [];
    this.#backlog.splice(0, drafts.length);
    this.#revision += drafts.length;
    this.#written += drafts.length;
    this.#settle();
    this.#queue.wrote(this.#owner, drafts.length);
  }

  #settle(): void {
    while (this.#ages.length > 0 && this.#ages[0]!.upTo <= this.#written) this.#ages.shift();
    const done = this.#waiters.filter(({ upTo }) => upTo <= this.#written);
    this.#waiters = this.#waiters.filter(({ upTo }) => upTo > this.#written);
    for (const { resolve } of done) resolve();
  }

  #fail(error: unknown): void {
    const final =
      error instanceof WrongExpectedRevision ||
      error instanceof AppendRefused ||
      error instanceof KeyDestroyed;
    if (final) {
      const lost = this.waiting;
      this.#broken = error;
      this.#backlog = [];
      this.#ages.length = 0;
      this.#written = this.#pushed;
      this.#queue.lost(this.#owner, lost, error);
    } else {
      this.#queue.failed(error);
      this.#retry = setTimeout(() => this.#retryNow(), retryAfterMs).unref();
    }
    for (const { reject } of this.#waiters.splice(0)) reject(error);
  }

  #retryNow(): void {
    clearTimeout(this.#retry ?? undefined);
    this.#retry = null;
    this.write();
  }
}

/** How many of the first facts go into one append. */
function factsThatFit(drafts: readonly DraftEvent[]): number {
  let octets = 0;
  let count = 0;
  for (const { data, personal } of drafts) {
    octets += octetsAroundFact + atMostOctets(data) + atMostOctets(personal);
    if (count > 0 && (count === maxFactsPerAppend || octets > appendLimits.maxAppendOctets)) break;
    count++;
  }
  return count;
}

/** No less than the value takes as JSON: a character is three octets of UTF-8 or six of an escape. */
function atMostOctets(value: JsonValue): number {
  if (typeof value === 'string') return 6 * value.length + 2;
  if (typeof value !== 'object' || value === null) return 20;
  if (Array.isArray(value)) return value.reduce((sum: number, each) => sum + 1 + atMostOctets(each), 2);
  return Object.entries(value).reduce((sum, [name, each]) => sum + name.length + 4 + atMostOctets(each), 2);
}
