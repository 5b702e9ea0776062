/** The window in which a mail is written: beside what one reads, or over everything on a narrow screen. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import '../../elements/choice-dialog.ts';
import type { ChoiceDialog } from '../../elements/choice-dialog.ts';
import { icon } from '../../elements/icon.ts';
import { PageElement } from '../../elements/page-element.ts';
import './address-field.ts';
import type { AddressField } from './address-field.ts';
import { type Doubt, doubtsAbout } from './before-sending.ts';
import { type Draft, isBlank, type RecipientField } from './draft.ts';
import './draft-file-list.ts';
import { htmlOf } from './html-text.ts';
import { doubtText, keepingText } from './keeping-text.ts';
import './rich-editor.ts';
import type { RichEditor } from './rich-editor.ts';
import { resigned, signatureHtml } from './signature.ts';
import { windowLook } from './window-look.ts';
import type { WritingDesk } from './writing-desk.ts';

type Size = 'usual' | 'large' | 'small';

export class WritingWindow extends PageElement {
  static override properties = {
    desk: { attribute: false },
    size: { reflect: true },
    shownFields: { state: true },
    doubts: { state: true },
    isDraggedOver: { state: true },
  };
  static override styles = [PageElement.styles, windowLook];
  declare desk: WritingDesk;
  declare size: Size;
  /** Cc and Bcc where they were asked for. */
  declare shownFields: ReadonlySet<RecipientField>;
  declare doubts: readonly Doubt[];
  declare isDraggedOver: boolean;
  /** The draft that the fields were filled with. */
  #filled: string | null = null;

  constructor() {
    super();
    this.size = 'usual';
    this.shownFields = new Set();
    this.doubts = [];
    this.isDraggedOver = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.desk.addEventListener('change', this.#onChange);
    this.desk.collect = () => this.#collected();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.desk.removeEventListener('change', this.#onChange);
    this.desk.collect = () => ({});
  }

  readonly #onChange = (): void => this.requestUpdate();

  get #editor(): RichEditor | null {
    return this.renderRoot.querySelector('rich-editor');
  }

  #field(name: RecipientField): AddressField | null {
    return this.renderRoot.querySelector<AddressField>(`address-field[data-field=${name}]`);
  }

  override updated(changed: PropertyValues): void {
    super.updated(changed);
    const { draft } = this.desk;
    if (!draft || draft.key === this.#filled) return;
    this.#filled = draft.key;
    this.size = this.size === 'small' ? 'usual' : this.size;
    this.shownFields = new Set((['cc', 'bcc'] as const).filter((name) => draft[name].length > 0));
    this.desk.collect = () => this.#collected();
    this.#fill(draft);
    void this.updateComplete.then(() => this.#focusFirst(draft));
  }

  /** The text goes in once; from then on the field has it. */
  #fill(draft: Draft): void {
    const plain = this.renderRoot.querySelector('textarea');
    if (plain) {
      plain.value = draft.text;
      plain.setSelectionRange(0, 0);
    }
    if (draft.isRich && this.#editor?.text) this.#editor.write(draft.html);
  }

  /** Where one goes on: at whom it goes to, or in the text. */
  #focusFirst(draft: Draft): void {
    if (draft.to.length === 0) this.#field('to')?.focus();
    else this.#focusText();
  }

  #focusText(): void {
    if (this.desk.draft?.isRich) this.#editor?.text?.focus();
    else this.renderRoot.querySelector('textarea')?.focus();
  }

  #collected(): Partial<Draft> {
    const { draft } = this.desk;
    const text = this.#editor?.text;
    if (!draft?.isRich)
      return { text: this.renderRoot.querySelector('textarea')?.value ?? draft?.text ?? '' };
    return draft.key === this.#filled && text ? { html: text.html(), text: text.text() } : {};
  }

  #onReady(): void {
    const { draft } = this.desk;
    if (!draft?.isRich) return;
    this.#editor?.write(draft.html);
    if (draft.to.length > 0) this.#editor?.text?.focus();
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

  #turnRich(): void {
    const { desk } = this;
    const collected = this.#collected();
    const isRich = !desk.draft!.isRich;
    const text = collected.text ?? '';
    this.#filled = null;
    desk.change({ ...collected, isRich, ...(isRich ? { html: htmlOf(text) } : { html: '' }) });
  }

  #choose(event: Event): void {
    const { desk } = this;
    const before = desk.identity;
    const next = desk.identities.find(({ id }) => id === (event.target as HTMLSelectElement).value);
    if (!next) return;
    desk.change({ identityId: next.id });
    const plain = this.renderRoot.querySelector('textarea');
    if (plain) plain.value = resigned(plain.value, before, next);
    this.#editor?.text?.sign(signatureHtml(next));
    desk.touch();
  }

  #attach(files: readonly File[]): void {
    const { files: draftFiles, draft } = this.desk;
    const shown = draft?.isRich
      ? files.filter(({ type }) => /^image\/(?:png|jpe?g|gif|webp)$/.test(type))
      : [];
    for (const picture of shown) this.#showPicture(picture);
    const others = files.filter((file) => !shown.includes(file));
    if (others.length > 0) draftFiles.add(others);
  }

  #showPicture(file: File): void {
    const cid = this.desk.files.addShown(file);
    this.#editor?.text?.insertPicture(cid, URL.createObjectURL(file), file.name);
    this.desk.touch();
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
    this.#attach(files);
  }

  async #send(isSure = false): Promise<void> {
    const { desk } = this;
    for (const field of this.renderRoot.querySelectorAll<AddressField>('address-field')) field.commit();
    const draft = { ...desk.draft!, ...this.#collected() };
    this.doubts = isSure ? [] : doubtsAbout(draft);
    if (this.doubts.length > 0 && draft.to.length + draft.cc.length + draft.bcc.length > 0)
      return this.renderRoot.querySelector<ChoiceDialog>('#doubts')?.show();
    if (!(await desk.send()))
      this.renderRoot.querySelector<HTMLElement>('[role=alert]:not([hidden])')?.focus();
  }

  #discard(): void {
    const draft = { ...this.desk.draft!, ...this.#collected() };
    if (isBlank(draft)) void this.desk.discard();
    else this.renderRoot.querySelector<ChoiceDialog>('#discard')?.show();
  }

  override render(): TemplateResult | typeof nothing {
    const { desk, words, size } = this;
    const { draft, faults } = desk;
    if (!draft) return nothing;
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
      <div class="fields" ?hidden=${size === 'small'}>
        ${this.#from(draft)} ${this.#recipients(draft)}
        <label class="subject">
          <span>${words.subject}</span>
          <input
            data-field="subject"
            .value=${draft.subject}
            maxlength="900"
            @input=${(event: Event) => desk.change({ subject: (event.target as HTMLInputElement).value })}
          />
        </label>
      </div>
      <div class="text" ?hidden=${size === 'small'}>${this.#text(draft)}</div>
      <div class="below" ?hidden=${size === 'small'}>
        <draft-file-list .desk=${desk} @emptied=${this.#focusText}></draft-file-list>
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

  #from(draft: Draft): TemplateResult | typeof nothing {
    const { desk, words } = this;
    if (desk.identities.length < 2 && !desk.faults.said.from) return nothing;
    return html`<label class="from">
        <span>${words.from}</span>
        <select data-field="from" @change=${this.#choose}>
          ${desk.identities.map(
            ({ id, name, email }) =>
              html`<option value=${id} ?selected=${id === draft.identityId}>${name ? `${name} <${email}>` : email}</option>`,
          )}
        </select>
      </label>
      <p class="fault" role="alert" tabindex="-1" ?hidden=${!desk.faults.said.from}>${desk.faults.said.from}</p>`;
  }

  #recipients(draft: Draft): TemplateResult {
    const { shownFields } = this;
    const hidden = (['cc', 'bcc'] as const).filter(
      (name) => !shownFields.has(name) && draft[name].length === 0,
    );
    const shown = (['to', 'cc', 'bcc'] as const).filter((name) => !hidden.includes(name as 'cc'));
    return html`${shown.map((name) => this.#addressField(name, draft, name === 'to' ? hidden : []))}`;
  }

  #addressField(name: RecipientField, draft: Draft, hidden: readonly RecipientField[]): TemplateResult {
    const { desk, words } = this;
    return html`<address-field
      data-field=${name}
      .label=${words[name]}
      .people=${draft[name]}
      .refused=${desk.faults.refused}
      .fault=${name === 'to' ? (desk.faults.said.to ?? '') : ''}
      .known=${desk.known}
      @people=${(event: CustomEvent<Draft['to']>) => desk.change({ [name]: event.detail })}
    >
      ${hidden.map(
        (other) =>
          html`<button class="plain more" data-what=${other} @click=${() => this.#showField(other)}>${words[other]}</button>`,
      )}
    </address-field>`;
  }

  #showField(name: RecipientField): void {
    this.shownFields = new Set([...this.shownFields, name]);
    void this.updateComplete.then(() => this.#field(name)?.focus());
  }

  #text(draft: Draft): TemplateResult {
    const { desk, words } = this;
    return draft.isRich
      ? html`<rich-editor
        .label=${words.mailText}
        .pictureOf=${(cid: string) => desk.files.pictureOf(cid)}
        @ready=${this.#onReady}
        @changed=${() => desk.touch()}
        @files=${(event: CustomEvent<readonly File[]>) => this.#attach(event.detail)}
      ></rich-editor>`
      : html`<textarea aria-label=${words.mailText} @input=${() => desk.touch()}></textarea>`;
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
        @click=${this.#turnRich}
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
