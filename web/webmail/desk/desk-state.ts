/**
 * What the desks have in common: a list, what is open beside it, what is selected, and how many wait. Part of the one
 * store: fed by `/api/`, told to look again by the store's push.
 */
import { ApiProblem } from '../../api/calls.ts';
import { words } from '../../i18n/language.ts';
import type { FileSource } from '../file-source.ts';

export interface DeskHost {
  readonly say: FileSource['say'];
  /** Something that is shown is another. */
  changed(): void;
  endSession(): void;
}

export interface DeskPlace {
  readonly tab: string;
  /** Id of what is open beside the list. */
  readonly open: string | null;
}

/** `gone`: it is nothing of the reader's, or not any more. */
export interface Unopened {
  readonly kind: 'loading' | 'gone';
}

/** As many as the server lists and decides on at once. */
export const maxListed = 200;

export abstract class DeskState<Item, Opened, Place extends DeskPlace> {
  /** Mails that wait for the reader. */
  waiting = 0;
  /** Null: the desk is not open. */
  place: Place | null = null;
  /** Null until they are there. */
  items: readonly Item[] | null = null;
  /** Null: none is. */
  opened: Opened | Unopened | null = null;
  selection: ReadonlySet<string> = new Set();
  isDeciding = false;
  /** The list could not be fetched; in words. */
  fault: string | null = null;
  protected readonly host: DeskHost;
  #refreshing: Promise<void> | null = null;
  #isStale = false;
  #listsAsked = 0;

  constructor(host: DeskHost) {
    this.host = host;
  }

  abstract idOf(item: Item): string;
  /** The address of a place on this desk, on the tab of now. */
  abstract linkTo(open: string | null): string;
  /** Null: the address is no place of this desk. */
  protected abstract placeOf(hash: string): Place | null;
  protected abstract fetchCount(): Promise<void>;
  protected abstract fetchList(place: Place): Promise<readonly Item[]>;
  protected abstract fetchOne(id: string, place: Place): Promise<Opened | Unopened>;
  /** What is read stays as it is, with what has been written about it. `item`: what the list says of it now. */
  protected abstract staysOpen(item: Item | undefined): boolean;

  get chosen(): readonly Item[] {
    return (this.items ?? []).filter((item) => this.selection.has(this.idOf(item)));
  }

  /** False where the address is no place of the desk. */
  follow(hash: string): boolean {
    const before = this.place;
    this.place = this.placeOf(hash);
    if (this.place === null) return false;
    const isOtherTab = this.place.tab !== before?.tab;
    if (isOtherTab) this.listAnew();
    if (isOtherTab || this.place.open !== before?.open) this.#open(this.place.open);
    return true;
  }

  goTo(id: string | null): void {
    location.hash = this.linkTo(id);
    // At once: the next key is about it, and the browser tells of the new address later.
    this.follow(location.hash);
    this.host.changed();
  }

  /** The one before or behind the open one, or the first. */
  neighbour(step: 1 | -1): string | null {
    const items = this.items ?? [];
    const at = items.findIndex((item) => this.idOf(item) === this.place?.open);
    const item = items[at < 0 ? 0 : Math.min(Math.max(at + step, 0), items.length - 1)];
    return item === undefined ? null : this.idOf(item);
  }

  toggle(id: string): void {
    const selection = new Set(this.selection);
    if (!selection.delete(id)) selection.add(id);
    this.select(selection);
  }

  select(ids: Iterable<string>): void {
    this.selection = new Set(ids);
    this.host.changed();
  }

  /** Something may have happened. However often that is said meanwhile, one asks once more. */
  async refresh(): Promise<void> {
    this.#isStale = true;
    this.#refreshing ??= this.#refreshAll().finally(() => {
      this.#refreshing = null;
    });
    await this.#refreshing;
  }

  async #refreshAll(): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false;
      await this.attempt(() => this.fetchCount());
      if (this.place !== null) {
        await this.fetchItems();
        await this.#freshenOpened();
      }
      this.host.changed();
    }
  }

  /** Another list begins. */
  protected listAnew(): void {
    this.items = null;
    this.selection = new Set();
    void this.fetchItems();
  }

  protected async fetchItems(): Promise<void> {
    const { place } = this;
    if (place === null) return;
    const asked = ++this.#listsAsked;
    const isDone = await this.attempt(async () => {
      const items = await this.fetchList(place);
      if (asked !== this.#listsAsked || this.place?.tab !== place.tab) return;
      this.items = items;
      const known = new Set(items.map((item) => this.idOf(item)));
      this.selection = new Set([...this.selection].filter((id) => known.has(id)));
    });
    if (isDone) this.fault = null;
    this.host.changed();
  }

  /** False where nothing was done; `work` answers what leaves the list. */
  protected async decideOnce(work: () => Promise<ReadonlySet<string>>): Promise<boolean> {
    if (this.isDeciding) return false;
    this.isDeciding = true;
    this.host.changed();
    const isDone = await this.attempt(async () => this.#leave(await work()));
    this.isDeciding = false;
    await this.refresh();
    return isDone;
  }

  /** What is decided leaves the list; the next one is opened where a decided one was open. */
  #leave(done: ReadonlySet<string>): void {
    const items = this.items ?? [];
    const open = this.place?.open ?? null;
    const at = items.findIndex((item) => this.idOf(item) === open);
    const remains = (item: Item): boolean => !done.has(this.idOf(item));
    const rest = items.filter(remains);
    const next = items.slice(at + 1).find(remains) ?? rest.at(-1);
    this.items = rest;
    this.selection = new Set([...this.selection].filter((id) => !done.has(id)));
    if (open !== null && done.has(open)) this.goTo(next === undefined ? null : this.idOf(next));
  }

  #open(id: string | null): void {
    this.opened = id === null ? null : { kind: 'loading' };
    if (id !== null) void this.#fetchOpened(id);
  }

  async #freshenOpened(): Promise<void> {
    const open = this.place?.open ?? null;
    const item = this.items?.find((each) => this.idOf(each) === open);
    if (open !== null && !this.staysOpen(item)) await this.#fetchOpened(open);
  }

  async #fetchOpened(id: string): Promise<void> {
    const { place } = this;
    if (place === null) return;
    await this.attempt(async () => {
      const opened = await this.fetchOne(id, place);
      if (this.place?.open === id) this.opened = opened;
    });
    this.host.changed();
  }

  protected async attempt(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.fail(error);
      return false;
    }
  }

  protected fail(error: unknown): void {
    if (!(error instanceof ApiProblem)) throw error;
    if (error.status === 401) return this.host.endSession();
    this.fault = error.code === 'unreachable' ? words().serverUnreachable : words().serverFailed;
    if (this.place !== null) this.host.say(this.fault, null, true);
  }
}

/** Null where the server says that there is no such thing for the reader. Throws `ApiProblem`. */
export async function unlessHidden<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ApiProblem && [403, 404].includes(error.status)) return null;
    throw error;
  }
}
