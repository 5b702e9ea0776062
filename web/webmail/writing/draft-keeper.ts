/**
 * Keeps the draft: on this device at once, on the server soon after. What cannot reach the server stays here and is tried
 * again.
 */
import { words } from '../../i18n/language.ts';
import { type Jmap, JmapFailure } from '../jmap.ts';
import type { MailStore } from '../mail-store.ts';
import { type Draft, isBlank } from './draft.ts';
import { KeptDrafts } from './kept-drafts.ts';
import { keepDraft, NotKept } from './server-drafts.ts';
import { faultsOfRefusal } from './submission-fault.ts';
import type { WritingDesk } from './writing-desk.ts';

/** Where the newest words are. */
export type Keeping =
  | { readonly place: 'nowhere' | 'saving' }
  | { readonly place: 'server' | 'device'; readonly atMs: number };

const deviceDelayMs = 400;
const serverDelayMs = 2500;
const retryMs = 10_000;

export class DraftKeeper {
  keeping: Keeping = { place: 'nowhere' };
  /** Something was written since the last saving. */
  isDirty = false;
  readonly device: KeptDrafts;
  readonly #jmap: Jmap;
  readonly #store: MailStore;
  readonly #desk: WritingDesk;
  #deviceTimer: number | undefined;
  #serverTimer: number | undefined;
  #saving: Promise<void> = Promise.resolve();

  constructor(jmap: Jmap, store: MailStore, desk: WritingDesk) {
    this.#jmap = jmap;
    this.#store = store;
    this.#desk = desk;
    this.device = new KeptDrafts(jmap.account);
  }

  /** Another draft, or none: nothing of it is to be saved. */
  begin(keeping: Keeping = { place: 'nowhere' }): void {
    this.keeping = keeping;
    this.isDirty = false;
  }

  /** Saves soon. */
  schedule(): void {
    this.stop();
    this.#deviceTimer = window.setTimeout(() => {
      const draft = this.#desk.gathered();
      if (draft && !isBlank(draft)) void this.keepOnDevice(draft);
    }, deviceDelayMs);
    this.#serverTimer = window.setTimeout(() => void this.keepOnServer(), serverDelayMs);
  }

  stop(): void {
    window.clearTimeout(this.#deviceTimer);
    window.clearTimeout(this.#serverTimer);
  }

  /** Until what is being saved is. */
  async settled(): Promise<void> {
    await this.#saving;
  }

  async keepOnDevice(draft: Draft): Promise<void> {
    await this.device.keep(draft, this.#desk.files.unsent(draft));
  }

  /** One saving after the other; true when the newest words are on the server. */
  async keepOnServer(): Promise<boolean> {
    const saving = this.#saving.then(() => this.#saveOnce());
    this.#saving = saving.then(
      () => {},
      () => {},
    );
    return saving;
  }

  async #saveOnce(): Promise<boolean> {
    const desk = this.#desk;
    const draft = desk.gathered();
    const { identity } = desk;
    const drafts = this.#store.byRole('drafts');
    if (!draft || isBlank(draft)) return true;
    if (!this.isDirty && draft.emailId !== null) return true;
    if (!identity || !drafts) return this.#staysHere();
    this.isDirty = false;
    this.keeping = { place: 'saving' };
    desk.tell();
    try {
      const { emailId, files } = await keepDraft(this.#jmap, draft, identity, drafts);
      this.#takeCopy(draft, emailId, files);
      return true;
    } catch (error) {
      return this.#notKept(error);
    }
  }

  #takeCopy({ key }: Draft, emailId: string, files: Draft['files']): void {
    const desk = this.#desk;
    const { draft } = desk;
    if (draft?.key === key) {
      const blobOf = new Map(files.map((file) => [file.key, file.blobId]));
      const renewed = draft.files.map((file) => ({ ...file, blobId: blobOf.get(file.key) ?? file.blobId }));
      desk.draft = { ...draft, emailId, files: renewed };
      this.keeping = { place: 'server', atMs: Date.now() };
      desk.tell();
    }
    if (!this.isDirty) void this.device.forget(key);
  }

  #notKept(error: unknown): boolean {
    this.isDirty = true;
    if (error instanceof NotKept) {
      this.#desk.faults = faultsOfRefusal(error.reason, words());
      return this.#staysHere();
    }
    if (!(error instanceof JmapFailure)) throw error;
    if (error.kind === 'signedOut') this.#store.endSession();
    return this.#staysHere();
  }

  #staysHere(): boolean {
    this.keeping = { place: 'device', atMs: Date.now() };
    window.clearTimeout(this.#serverTimer);
    this.#serverTimer = window.setTimeout(() => void this.keepOnServer(), retryMs);
    this.#desk.tell();
    return false;
  }
}
