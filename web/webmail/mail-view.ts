/** One mail whole: who, to whom, when, its text, its files; headers and source for whoever asks. */
import { html, nothing, type TemplateResult } from 'lit';
import '../elements/choice-dialog.ts';
import type { ChoiceDialog } from '../elements/choice-dialog.ts';
import '../elements/drop-menu.ts';
import type { DropMenu } from '../elements/drop-menu.ts';
import { icon } from '../elements/icon.ts';
import { longTime, shortTime } from '../i18n/dates.ts';
import './attachment-list.ts';
import { type Address, calledName, type Email } from './email.ts';
import './mail-body.ts';
import './origin-line.ts';
import { readersPlaceText } from './readers/readers-place.ts';
import './sent/delivery-states.ts';
import { StoreElement } from './store-element.ts';
import { viewLook } from './view-look.ts';
import type { AnswerKind } from './writing/answer.ts';

/** Of the source; more is for a download. */
const maxSourceOctets = 200_000;

export class MailView extends StoreElement {
  static override properties = {
    ...StoreElement.properties,
    emailId: {},
    isAlone: { type: Boolean },
    isDetailed: { state: true },
    inspected: { state: true },
  };
  static override styles = [StoreElement.styles, viewLook];
  declare emailId: string;
  /** No conversation around it: it cannot be folded. */
  declare isAlone: boolean;
  declare isDetailed: boolean;
  /** What the dialog shows of the mail's insides. */
  declare inspected: { readonly heading: string; readonly text: string; readonly note: string };

  constructor() {
    super();
    this.emailId = '';
    this.isAlone = false;
    this.isDetailed = false;
    this.inspected = { heading: '', text: '', note: '' };
  }

  #inspect(heading: string, text: string, note = ''): void {
    this.renderRoot.querySelector<DropMenu>('drop-menu')?.close();
    this.inspected = { heading, text, note };
    this.renderRoot.querySelector<ChoiceDialog>('choice-dialog')?.show();
  }

  #answer(kind: AnswerKind): void {
    this.renderRoot.querySelector<DropMenu>('drop-menu')?.close();
    this.store.answer(kind, this.emailId);
  }

  async #showHeaders({ id }: Email): Promise<void> {
    const headers = await this.store.opened.headers(id);
    this.#inspect(this.words.headers, headers.map(({ name, value }) => `${name}:${value}`).join('\n'));
  }

  async #showSource({ blobId, size }: Email): Promise<void> {
    const blob = await this.store.download(blobId, 'message/rfc822');
    const text = await blob.slice(0, maxSourceOctets).text();
    this.#inspect(this.words.source, text, size > maxSourceOctets ? this.words.sourceCut : '');
  }

  override render(): TemplateResult | typeof nothing {
    const mail = this.store.opened.mail(this.emailId);
    if (mail === null || mail === 'gone') return nothing;
    const isUnfolded = this.isAlone || this.store.opened.unfolded.has(mail.id);
    return isUnfolded ? this.#whole(mail) : this.#folded(mail);
  }

  #folded(mail: Email): TemplateResult {
    return html`<button class="folded" aria-expanded="false" @click=${() => this.store.opened.turn(mail.id)}>
      <strong class="cut">${this.#names(mail.from)}</strong>
      <span class="cut">${mail.preview}</span>
      <time datetime=${mail.receivedAt}>${shortTime(mail.receivedAt, new Date())}</time>
    </button>`;
  }

  #whole(mail: Email): TemplateResult {
    const { words, inspected } = this;
    const name = `${mail.subject?.trim() || 'mail'}.eml`;
    return html`
      <section>
        <header>
          <div class="people">
            <strong class="from">${this.#names(mail.from)}</strong>
            <span class="address">${mail.from?.[0]?.name ? mail.from[0].email : ''}</span>
            <span class="to cut">${words.toRecipients(this.#names([...(mail.to ?? []), ...(mail.cc ?? [])]))}</span>
          </div>
          <div class="when">
            <time datetime=${mail.receivedAt} title=${longTime(mail.receivedAt)}>${shortTime(mail.receivedAt, new Date())}</time>
            <drop-menu .label=${words.moreActions} data-what="more">
              <span slot="icon">${icon('more')}</span>
              ${(['reply', 'replyAll', 'forward'] as const).map(
                (kind) =>
                  html`<button class="plain choice" data-what=${kind} @click=${() => this.#answer(kind)}>${words[kind]}</button>`,
              )}
              <a class="choice" href=${this.store.downloadUrl(mail.blobId, name, 'message/rfc822')} download=${name}>${words.downloadMail}</a>
              <a class="choice" data-what="readers" href=${readersPlaceText(mail.id)}>${words.readersOfMail}</a>
              <button class="plain choice" data-what="headers" @click=${() => this.#showHeaders(mail)}>${words.showHeaders}</button>
              <button class="plain choice" data-what="source" @click=${() => this.#showSource(mail)}>${words.showSource}</button>
              ${
                this.isAlone
                  ? nothing
                  : html`<button class="plain choice" @click=${() => this.store.opened.turn(mail.id)}>${words.hideDetails}</button>`
              }
            </drop-menu>
          </div>
        </header>
        <origin-line .store=${this.store} .mail=${mail}></origin-line>
        <button
          class="plain details-button"
          aria-expanded=${this.isDetailed}
          @click=${() => {
            this.isDetailed = !this.isDetailed;
          }}
        >
          ${this.isDetailed ? words.hideDetails : words.details}
        </button>
        ${this.isDetailed ? this.#details(mail) : nothing}
        <delivery-states .store=${this.store} .emailId=${mail.id}></delivery-states>
        <mail-body .files=${this.store} .mail=${mail}></mail-body>
        <attachment-list .files=${this.store} .mail=${mail}></attachment-list>
        <choice-dialog isWide .heading=${inspected.heading} .text=${inspected.note}>
          <pre tabindex="0">${inspected.text}</pre>
        </choice-dialog>
      </section>
    `;
  }

  #details(mail: Email): TemplateResult {
    const { words } = this;
    const lines: readonly [string, readonly Address[] | null | undefined][] = [
      [words.from, mail.from],
      [words.to, mail.to],
      [words.cc, mail.cc],
      [words.bcc, mail.bcc],
      [words.replyTo, mail.replyTo],
    ];
    return html`<dl>
      ${lines
        .filter(([, people]) => people?.length)
        .map(([label, people]) => html`<dt>${label}</dt><dd>${people!.map(addressText).join(', ')}</dd>`)}
      <dt>${words.date}</dt>
      <dd>${longTime(mail.sentAt ?? mail.receivedAt)}</dd>
    </dl>`;
  }

  #names(people: readonly Address[] | null | undefined): string {
    return (people ?? []).map(calledName).join(', ') || this.words.noSender;
  }
}

function addressText({ name, email }: Address): string {
  return name ? `${name} <${email}>` : email;
}

customElements.define('mail-view', MailView);
