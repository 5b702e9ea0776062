/** A list of any length, of which only the pages that are looked at are fetched. */
import { type EmailHead, headProperties } from './email.ts';
import type { Jmap } from './jmap.ts';
import { filterOf, type MailQuery } from './mail-query.ts';

const pageSize = 50;
/** What the server gives at most in one query. */
const maxIdsPerQuery = 1000;

export class MailWindow {
  readonly query: MailQuery;
  /** Null until the first page is there. */
  total: number | null = null;
  readonly #jmap: Jmap;
  readonly #onChange: () => void;
  readonly #onFailure: (error: unknown) => void;
  #ids: (string | undefined)[] = [];
  readonly #heads = new Map<string, EmailHead>();
  readonly #threads = new Map<string, readonly string[]>();
  readonly #pages = new Set<number>();
  #looked = { from: 0, to: pageSize - 1 };
  /** Answers to questions from before the last refresh are not taken. */
  #generation = 0;

  constructor(jmap: Jmap, query: MailQuery, onChange: () => void, onFailure: (error: unknown) => void) {
    this.#jmap = jmap;
    this.query = query;
    this.#onChange = onChange;
    this.#onFailure = onFailure;
  }

  idAt(row: number): string | undefined {
    return this.#ids[row];
  }

  rowOf(id: string): number {
    return this.#ids.indexOf(id);
  }

  /** Of the rows that were asked for last. */
  shownIds(): string[] {
    return this.#ids.slice(this.#looked.from, this.#looked.to + 1).flatMap((id) => id ?? []);
  }

  head(id: string): EmailHead | undefined {
    return this.#heads.get(id);
  }

  /** Every mail of the conversation that a row stands for. */
  thread({ threadId, id }: EmailHead): readonly string[] {
    return (this.query.collapseThreads && this.#threads.get(threadId)) || [id];
  }

  /** Sees to it that these rows are there, first and last included. */
  look(from: number, to: number): void {
    this.#looked = { from: Math.max(0, from), to: Math.max(from, to) };
    const first = Math.floor(this.#looked.from / pageSize);
    for (let page = first; page <= Math.floor(this.#looked.to / pageSize); page++) {
      const isBeyond = this.total !== null && page * pageSize >= this.total && page > 0;
      if (!this.#pages.has(page) && !isBeyond) void this.#fetch(page);
    }
  }

  /** What is shown stays until its new state is there. */
  refresh(): void {
    this.#generation++;
    this.#pages.clear();
    this.look(this.#looked.from, this.#looked.to);
  }

  change(ids: ReadonlySet<string>, how: (head: EmailHead) => EmailHead): void {
    for (const id of ids) {
      const head = this.#heads.get(id);
      if (head) this.#heads.set(id, how(head));
    }
  }

  /** Takes rows out before the server has answered. */
  drop(ids: ReadonlySet<string>): void {
    const before = this.#ids.length;
    this.#ids = this.#ids.filter((id) => id === undefined || !ids.has(id));
    if (this.total !== null) this.total = Math.max(0, this.total - (before - this.#ids.length));
  }

  /** The ids of all rows, however many. */
  async allIds(): Promise<string[]> {
    const ids: string[] = [];
    for (;;) {
      const found = await this.#jmap.call('Email/query', this.#queryFrom(ids.length, maxIdsPerQuery));
      const page = found['ids'] as string[];
      ids.push(...page);
      if (page.length < maxIdsPerQuery) return ids;
    }
  }

  #queryFrom(position: number, limit: number): Record<string, unknown> {
    const { collapseThreads } = this.query;
    const sort = [{ property: 'receivedAt', isAscending: false }];
    return { filter: filterOf(this.query), sort, collapseThreads, position, limit, calculateTotal: true };
  }

  async #fetch(page: number): Promise<void> {
    const generation = this.#generation;
    this.#pages.add(page);
    const ids = { resultOf: '0', name: 'Email/query', path: '/ids' };
    const threads = { resultOf: '1', name: 'Email/get', path: '/list/*/threadId' };
    try {
      const [found, got, together] = await this.#jmap.calls(
        ['Email/query', this.#queryFrom(page * pageSize, pageSize)],
        ['Email/get', { '#ids': ids, properties: headProperties }],
        ...(this.query.collapseThreads ? [['Thread/get', { '#ids': threads }] as const] : []),
      );
      if (generation !== this.#generation) return;
      this.#take(page, found!['ids'] as string[], found!['total'] as number, got!['list'] as EmailHead[]);
      for (const { id, emailIds } of (together?.['list'] ?? []) as { id: string; emailIds: string[] }[])
        this.#threads.set(id, emailIds);
      this.#onChange();
    } catch (error) {
      if (generation !== this.#generation) return;
      this.#pages.delete(page);
      this.#onFailure(error);
    }
  }

  #take(page: number, ids: readonly string[], total: number, heads: readonly EmailHead[]): void {
    for (const head of heads) this.#heads.set(head.id, head);
    this.total = total;
    this.#ids.length = total;
    for (const [i, id] of ids.entries()) this.#ids[page * pageSize + i] = id;
  }
}
