/** The text of a mail that is written, rich or plain, with the pictures in it. The draft collects from here what is typed. */
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { PageElement } from '../../elements/page-element.ts';
import type { Draft } from './draft.ts';
import { DraftElement } from './draft-element.ts';
import type { IdentityChange } from './draft-fields.ts';
import { htmlOf } from './html-text.ts';
import './rich-editor.ts';
import type { RichEditor } from './rich-editor.ts';
import { resigned, signatureHtml } from './signature.ts';

const pictures = /^image\/(?:png|jpe?g|gif|webp)$/;

export class DraftText extends DraftElement {
  static override styles = [
    PageElement.styles,
    css`
      :host {
        display: grid;
        min-height: 0;
      }
      textarea {
        width: 100%;
        height: 100%;
        min-height: 8rem;
        padding: var(--gap-3) var(--gap-4);
        border: 0;
        outline: 0;
        resize: none;
        background: transparent;
        color: inherit;
        font: var(--size-text) / 1.6 var(--font);
      }
    `,
  ];
  /** The draft that the field was filled with. */
  #filled: string | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.desk.collect = () => this.#collected();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.desk.collect = () => ({});
  }

  /** The text goes in once; from then on the field has it. `filled` is fired then. */
  override updated(changed: PropertyValues): void {
    super.updated(changed);
    const { draft } = this.desk;
    if (!draft || draft.key === this.#filled) return;
    this.#filled = draft.key;
    this.desk.collect = () => this.#collected();
    this.#fill(draft);
    void this.updateComplete.then(() => this.dispatchEvent(new Event('filled')));
  }

  get #editor(): RichEditor | null {
    return this.renderRoot.querySelector('rich-editor');
  }

  get #plain(): HTMLTextAreaElement | null {
    return this.renderRoot.querySelector('textarea');
  }

  override focus(): void {
    if (this.desk.draft?.isRich) this.#editor?.text?.focus();
    else this.#plain?.focus();
  }

  /** From rich text to plain, or back; what is written stays. */
  turn(): void {
    const { desk } = this;
    const collected = this.#collected();
    const isRich = !desk.draft!.isRich;
    this.#filled = null;
    desk.change({ ...collected, isRich, html: isRich ? htmlOf(collected.text ?? '') : '' });
  }

  /** Under another address there is another signature. */
  sign({ before, next }: IdentityChange): void {
    if (this.#plain) this.#plain.value = resigned(this.#plain.value, before, next);
    this.#editor?.text?.sign(signatureHtml(next));
    this.desk.touch();
  }

  /** Pictures stand in rich text; everything else is attached. */
  attach(files: readonly File[]): void {
    const { files: draftFiles, draft } = this.desk;
    const shown = draft?.isRich ? files.filter(({ type }) => pictures.test(type)) : [];
    for (const picture of shown) this.#showPicture(picture);
    const others = files.filter((file) => !shown.includes(file));
    if (others.length > 0) draftFiles.add(others);
  }

  #showPicture(file: File): void {
    const cid = this.desk.files.addShown(file);
    this.#editor?.text?.insertPicture(cid, URL.createObjectURL(file), file.name);
    this.desk.touch();
  }

  #fill(draft: Draft): void {
    if (this.#plain) {
      this.#plain.value = draft.text;
      this.#plain.setSelectionRange(0, 0);
    }
    if (draft.isRich && this.#editor?.text) this.#editor.write(draft.html);
  }

  #collected(): Partial<Draft> {
    const { draft } = this.desk;
    const text = this.#editor?.text;
    if (!draft?.isRich) return { text: this.#plain?.value ?? draft?.text ?? '' };
    return draft.key === this.#filled && text ? { html: text.html(), text: text.text() } : {};
  }

  #onReady(): void {
    const { draft } = this.desk;
    if (!draft?.isRich) return;
    this.#editor?.write(draft.html);
    if (draft.to.length > 0) this.#editor?.text?.focus();
  }

  override render(): TemplateResult | typeof nothing {
    const { desk, words } = this;
    if (!desk.draft) return nothing;
    return desk.draft.isRich
      ? html`<rich-editor
        .label=${words.mailText}
        .pictureOf=${(cid: string) => desk.files.pictureOf(cid)}
        @ready=${this.#onReady}
        @changed=${() => desk.touch()}
        @files=${(event: CustomEvent<readonly File[]>) => this.attach(event.detail)}
      ></rich-editor>`
      : html`<textarea aria-label=${words.mailText} @input=${() => desk.touch()}></textarea>`;
  }
}

customElements.define('draft-text', DraftText);
