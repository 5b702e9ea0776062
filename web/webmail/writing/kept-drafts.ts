/** Drafts as this device keeps them: they survive a lost network and a closed page. With files that are not sent yet. */
import type { Draft } from './draft.ts';

export interface KeptDraft {
  readonly account: string;
  readonly draft: Draft;
  /** By the keys of the draft's files. */
  readonly files: Readonly<Record<string, Blob>>;
  readonly keptAtMs: number;
}

const database = 'muniment.drafts';
const store = 'drafts';

/** A browser that keeps nothing (a private window, a full disk) costs the copy and nothing else. */
export class KeptDrafts {
  readonly #account: string;

  constructor(account: string) {
    this.#account = account;
  }

  /** False where it could not be kept. */
  async keep(draft: Draft, files: ReadonlyMap<string, Blob>): Promise<boolean> {
    const kept: KeptDraft = {
      account: this.#account,
      draft,
      files: Object.fromEntries(files),
      keptAtMs: Date.now(),
    };
    return (await this.#in('readwrite', (drafts) => drafts.put(kept, draft.key))) !== null;
  }

  async forget(key: string): Promise<void> {
    await this.#in('readwrite', (drafts) => drafts.delete(key));
  }

  /** Of this account, newest first. */
  async all(): Promise<KeptDraft[]> {
    const all = (await this.#in('readonly', (drafts) => drafts.getAll())) as KeptDraft[] | null;
    const own = (all ?? []).filter(({ account }) => account === this.#account);
    return own.sort((a, b) => b.keptAtMs - a.keptAtMs);
  }

  /** Null where the browser refuses. */
  async #in(mode: IDBTransactionMode, ask: (drafts: IDBObjectStore) => IDBRequest): Promise<unknown> {
    try {
      const opened = await opening();
      try {
        return (await answerOf(ask(opened.transaction(store, mode).objectStore(store)))) ?? true;
      } finally {
        opened.close();
      }
    } catch {
      return null;
    }
  }
}

function opening(): Promise<IDBDatabase> {
  const request = indexedDB.open(database, 1);
  request.addEventListener('upgradeneeded', () => request.result.createObjectStore(store));
  return answerOf(request);
}

function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error));
  });
}
