/** The window in which a mail is written: beside what one reads, or over everything on a narrow screen. */
import { html, nothing, type TemplateResult } from 'lit';
import '../../elements/choice-dialog.ts';
import type { ChoiceDialog } from '../../elements/choice-dialog.ts';
import { icon } from '../../elements/icon.ts';
import { PageElement } from '../../elements/page-element.ts';
import { type Doubt, doubtsAbout } from './before-sending.ts';
import { type Draft, isBlank } from './draft.ts';
import { DraftElement } from './draft-element.ts';
import './draft-fields.ts';
import type { DraftFields, IdentityChange } from './draft-fields.ts';
import './draft-file-list.ts';
import './draft-text.ts';
import type { DraftText } from './draft-text.ts';
import './hold-line.ts';
import { doubtText, keepingText } from './keeping-text.ts';
import { windowLook } from './window-look.ts';

type Size = 'usual' | 'large' | 'small';

export class WritingWindow extends DraftElement {
  static override properties = {
    ...DraftElement.properties,
    size: { reflect: true },
    doubts: { state: true },
    isDraggedOver: { state: true },
  };
  static override styles = [PageElement.styles, windowLook];
  declare size: Size;
  declare doubts: readonly Doubt[];
  declare isDraggedOver: boolean;

  constructor() {
    super();
    this.size = 'usual';
    this.doubts = [];
    this.isDraggedOver = false;
  }

  get #fields(): DraftFields | null {
    return this.renderRoot.querySelector('draft-fields');
  }

  get #text(): DraftText | null {
    return this.renderRoot.querySelector('draft-text');
  }

  /** Where one goes on: at whom it goes to, or in the text. */
  async #begin(): Promise<void> {
    this.size = this.size === 'small' ? 'usual' : this.size;
    await this.updateComplete;
    await this.#fields?.updateComplete;
    if (this.desk.draft?.to.length === 0) this.#fields?.focusRecipients();
    else this.#text?.focus();
  }

  get #isAsking(): boolean {
    return [...this.renderRoot.querySelectorAll<ChoiceDialog>('choice-dialog')].some(({ isOpen }) => isOpen);
  }

  #onKey(event: KeyboardEvent): void {
    const { key, ctrlKey, metaKey } = event;
    if (event.defaultPrevented || this.#isAsking) return;
    if (key === 'Enter' && (ctrlKey || metaKey)) void this.#send();
    else if (key === 'Escape') void this.desk.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #onPicked(event: Event): void {
    const input = event.target as HTMLInputElement;
    this.desk.files.add([...(input.files ?? [])]);
    input.value = '';
  }

  /** Files dropped beside the text are attached, as by the button. */
  #onDrop(event: DragEvent): void {
    this.isDraggedOver = false;
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    this.desk.files.add(files);
  }

  #onPaste(event: ClipboardEvent): void {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    this.#text?.attach(files);
  }

  async #send(isSure = false): Promise<void> {
    const { desk } = this;
    this.#fields?.commit();
    const draft = { ...desk.draft!, ...desk.collect() };
    this.doubts = isSure ? [] : doubtsAbout(draft);
    if (this.doubts.length > 0 && draft.to.length + draft.cc.length + draft.bcc.length > 0)
      return this.renderRoot.querySelector<ChoiceDialog>('#doubts')?.show();
    if (!(await desk.send())) this.#focusFault();
  }

  #focusFault(): void {
    if (this.#fields?.focusFault()) return;
    this.renderRoot.querySelector<HTMLElement>('[role=alert]:not([hidden])')?.focus();
  }

  #discard(): void {
    if (isBlank({ ...this.desk.draft!, ...this.desk.collect() })) void this.desk.discard();
    else this.renderRoot.querySelector<ChoiceDialog>('#discard')?.show();
  }

  override render(): TemplateResult | typeof nothing {
    const { desk, words } = this;
    const { draft, faults } = desk;
    if (!draft) return nothing;
    const isSmall = this.size === 'small';
    return html`<section
      role="dialog"
      aria-label=${words.writeMail}
      class=${this.isDraggedOver ? 'dragged' : ''}
      @keydown=${this.#onKey}
      @paste=${this.#onPaste}
      @dragover=${(event: DragEvent) => {
        event.preventDefault();
        this.isDraggedOver = true;
      }}
      @dragleave=${() => {
        this.isDraggedOver = false;
      }}
      @drop=${this.#onDrop}
    >
      ${this.#bar(draft)}
      <draft-fields
        .desk=${desk}
        ?hidden=${isSmall}
        @identity=${({ detail }: CustomEvent<IdentityChange>) => this.#text?.sign(detail)}
      ></draft-fields>
      <draft-text .desk=${desk} ?hidden=${isSmall} @filled=${this.#begin}></draft-text>
      <div class="below" ?hidden=${isSmall}>
        <draft-file-list .desk=${desk} @emptied=${() => this.#text?.focus()}></draft-file-list>
        <hold-line .desk=${desk}></hold-line>
        <p class="fault" role="alert" tabindex="-1" ?hidden=${!faults.said.files}>${faults.said.files}</p>
        <p class="fault" role="alert" tabindex="-1" ?hidden=${!faults.said.text}>${faults.said.text}</p>
        ${this.#footer(draft)}
      </div>
      ${this.#dialogs()}
    </section>`;
  }

  #bar(draft: Draft): TemplateResult {
    const { words, size, desk } = this;
    const button = (what: Size, label: string, picture: 'minimise' | 'enlarge' | 'shrink') =>
      html`<button
        class="plain icon size"
        data-what=${what}
        aria-label=${label}
        title=${label}
        @click=${() => {
          this.size = what;
        }}
      >
        ${icon(picture)}
      </button>`;
    return html`<header>
      <h2 class="cut">${draft.subject.trim() || words.newMail}</h2>
      ${size === 'small' ? button('usual', words.enlarge, 'enlarge') : button('small', words.minimise, 'minimise')}
      ${size === 'large' ? button('usual', words.shrink, 'shrink') : size === 'usual' ? button('large', words.enlarge, 'enlarge') : nothing}
      <button class="plain icon" data-what="close" aria-label=${words.closeDraft} title=${words.closeDraft} @click=${() => desk.close()}>
        ${icon('close')}
      </button>
    </header>`;
  }

  #footer(draft: Draft): TemplateResult {
    const { desk, words } = this;
    return html`<footer>
      <button class="primary" data-what="send" ?disabled=${desk.isSending} @click=${() => this.#send()}>
        ${icon('sent')}${desk.isSending ? words.sendingNow : words.send}
      </button>
      <label class="attach" title=${words.attachFiles}>
        ${icon('clip')}<span class="only-spoken">${words.attachFiles}</span>
        <input type="file" multiple @change=${this.#onPicked} />
      </label>
      <button
        class="plain icon"
        data-what="rich"
        aria-label=${draft.isRich ? words.toPlainText : words.toRichText}
        title=${draft.isRich ? words.toPlainText : words.toRichText}
        @click=${() => this.#text?.turn()}
      >
        ${icon(draft.isRich ? 'plainText' : 'bold')}
      </button>
      <span class="keeping cut" role="status">${keepingText(desk.keeping, words)}</span>
      <button class="plain icon" data-what="discard" aria-label=${words.discardDraft} title=${words.discardDraft} @click=${this.#discard}>
        ${icon('trash')}
      </button>
    </footer>`;
  }

  #dialogs(): TemplateResult {
    const { words, doubts, desk } = this;
    return html`
      <choice-dialog id="doubts" .heading=${words.sendAllTheSame} .confirm=${words.send} isHarmless @confirm=${() => this.#send(true)}>
        <ul class="doubts">
          ${doubts.map((doubt) => html`<li>${doubtText(doubt, desk.draft!, words)}</li>`)}
        </ul>
      </choice-dialog>
      <choice-dialog
        id="discard"
        .heading=${words.discardTitle}
        .text=${words.discardNext}
        .confirm=${words.discardDraft}
        @confirm=${() => desk.discard()}
      ></choice-dialog>
    `;
  }
}

customElements.define('writing-window', WritingWindow);
