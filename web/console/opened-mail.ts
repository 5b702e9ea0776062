/** A mail of others that was opened with a reason, as its recipients see it, with Bcc. */
import { css, html, type TemplateResult } from 'lit';
import { type Answered, ask } from '../api/calls.ts';
import '../webmail/attachment-list.ts';
import { type Address, calledName, type Email } from '../webmail/email.ts';
import '../webmail/mail-body.ts';
import { PartFiles } from '../webmail/part-files.ts';
import { LoadingElement } from './loading-element.ts';

type Shown = Answered<'GET /api/messages/:message/email'>;

export class OpenedMail extends LoadingElement {
  static override properties = { ...LoadingElement.properties, message: {} };
  static override styles = [
    ...LoadingElement.styles,
    css`
      :host {
        display: block;
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        align-items: center;
        gap: var(--gap-2);
      }
      dl {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr);
        gap: var(--gap-1) var(--gap-4);
        margin: var(--gap-3) 0 var(--gap-4);
      }
      dt {
        color: var(--ink-soft);
      }
      dd {
        margin: 0;
        overflow-wrap: anywhere;
      }
    `,
  ];
  declare message: string;
  #shown: Shown | null = null;

  constructor() {
    super();
    this.message = '';
  }

  get #address(): string {
    return `/api/messages/${this.message}`;
  }

  protected override async fetch(): Promise<void> {
    this.#shown = await ask('GET /api/messages/:message/email', { params: { message: this.message } });
  }

  protected override content(): TemplateResult {
    const { say, message } = this;
    const mail = emailOf(message, this.#shown!);
    const files = new PartFiles(this.#address, (text) => this.tell(text));
    return html`<section class="panel padded">
      <div class="head">
        <h2>${say.openedMail}</h2>
        <a href="${this.#address}/mail" download="${message}.eml">${say.takeMail}</a>
      </div>
      <p class="soft" role="status">${say.openedRecorded}</p>
      ${this.#people(this.#shown!)}
      <mail-body .files=${files} .mail=${mail}></mail-body>
      <attachment-list .files=${files} .mail=${mail}></attachment-list>
    </section>`;
  }

  #people({ from, to, cc, bcc }: Shown): TemplateResult {
    const { words } = this;
    const lines: readonly (readonly [string, readonly Address[] | null])[] = [
      [words.from, from],
      [words.to, to],
      [words.cc, cc],
      [words.bcc, bcc],
    ];
    return html`<dl>
      ${lines
        .filter(([, people]) => people !== null && people.length > 0)
        .map(
          ([label, people]) =>
            html`<dt>${label}</dt><dd translate="no">${people!.map(calledName).join(', ')}</dd>`,
        )}
    </dl>`;
  }
}

/** It lies in no mailbox of the reader, so it has no place and no marks. */
function emailOf(message: string, shown: Shown): Email {
  const nowhere = { mailboxIds: {}, keywords: {}, size: 0, receivedAt: '' };
  return { ...shown, ...nowhere, id: message, blobId: message, threadId: message };
}

customElements.define('opened-mail', OpenedMail);
