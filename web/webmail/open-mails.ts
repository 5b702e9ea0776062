/** The mails of the reading pane: one, or a conversation of which those that were opened are fetched whole. */
import { type Email, emailProperties } from './email.ts';
import type { Jmap } from './jmap.ts';
import { changed, type MailChange } from './mail-changes.ts';

/** Of one text; more is for a download. */
const maxTextOctets = 2_000_000;

const wholeMail = {
  properties: emailProperties,
  fetchHTMLBodyValues: true,
  fetchTextBodyValues: true,
  maxBodyValueBytes: maxTextOctets,
};

export class OpenMails {
  /** The mail that was asked for; null: none is open. */
  focus: string | null = null;
  /** Oldest first. */
  thread: readonly string[] = [];
  /** Mails of which the text is shown. */
  unfolded: ReadonlySet<string> = new Set();
  readonly #jmap: Jmap;
  readonly #onChange: () => void;
  readonly #onFailure: (error: unknown) => void;
  readonly #mails = new Map<string, Email | 'gone'>();
  #wasRead: (mail: Email) => void = () => {};

  constructor(jmap: Jmap, onChange: () => void, onFailure: (error: unknown) => void) {
    this.#jmap = jmap;
    this.#onChange = onChange;
    this.#onFailure = onFailure;
  }

  /** Null while it is being fetched. */
  mail(id: string): Email | 'gone' | null {
    return this.#mails.get(id) ?? null;
  }

  show(focus: string | null, thread: readonly string[], wasRead: (mail: Email) => void): void {
    this.#wasRead = wasRead;
    if (focus !== this.focus) {
      this.#mails.clear();
      this.unfolded = new Set(focus === null ? [] : [focus]);
    }
    const isNew = focus !== this.focus || thread.join() !== this.thread.join();
    this.focus = focus;
    this.thread = thread;
    if (isNew) void this.#fetch(thread.filter((id) => !this.#mails.has(id)));
  }

  /** Unfolds or folds one of a conversation. */
  turn(id: string): void {
    const unfolded = new Set(this.unfolded);
    if (!unfolded.delete(id)) unfolded.add(id);
    this.unfolded = unfolded;
    const mail = this.#mails.get(id);
    if (unfolded.has(id) && mail && mail !== 'gone') this.#wasRead(mail);
    this.#onChange();
  }

  refresh(): void {
    void this.#fetch(this.thread, false);
  }

  change(ids: ReadonlySet<string>, change: MailChange): void {
    for (const id of ids) {
      const mail = this.#mails.get(id);
      if (mail && mail !== 'gone') this.#mails.set(id, changed(mail, change));
    }
  }

  /** With its texts; null where it is gone. */
  async whole(id: string): Promise<Email | null> {
    const { list } = await this.#jmap.call('Email/get', { ids: [id], ...wholeMail });
    return (list as Email[])[0] ?? null;
  }

  async headers(id: string): Promise<readonly { readonly name: string; readonly value: string }[]> {
    const got = await this.#jmap.call('Email/get', { ids: [id], properties: ['headers'] });
    const [mail] = got['list'] as { headers: { name: string; value: string }[] }[];
    return mail?.headers ?? [];
  }

  async #fetch(ids: readonly string[], isFirst = true): Promise<void> {
    const { focus } = this;
    if (ids.length === 0) return;
    try {
      const got = await this.#jmap.call('Email/get', {
        ids,
        ...(isFirst ? wholeMail : { properties: ['mailboxIds', 'keywords'] }),
      });
      if (focus !== this.focus) return;
      for (const mail of got['list'] as Email[]) this.#take(mail, isFirst);
      for (const id of got['notFound'] as string[]) this.#mails.set(id, 'gone');
      const opened = focus === null ? undefined : this.#mails.get(focus);
      if (isFirst && opened && opened !== 'gone' && ids.includes(opened.id)) this.#wasRead(opened);
      this.#onChange();
    } catch (error) {
      this.#onFailure(error);
    }
  }

  #take(mail: Email, isWhole: boolean): void {
    const held = this.#mails.get(mail.id);
    if (isWhole) this.#mails.set(mail.id, mail);
    else if (held && held !== 'gone') this.#mails.set(mail.id, { ...held, ...mail });
  }
}
