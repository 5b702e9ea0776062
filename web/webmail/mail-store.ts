/**
 * What the mail screen shows, in one place: fed by JMAP, told of changes by its push, changed at once where the reader
 * does something and corrected by what the server then says. Elements listen to `change`.
 */
import { words } from '../i18n/language.ts';
import { Approvals } from './approvals/approvals.ts';
import type { Email, EmailHead, Mailbox, Role } from './email.ts';
import { isUnread } from './email.ts';
import type { FileSource } from './file-source.ts';
import { Jmap, JmapFailure } from './jmap.ts';
import { MailChanger } from './mail-changer.ts';
import type { MailQuery } from './mail-query.ts';
import { MailWindow } from './mail-window.ts';
import { OpenMails } from './open-mails.ts';
import { parseReadersPlace, type ReadersPlace } from './readers/readers-place.ts';
import { go, parseRoute, type Route, routeText } from './route.ts';
import { Submissions } from './sent/submissions.ts';
import type { Person } from './session.ts';
import { Supervision } from './supervision/supervision.ts';
import type { AnswerKind } from './writing/answer.ts';
import { WritingDesk } from './writing/writing-desk.ts';

export interface Notice {
  readonly text: string;
  /** Takes back what the notice tells of. */
  readonly undo: (() => void) | null;
  readonly isFault: boolean;
}

export class MailStore extends EventTarget implements FileSource {
  readonly person: Person;
  mailboxes: readonly Mailbox[] = [];
  list: MailWindow | null = null;
  route: Route = { mailbox: null, email: null };
  /** Null: one does not look at who read one’s mail. */
  readersPlace: ReadersPlace | null = null;
  selection: ReadonlySet<string> = new Set();
  notice: Notice | null = null;
  isConnected = true;
  /** The last fetching failed; in words. */
  fault: string | null = null;
  readonly opened: OpenMails;
  readonly desk: WritingDesk;
  readonly submissions: Submissions;
  readonly approvals: Approvals;
  readonly supervision: Supervision;
  readonly changer: MailChanger;
  readonly #jmap: Jmap;
  readonly #stop: (() => void)[] = [];
  #view: Omit<MailQuery, 'mailbox'>;

  private constructor(jmap: Jmap, person: Person) {
    super();
    this.#jmap = jmap;
    this.person = person;
    this.#view = {
      words: '',
      quick: 'all',
      collapseThreads: localStorage.getItem('muniment.threads') !== 'off',
    };
    this.opened = new OpenMails(
      jmap,
      () => this.tell(),
      (error) => this.#fail(error),
    );
    this.submissions = new Submissions(
      jmap,
      () => this.tell(),
      (error) => this.#fail(error),
    );
    const host = {
      say: (...said: Parameters<FileSource['say']>) => this.say(...said),
      changed: () => this.tell(),
      endSession: () => this.endSession(),
    };
    this.approvals = new Approvals(host);
    this.supervision = new Supervision(host);
    this.changer = new MailChanger(jmap, this);
    this.desk = new WritingDesk(jmap, this);
    this.desk.addEventListener('change', () => this.tell());
  }

  static async open(person: Person): Promise<MailStore> {
    const store = new MailStore(await Jmap.connect(), person);
    await store.#fetchMailboxes();
    const onHash = (): void => store.#follow();
    window.addEventListener('hashchange', onHash);
    store.#stop.push(
      () => window.removeEventListener('hashchange', onHash),
      store.#jmap.listen(
        (types) => store.#hear(types),
        (isOpen) => store.#connection(isOpen),
      ),
    );
    store.#follow();
    store.#refreshDesks();
    store.#stop.push(
      () => store.desk.dispose(),
      () => store.supervision.close(),
    );
    void store.desk.restore();
    return store;
  }

  close(): void {
    for (const stop of this.#stop.splice(0)) stop();
  }

  get view(): Omit<MailQuery, 'mailbox'> {
    return this.#view;
  }

  get mailbox(): Mailbox | null {
    const { mailbox } = this.route;
    return this.mailboxes.find(({ id, role }) => id === mailbox || role === mailbox) ?? null;
  }

  byRole(role: Role): Mailbox | null {
    return this.mailboxes.find((mailbox) => mailbox.role === role) ?? null;
  }

  linkTo(email: string | null, mailbox: Mailbox | null = this.mailbox): string {
    return routeText({ mailbox: mailbox?.role ?? mailbox?.id ?? null, email });
  }

  goTo(email: string | null): void {
    go({ mailbox: this.route.mailbox, email });
  }

  downloadUrl(blobId: string, name: string, type: string): string {
    return this.#jmap.downloadUrl(blobId, name, type);
  }

  /** Shown by the browser and not saved. */
  viewUrl(blobId: string, name: string): string {
    return this.#jmap.downloadUrl(blobId, name, 'application/pdf').replace('/jmap/download/', '/jmap/view/');
  }

  download(blobId: string, type: string): Promise<Blob> {
    return this.#jmap.download(blobId, type);
  }

  look(view: Partial<Omit<MailQuery, 'mailbox'>>): void {
    this.#view = { ...this.#view, ...view };
    localStorage.setItem('muniment.threads', this.#view.collapseThreads ? 'on' : 'off');
    this.#openList();
  }

  select(ids: Iterable<string>): void {
    this.selection = new Set(ids);
    this.tell();
  }

  toggle(id: string): void {
    const ids = new Set(this.selection);
    if (!ids.delete(id)) ids.add(id);
    this.select(ids);
  }

  async selectAll(): Promise<void> {
    await this.attempt(async () => this.select((await this.list?.allIds()) ?? []));
  }

  say(text: string, undo: (() => void) | null = null, isFault = false): void {
    this.notice = { text, undo, isFault };
    this.tell();
  }

  dismiss(): void {
    this.notice = null;
    this.tell();
  }

  refresh(): void {
    this.fault = null;
    void this.attempt(() => this.#fetchMailboxes());
    this.list?.refresh();
    this.opened.refresh();
  }

  /** Answers the open mail, or passes it on. */
  answer(kind: AnswerKind, id: string | null = this.route.email): void {
    if (id === null) return;
    void this.attempt(async () => {
      // Whoever is quicker than the network is not made to ask twice.
      const mail = this.opened.mail(id) ?? (await this.opened.whole(id));
      if (mail !== null && mail !== 'gone') await this.desk.answer(mail, kind);
    });
  }

  /** Sees to it that these rows are there, with what belongs to them. */
  lookAt(first: number, last: number): void {
    this.list?.look(first, last);
    this.#lookAtSubmissions();
  }

  /** The row before or behind the open mail, or the first. */
  neighbour(step: 1 | -1): string | null {
    const { list, route } = this;
    if (!list?.total) return null;
    const row = route.email === null ? -1 : list.rowOf(route.email);
    const next = row < 0 ? 0 : Math.min(Math.max(row + step, 0), list.total - 1);
    return list.idAt(next) ?? null;
  }

  /** Mails leave the list: the one behind the open one is opened, where a mail was open beside it. */
  leave(ids: ReadonlySet<string>): void {
    const { email } = this.route;
    const row = email === null ? -1 : (this.list?.rowOf(email) ?? -1);
    this.list?.drop(ids);
    this.selection = new Set([...this.selection].filter((id) => !ids.has(id)));
    if (email !== null && ids.has(email)) this.goTo((row >= 0 && this.list?.idAt(row)) || null);
    this.tell();
  }

  #follow(): void {
    const before = this.mailbox;
    this.route = parseRoute(location.hash);
    const isDesk = [this.approvals, this.supervision].map((desk) => desk.follow(location.hash));
    this.readersPlace = parseReadersPlace(location.hash);
    if (isDesk.includes(true) || this.readersPlace !== null) return this.tell();
    if (this.mailbox === null) return go({ mailbox: 'inbox', email: null });
    if (this.mailbox !== before || this.list === null) {
      this.#view = { ...this.#view, words: '', quick: 'all' };
      this.#openList();
    }
    if (this.mailbox?.role === 'drafts' && this.route.email !== null) void this.#writeOn(this.route.email);
    else this.#openMail();
    this.tell();
  }

  /** A draft is not read: one goes on writing it. */
  async #writeOn(id: string): Promise<void> {
    await this.attempt(async () => {
      const mail = await this.opened.whole(id);
      this.goTo(null);
      if (mail) await this.desk.edit(mail);
    });
  }

  #openList(): void {
    if (!this.mailbox) return;
    const query = { mailbox: this.mailbox.id, ...this.#view };
    this.selection = new Set();
    this.list = new MailWindow(
      this.#jmap,
      query,
      () => this.#listArrived(),
      (error) => this.#fail(error),
    );
    this.list.look(0, 0);
    this.#lookAtSubmissions();
    this.tell();
  }

  /** The conversation of the open mail is known with the list. */
  #listArrived(): void {
    this.fault = null;
    this.#openMail();
    this.#lookAtSubmissions();
    this.tell();
  }

  #openMail(): void {
    const { email } = this.route;
    const head: EmailHead | undefined = email === null ? undefined : this.list?.head(email);
    const thread = email === null ? [] : head && this.list ? this.list.thread(head) : [email];
    this.opened.show(email, thread, (mail) => this.#wasRead(mail));
    this.#lookAtSubmissions();
  }

  #wasRead(mail: Email): void {
    if (isUnread(mail)) void this.changer.markAlone(mail.id, '$seen');
  }

  /** Word of new states, by type. */
  #hear(types: ReadonlySet<string>): void {
    if (types.has('Email') || types.has('Mailbox')) this.refresh();
    if (types.has('EmailSubmission')) this.submissions.refresh();
    if (types.has('Identity')) void this.desk.fetchIdentities();
    // A notice has come, or a mail of one's own has gone on.
    if (types.has('Email') || types.has('EmailSubmission')) void this.approvals.refresh();
    if (types.has('Supervision')) void this.supervision.refresh();
  }

  #refreshDesks(): void {
    void this.approvals.refresh();
    void this.supervision.refresh();
  }

  /** Of the mails that one sees in Sent, and of the open ones, what became of them. */
  #lookAtSubmissions(): void {
    const { list, mailbox, opened } = this;
    const shown = mailbox?.role === 'sent' ? (list?.shownIds() ?? []) : [];
    this.submissions.look([...new Set([...shown, ...opened.thread])]);
  }

  async #fetchMailboxes(): Promise<void> {
    const { list } = await this.#jmap.call('Mailbox/get', { ids: null });
    this.mailboxes = list as Mailbox[];
    this.tell();
  }

  #connection(isOpen: boolean): void {
    if (isOpen === this.isConnected) return;
    this.isConnected = isOpen;
    // What happened meanwhile is nowhere told.
    if (isOpen) {
      this.refresh();
      this.#refreshDesks();
    }
    this.tell();
  }

  /** What fails of it is told. */
  async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (!(error instanceof JmapFailure)) throw error;
    if (error.kind === 'signedOut') return this.endSession();
    this.fault = error.kind === 'unreachable' ? words().serverUnreachable : words().serverFailed;
    this.say(this.fault, null, true);
  }

  /** The server knows the session no more. */
  endSession(): void {
    this.close();
    this.dispatchEvent(new Event('signed-out'));
  }

  /** What is shown is another. */
  tell(): void {
    this.dispatchEvent(new Event('change'));
  }
}
