/** Under which name and with which signature one writes, for each of one's addresses (RFC 8621 §6). */
import { css, html, type TemplateResult } from 'lit';
import '../../elements/choice-dialog.ts';
import type { ChoiceDialog } from '../../elements/choice-dialog.ts';
import { PageElement } from '../../elements/page-element.ts';
import type { Identity } from './answer.ts';
import type { WritingDesk } from './writing-desk.ts';

/** What the server takes. */
const maxNameCharacters = 255;
const maxSignatureCharacters = 10_000;

export class SignatureDialog extends PageElement {
  static override properties = { desk: { attribute: false }, chosen: { state: true } };
  static override styles = [
    PageElement.styles,
    css`
      .fields {
        display: grid;
        gap: var(--gap-3);
        margin-top: var(--gap-4);
      }
      label {
        display: grid;
        gap: var(--gap-1);
        color: var(--ink-soft);
        font-size: var(--size-small);
      }
      input,
      select,
      textarea {
        min-height: 2.25rem;
        min-width: 0;
        padding: var(--gap-2);
        border: 1px solid var(--line-strong);
        border-radius: var(--radius);
        background: var(--surface-raised);
        color: var(--ink);
        font: var(--size-text) / 1.5 var(--font);
      }
      textarea {
        min-height: 9rem;
        resize: vertical;
      }
    `,
  ];
  declare desk: WritingDesk;
  /** Null: the first one. */
  declare chosen: string | null;
  readonly #onChange = (): void => this.requestUpdate();

  constructor() {
    super();
    this.chosen = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.desk.addEventListener('change', this.#onChange);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.desk.removeEventListener('change', this.#onChange);
  }

  async show(): Promise<void> {
    await this.desk.fetchIdentities();
    this.renderRoot.querySelector<ChoiceDialog>('choice-dialog')?.show();
    this.#fill();
  }

  get #identity(): Identity | null {
    const { identities } = this.desk;
    return identities.find(({ id }) => id === this.chosen) ?? identities[0] ?? null;
  }

  get #name(): HTMLInputElement {
    return this.renderRoot.querySelector('input')!;
  }

  get #signature(): HTMLTextAreaElement {
    return this.renderRoot.querySelector('textarea')!;
  }

  #choose(event: Event): void {
    this.chosen = (event.target as HTMLSelectElement).value;
    this.#fill();
  }

  #fill(): void {
    this.#name.value = this.#identity?.name ?? '';
    this.#signature.value = this.#identity?.textSignature ?? '';
  }

  #keep(): void {
    const identity = this.#identity;
    if (identity) void this.desk.describe(identity, this.#name.value.trim(), this.#signature.value.trimEnd());
  }

  override render(): TemplateResult {
    const { words, desk } = this;
    return html`<choice-dialog
      .heading=${words.signatures}
      .text=${words.signaturesNext}
      .confirm=${words.keepSignature}
      isHarmless
      @confirm=${this.#keep}
    >
      <div class="fields">
        <label>
          ${words.from}
          <select data-field="identity" @change=${this.#choose}>
            ${desk.identities.map(({ id, email }) => html`<option value=${id}>${email}</option>`)}
          </select>
        </label>
        <label>${words.senderName}<input data-field="name" maxlength=${maxNameCharacters} /></label>
        <label>
          ${words.signature}<textarea data-field="signature" maxlength=${maxSignatureCharacters}></textarea>
        </label>
      </div>
    </choice-dialog>`;
  }
}

customElements.define('signature-dialog', SignatureDialog);
