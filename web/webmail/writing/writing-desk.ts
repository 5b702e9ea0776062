/**
 * The mail that is being written: one at a time. It is kept on this device at once and on the server soon after; what
 * cannot reach the server stays here and is tried again. Elements listen to `change`.
 */
import { words } from '../../i18n/language.ts';
import type { Email } from '../email.ts';
import { type Jmap, JmapFailure } from '../jmap.ts';
import type { MailStore } from '../mail-store.ts';
import { type AnswerKind, answerDraft, type Identity } from './answer.ts';
import { faultsOf } from './before-sending.ts';
import { type Draft, emptyDraft, isBlank } from './draft.ts';
import { draftOfEmail } from './draft-email.ts';
import { DraftFiles } from './draft-files.ts';
import { htmlOf } from './html-text.ts';
import { KeptDrafts } from './kept-drafts.ts';
import { KnownPeople } from './known-people.ts';
import { Outbox } from './outbox.ts';
import { quoteWords, withPlainText } from './quote-words.ts';
import { keepDraft, NotKept } from './server-drafts.ts';
import { withSignature } from './signature.ts';
import { type FieldFaults, faultsOfRefusal, noFaults } from './submission-fault.ts';

/** Where the newest words are. */
export type Keeping =
  | { readonly place: 'nowhere' | 'saving' }
  | { readonly place: 'server' | 'device'; readonly atMs: number };

const deviceDelayMs = 400;
const serverDelayMs = 2500;
const retryMs = 10_000;
const keptRich = 'muniment.rich-text';

export class WritingDesk extends EventTarget {
  draft: Draft | null = null;
  keeping: Keeping = { place: 'nowhere' };
  faults: FieldFaults = noFaults;
  identities: readonly Identity[] = [];
  /** The mail is on its way to the server. */
  isSending = false;
  readonly known = new KnownPeople();
  readonly files: DraftFiles;
  /** What stands in the editor and not in the draft yet. */
  collect: () => Partial<Draft> = () => ({});
  readonly #jmap: Jmap;
  readonly #store: MailStore;
  readonly #kept: KeptDrafts;
  readonly #outbox: Outbox;
  #isLearned = false;
  /** Something was written since the last saving. */
  #isDirty = false;
  #deviceTimer: number | undefined;
  #serverTimer: number | undefined;
  #saving: Promise<void> = Promise.resolve();

  constructor(jmap: Jmap, store: MailStore) {
    super();
    this.#jmap = jmap;
    this.#store = store;
    this.#kept = new KeptDrafts(jmap.account);
    this.files = new DraftFiles(jmap, this);
    this.#outbox = new Outbox(
      jmap,
      store,
      (draft) => this.#wasSent(draft),
      (draft, faults) => void this.#open(draft, faults ?? noFaults),
    );
    window.addEventListener('pagehide', this.#onLeave);
    window.addEventListener('online', this.#onOnline);
  }

  dispose(): void {
    this.#onLeave();
    window.removeEventListener('pagehide', this.#onLeave);
    window.removeEventListener('online', this.#onOnline);
    this.#stopTimers();
  }

  get identity(): Identity | null {
    const { identities, draft } = this;
    return identities.find(({ id }) => id === draft?.identityId) ?? identities[0] ?? null;
  }

  /** A draft that a closed page or a lost network has left behind comes back. */
  async restore(): Promise<void> {
    const [left] = await this.#kept.all();
    if (!left || this.draft !== null) return;
    this.files.restore(left.files);
    await this.#open(left.draft);
    this.keeping = { place: 'device', atMs: left.keptAtMs };
    this.#isDirty = true;
    this.files.goOn();
    this.#schedule();
    this.#tell();
  }

  async begin(): Promise<void> {
    await this.#prepare();
    await this.#open(withSignature(emptyDraft(isRichWanted()), this.#firstIdentity()));
  }

  async answer(mail: Email, kind: AnswerKind): Promise<void> {
    await this.#prepare();
    const draft = answerDraft(withPlainText(mail), kind, this.identities, quoteWords(mail), isRichWanted());
    const identity = this.identities.find(({ id }) => id === draft.identityId) ?? this.#firstIdentity();
    await this.#open(withSignature(draft, identity));
  }

  /** Writes on at a draft that the server has. */
  async edit(mail: Email): Promise<void> {
    if (this.draft?.emailId === mail.id) return;
    await this.#prepare();
    await this.#open(draftOfEmail(mail, this.identities));
    this.keeping = { place: 'server', atMs: Date.parse(mail.receivedAt) };
    this.#tell();
  }

  change(patch: Partial<Draft>): void {
    if (!this.draft) return;
    this.draft = { ...this.draft, ...patch };
    if (patch.isRich !== undefined) localStorage.setItem(keptRich, patch.isRich ? 'on' : 'off');
    this.faults = noFaults;
    this.touch();
  }

  /** Something changed that is collected later. */
  touch(): void {
    this.#isDirty = true;
    this.#schedule();
    this.#tell();
  }

  /** Saves what there is and puts it aside. */
  async close(): Promise<void> {
    const draft = this.#gathered();
    if (!draft) return;
    if (isBlank(draft)) return this.discard();
    if (this.#isDirty) await this.#keepOnDevice(draft);
    const isKept = !this.#isDirty || (await this.#keepOnServer());
    if (this.draft?.key !== draft.key) return;
    this.#putAway();
    this.#store.say(isKept ? words().draftKept : words().draftOnDevice);
  }

  /** Throws it away, here and on the server. */
  async discard(): Promise<void> {
    const { draft } = this;
    this.#putAway();
    if (!draft) return;
    await this.#saving;
    await this.#kept.forget(draft.key);
    if (draft.emailId !== null)
      await this.#attempt(() => this.#jmap.call('Email/set', { destroy: [draft.emailId] }));
  }

  /** False where something is to be mended first; `faults` says what. */
  async send(): Promise<boolean> {
    const draft = this.#gathered();
    if (!draft || this.isSending) return false;
    if (!this.#isFaultless(draft)) return false;
    this.isSending = true;
    this.#tell();
    await this.#keepOnDevice(draft);
    const isKept = await this.#keepOnServer();
    this.isSending = false;
    const { identity } = this;
    const kept = this.draft;
    if (!isKept || identity === null || !kept || kept.emailId === null) {
      if (this.faults === noFaults) this.faults = { said: { text: words().notSentOffline }, refused: [] };
      this.#tell();
      return false;
    }
    this.#putAway();
    this.#outbox.hold({ draft: kept, identityId: identity.id, emailId: kept.emailId });
    return true;
  }

  #isFaultless(draft: Draft): boolean {
    const faults = faultsOf(draft);
    if (faults.length === 0) return true;
    const text = words();
    const said = faults.map((fault) => {
      if (fault.kind === 'wrongAddress')
        return ['to', text.wrongAddress(fault.addresses.join(', '))] as const;
      return [fault.field, fault.kind === 'noRecipients' ? text.noRecipients : text.stillUploading] as const;
    });
    this.faults = { said: Object.fromEntries(said), refused: [] };
    this.#tell();
    return false;
  }

  async #prepare(): Promise<void> {
    await this.close();
    if (this.identities.length === 0) await this.fetchIdentities();
    if (this.#isLearned) return;
    this.#isLearned = true;
    void this.#attempt(() => this.known.learn(this.#jmap, this.#store.mailboxes));
  }

  async fetchIdentities(): Promise<void> {
    await this.#attempt(async () => {
      const { list } = await this.#jmap.call('Identity/get', { ids: null });
      this.identities = list as Identity[];
    });
    this.#tell();
  }

  /** The name and the signature that mail under an address has from now on. */
  async describe({ id }: Identity, name: string, textSignature: string): Promise<void> {
    const htmlSignature = textSignature === '' ? '' : htmlOf(textSignature);
    await this.#attempt(async () => {
      const patch = { name, textSignature, htmlSignature };
      const { notUpdated } = await this.#jmap.call('Identity/set', { update: { [id]: patch } });
      const isKept = Object.keys((notUpdated as object | null) ?? {}).length === 0;
      this.#store.say(isKept ? words().signatureKept : words().serverFailed, null, !isKept);
    });
    await this.fetchIdentities();
  }

  /** The person's own address rather than a shared one. */
  #firstIdentity(): Identity | null {
    const { identities } = this;
    return identities.find(({ email }) => email === this.#store.person.address) ?? identities[0] ?? null;
  }

  async #open(draft: Draft, faults: FieldFaults = noFaults): Promise<void> {
    if (this.draft && this.draft.key !== draft.key) await this.close();
    if (this.identities.length === 0) await this.fetchIdentities();
    const identityId = draft.identityId ?? this.#firstIdentity()?.id ?? null;
    this.draft = { ...draft, identityId };
    this.faults = faults;
    this.keeping = { place: 'nowhere' };
    this.#isDirty = false;
    this.#tell();
  }

  #putAway(): void {
    this.#stopTimers();
    this.files.stopAll();
    this.draft = null;
    this.faults = noFaults;
    this.#isDirty = false;
    this.collect = () => ({});
    this.#tell();
  }

  #wasSent({ key, source, to, cc, bcc }: Draft): void {
    void this.#kept.forget(key);
    for (const person of [...to, ...cc, ...bcc]) this.known.add(person, 1);
    if (source) void this.#store.markAlone(source.id, source.keyword);
  }

  #gathered(): Draft | null {
    if (!this.draft) return null;
    this.draft = { ...this.draft, ...this.collect() };
    return this.draft;
  }

  #schedule(): void {
    this.#stopTimers();
    this.#deviceTimer = window.setTimeout(() => {
      const draft = this.#gathered();
      if (draft && !isBlank(draft)) void this.#keepOnDevice(draft);
    }, deviceDelayMs);
    this.#serverTimer = window.setTimeout(() => void this.#keepOnServer(), serverDelayMs);
  }

  #stopTimers(): void {
    window.clearTimeout(this.#deviceTimer);
    window.clearTimeout(this.#serverTimer);
  }

  async #keepOnDevice(draft: Draft): Promise<void> {
    await this.#kept.keep(draft, this.files.unsent(draft));
  }

  /** One saving after the other; true when the newest words are on the server. */
  async #keepOnServer(): Promise<boolean> {
    const saving = this.#saving.then(() => this.#saveOnce());
    this.#saving = saving.then(
      () => {},
      () => {},
    );
    return saving;
  }

  async #saveOnce(): Promise<boolean> {
    const draft = this.#gathered();
    const { identity } = this;
    const drafts = this.#store.byRole('drafts');
    if (!draft || isBlank(draft)) return true;
    if (!this.#isDirty && draft.emailId !== null) return true;
    if (!identity || !drafts) return this.#staysHere();
    this.#isDirty = false;
    this.keeping = { place: 'saving' };
    this.#tell();
    try {
      const { emailId, files } = await keepDraft(this.#jmap, draft, identity, drafts);
      this.#takeCopy(draft, emailId, files);
      return true;
    } catch (error) {
      return this.#notKept(error);
    }
  }

  #takeCopy({ key }: Draft, emailId: string, files: Draft['files']): void {
    const { draft } = this;
    if (draft?.key === key) {
      const blobOf = new Map(files.map((file) => [file.key, file.blobId]));
      const renewed = draft.files.map((file) => ({ ...file, blobId: blobOf.get(file.key) ?? file.blobId }));
      this.draft = { ...draft, emailId, files: renewed };
      this.keeping = { place: 'server', atMs: Date.now() };
      this.#tell();
    }
    if (!this.#isDirty) void this.#kept.forget(key);
  }

  #notKept(error: unknown): boolean {
    this.#isDirty = true;
    if (error instanceof NotKept) {
      this.faults = faultsOfRefusal(error.reason, words());
      return this.#staysHere();
    }
    if (!(error instanceof JmapFailure)) throw error;
    if (error.kind === 'signedOut') this.#store.endSession();
    return this.#staysHere();
  }

  #staysHere(): boolean {
    this.keeping = { place: 'device', atMs: Date.now() };
    window.clearTimeout(this.#serverTimer);
    this.#serverTimer = window.setTimeout(() => void this.#keepOnServer(), retryMs);
    this.#tell();
    return false;
  }

  readonly #onOnline = (): void => {
    if (this.#isDirty) void this.#keepOnServer();
  };

  readonly #onLeave = (): void => {
    const draft = this.#isDirty ? this.#gathered() : null;
    if (draft && !isBlank(draft)) void this.#keepOnDevice(draft);
    this.#outbox.leave();
  };

  async #attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof JmapFailure)) throw error;
      if (error.kind === 'signedOut') this.#store.endSession();
    }
  }

  #tell(): void {
    this.dispatchEvent(new Event('change'));
  }
}

function isRichWanted(): boolean {
  return localStorage.getItem(keptRich) !== 'off';
}
