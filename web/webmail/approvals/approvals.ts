/**
 * Held mail, for whoever decides and for who sent it: how many wait is known always, the rest while the desk is open.
 * Part of the one store: it is fed by `/api/` and told to look again by the store's push.
 */
import { type Answered, ApiProblem, ask } from '../../api/calls.ts';
import { words } from '../../i18n/language.ts';
import type { FileSource } from '../file-source.ts';
import { type DeskPlace, deskPlaceText, parseDeskPlace } from './desk-place.ts';
import { type Opened, openHeld, openRecord } from './held-mail.ts';

export type Approval = Answered<'GET /api/approvals'>['items'][number];
export type Decision = 'approve' | 'return';

export interface ApprovalHost {
  readonly say: FileSource['say'];
  /** Something that is shown is another. */
  changed(): void;
  endSession(): void;
}

/** As many as the server decides on at once. */
const maxListed = 200;

export class Approvals {
  /** Mails that the reader decides on. */
  waiting = 0;
  /** Null: the desk is not open. */
  place: DeskPlace | null = null;
  /** Null until they are there. */
  items: readonly Approval[] | null = null;
  /** Null: none is. */
  opened: Opened | null = null;
  selection: ReadonlySet<string> = new Set();
  isDeciding = false;
  /** The log of all people, for those who may. */
  ofEverybody = false;
  /** The list could not be fetched; in words. */
  fault: string | null = null;
  readonly #host: ApprovalHost;
  #refreshing: Promise<void> | null = null;
  #isStale = false;

  constructor(host: ApprovalHost) {
    this.#host = host;
  }

  get chosen(): readonly Approval[] {
    return (this.items ?? []).filter(({ approval }) => this.selection.has(approval));
  }

  /** False where the address is no place of the desk. */
  follow(hash: string): boolean {
    const before = this.place;
    this.place = parseDeskPlace(hash);
    if (this.place === null) return false;
    if (this.place.tab !== before?.tab) {
      this.items = null;
      this.selection = new Set();
      void this.#fetchItems();
    }
    if (this.place.tab !== before?.tab || this.place.approval !== before?.approval)
      this.#open(this.place.approval);
    return true;
  }

  goTo(approval: string | null): void {
    location.hash = deskPlaceText(this.place?.tab ?? 'waiting', approval);
    // At once: the next key is about it, and the browser tells of the new address later.
    this.follow(location.hash);
    this.#host.changed();
  }

  /** The one before or behind the open one, or the first. */
  neighbour(step: 1 | -1): string | null {
    const items = this.items ?? [];
    const at = items.findIndex(({ approval }) => approval === this.place?.approval);
    return items[at < 0 ? 0 : Math.min(Math.max(at + step, 0), items.length - 1)]?.approval ?? null;
  }

  toggle(approval: string): void {
    const selection = new Set(this.selection);
    if (!selection.delete(approval)) selection.add(approval);
    this.select(selection);
  }

  select(approvals: Iterable<string>): void {
    this.selection = new Set(approvals);
    this.#host.changed();
  }

  showEverybody(ofEverybody: boolean): void {
    this.ofEverybody = ofEverybody;
    void this.#fetchItems();
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
      await this.#refreshOnce();
    }
  }

  async #refreshOnce(): Promise<void> {
    await this.#attempt(async () => {
      this.waiting = (await ask('GET /api/approvals/count', {})).waiting;
    });
    if (this.place !== null) {
      await this.#fetchItems();
      await this.#freshenOpened();
    }
    this.#host.changed();
  }

  /** Each by itself; false where nothing was done. */
  async decide(items: readonly Approval[], decision: Decision, comment: string): Promise<boolean> {
    if (this.isDeciding) return false;
    this.isDeciding = true;
    this.#host.changed();
    const isDone = await this.#attempt(async () => {
      const approvals = items.map(({ approval, octets }) => ({ approval, octets }));
      const { done, refused } = await ask('POST /api/approvals/decisions', {
        body: { approvals, decision, comment },
      });
      this.#tellOutcome(decision, done.length, refused.length);
      this.#leave(new Set(done));
    });
    this.isDeciding = false;
    await this.refresh();
    return isDone;
  }

  async withdraw(approval: string): Promise<void> {
    try {
      await ask('POST /api/approvals/:approval/withdrawal', { params: { approval } });
      this.#host.say(words().takenBack);
    } catch (error) {
      if (!(error instanceof ApiProblem && error.code === 'approvalEnded')) this.#fail(error);
      else this.#host.say(words().takeBackLate, null, true);
    }
    await this.refresh();
  }

  #tellOutcome(decision: Decision, done: number, refused: number): void {
    const { mailsApproved, mailsReturned, mailsNotDecided } = words();
    if (refused > 0) this.#host.say(mailsNotDecided(refused), null, true);
    else this.#host.say(decision === 'approve' ? mailsApproved(done) : mailsReturned(done));
  }

  /** What is decided leaves the list; the next one is opened where a decided one was open. */
  #leave(done: ReadonlySet<string>): void {
    const items = this.items ?? [];
    const open = this.place?.approval ?? null;
    const at = items.findIndex(({ approval }) => approval === open);
    const rest = items.filter(({ approval }) => !done.has(approval));
    const next = items.slice(at + 1).find(({ approval }) => !done.has(approval)) ?? rest.at(-1);
    this.items = rest;
    this.selection = new Set([...this.selection].filter((approval) => !done.has(approval)));
    if (open !== null && done.has(open)) this.goTo(next?.approval ?? null);
  }

  #open(approval: string | null): void {
    this.opened = approval === null ? null : { kind: 'loading' };
    if (approval !== null) void this.#fetchOpened(approval);
  }

  /** What is read stays as it is for as long as it waits, with what has been written about it. */
  async #freshenOpened(): Promise<void> {
    const approval = this.place?.approval ?? null;
    const isWaiting = this.items?.some((item) => item.approval === approval && item.state === 'waiting');
    if (approval !== null && !(isWaiting && this.opened?.kind === 'held')) await this.#fetchOpened(approval);
  }

  async #fetchOpened(approval: string): Promise<void> {
    await this.#attempt(async () => {
      const opened = await (this.place?.tab === 'waiting' ? openHeld(approval) : openRecord(approval));
      if (this.place?.approval === approval) this.opened = opened;
    });
    this.#host.changed();
  }

  async #fetchItems(): Promise<void> {
    const { place, ofEverybody } = this;
    if (place === null) return;
    const isDone = await this.#attempt(async () => {
      const items = await listed(place.tab, ofEverybody);
      if (this.place?.tab !== place.tab || this.ofEverybody !== ofEverybody) return;
      this.items = items;
      const known = new Set(items.map(({ approval }) => approval));
      this.selection = new Set([...this.selection].filter((approval) => known.has(approval)));
    });
    if (isDone) this.fault = null;
    this.#host.changed();
  }

  async #attempt(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  #fail(error: unknown): void {
    if (!(error instanceof ApiProblem)) throw error;
    if (error.status === 401) return this.#host.endSession();
    this.fault = error.code === 'unreachable' ? words().serverUnreachable : words().serverFailed;
    if (this.place !== null) this.#host.say(this.fault, null, true);
  }
}

async function listed(tab: DeskPlace['tab'], everybody: boolean): Promise<readonly Approval[]> {
  if (tab === 'waiting') return (await ask('GET /api/approvals', { query: { limit: maxListed } })).items;
  const query = { limit: maxListed, ...(tab === 'log' && everybody && { everybody }) };
  const { items } = await ask('GET /api/approval-log', { query });
  if (tab === 'own') return items.filter(({ isOwn }) => isOwn);
  return items.filter(({ isOwn, state }) => everybody || (!isOwn && state !== 'waiting'));
}
