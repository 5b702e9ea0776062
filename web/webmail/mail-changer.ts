/**
 * What the reader does with mails: marking, moving, deleting. It is shown at once, carried out, and told with the way
 * back; what the server says no to is shown as it is.
 */
import { words } from '../i18n/language.ts';
import { type ChangeOutcome, carryOut, changePlaces, destroyMails, type OnProgress } from './carry-out.ts';
import type { Mailbox } from './email.ts';
import type { Jmap } from './jmap.ts';
import { changed, type MailChange, type MarkKeyword, type Patches } from './mail-changes.ts';
import type { MailStore } from './mail-store.ts';

type Said = ((n: number) => string) | null;

/** More take longer than one likes to wait without a word. */
const longWorkMails = 1000;

export class MailChanger {
  readonly #jmap: Jmap;
  readonly #store: MailStore;

  constructor(jmap: Jmap, store: MailStore) {
    this.#jmap = jmap;
    this.#store = store;
  }

  mark(ids: readonly string[], keyword: '$seen' | '$flagged', on: boolean, isTold = true): Promise<void> {
    const { markedRead, markedUnread, starred, unstarred } = words();
    const [yes, no] = keyword === '$seen' ? [markedRead, markedUnread] : [starred, unstarred];
    return this.#change(ids, { kind: 'mark', keyword, on }, isTold ? (on ? yes : no) : null);
  }

  move(ids: readonly string[], to: Mailbox, toName: string): Promise<void> {
    const from = this.#store.mailbox;
    if (!from || from.id === to.id) return Promise.resolve();
    return this.#change(ids, { kind: 'move', from: from.id, to: to.id }, (n) => words().movedTo(n, toName));
  }

  /** This mail alone, and said by no notice: it goes along with something else. */
  markAlone(id: string, keyword: MarkKeyword): Promise<void> {
    return this.#store.attempt(async () => {
      const change: MailChange = { kind: 'mark', keyword, on: true };
      const ids = new Set([id]);
      this.#show(ids, ids, change);
      await changePlaces(this.#jmap, [id], change);
    });
  }

  async destroy(ids: readonly string[]): Promise<void> {
    await this.#store.attempt(async () => {
      const all = this.#withThreads(ids);
      this.#store.leave(new Set(ids));
      const outcome = await destroyMails(this.#jmap, all);
      this.#report(outcome, (n) => words().removedForEver(n), null);
    });
  }

  async #change(ids: readonly string[], change: MailChange, said: Said): Promise<void> {
    await this.#store.attempt(async () => {
      const all = this.#withThreads(ids);
      this.#show(new Set(ids), new Set(all), change);
      const { back, outcome } = await changePlaces(this.#jmap, all, change, this.#progressOf(all.length));
      this.#report(outcome, said, back);
    });
  }

  /** Before the server has answered. */
  #show(ids: ReadonlySet<string>, all: ReadonlySet<string>, change: MailChange): void {
    const store = this.#store;
    if (change.kind === 'move') return store.leave(ids);
    store.list?.change(all, (head) => changed(head, change));
    store.opened.change(all, change);
    store.tell();
  }

  #report({ done, failed }: ChangeOutcome, said: Said, back: Patches | null): void {
    if (failed > 0) {
      this.#store.say(words().changeRefused, null, true);
      this.#store.refresh();
    } else if (said && done > 0) {
      this.#store.say(said(done), back && (() => void this.#undo(back)));
    }
  }

  async #undo(patches: Patches): Promise<void> {
    await this.#store.attempt(async () => {
      const total = Object.keys(patches).length;
      const { failed } = await carryOut(this.#jmap, patches, this.#progressOf(total));
      this.#store.say(failed > 0 ? words().changeRefused : words().undone, null, failed > 0);
      this.#store.refresh();
    });
  }

  /** Long work says how far it is; short work is done before one has read so. */
  #progressOf(total: number): OnProgress {
    return (part) => {
      if (total > longWorkMails) this.#store.say(words().changing(Math.round(part * 100)));
    };
  }

  #withThreads(ids: readonly string[]): string[] {
    const { list } = this.#store;
    const threadOf = (id: string): readonly string[] => {
      const head = list?.head(id);
      return list && head ? list.thread(head) : [id];
    };
    return [...new Set(ids.flatMap(threadOf))];
  }
}
