/** The head of a mail that is written: under which address, to whom, about what. */
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { PageElement } from '../../elements/page-element.ts';
import './address-field.ts';
import type { AddressField } from './address-field.ts';
import type { Identity } from './answer.ts';
import type { Draft, RecipientField } from './draft.ts';
import { DraftElement } from './draft-element.ts';

/** From one address to another. */
export interface IdentityChange {
  readonly before: Identity | null;
  readonly next: Identity;
}

export class DraftFields extends DraftElement {
  static override properties = { ...DraftElement.properties, shownFields: { state: true } };
  static override styles = [
    PageElement.styles,
    css`
      label.subject,
      label.from {
        display: flex;
        align-items: center;
        gap: var(--gap-2);
        min-height: 2.5rem;
        padding: 0 var(--gap-4);
        border-bottom: 1px solid var(--line);
      }
      label span {
        flex: none;
        min-width: 3.75rem;
        color: var(--ink-soft);
      }
      label.subject input,
      label.from select {
        flex: 1;
        min-width: 0;
        height: 2.25rem;
        padding: 0;
        border: 0;
        outline: 0;
        background: transparent;
      }
      label.from select {
        background: var(--surface-raised);
        text-overflow: ellipsis;
      }
      label:focus-within {
        box-shadow: inset 2px 0 0 var(--accent);
      }
      .more {
        min-height: 1.875rem;
        padding: 0 var(--gap-2);
        color: var(--ink-soft);
      }
      .fault {
        margin: 0;
        padding: var(--gap-2) var(--gap-4);
        background: var(--danger-surface);
        color: var(--danger);
        font-size: var(--size-small);
        white-space: pre-line;
      }
    `,
  ];
  /** Cc and Bcc where they were asked for. */
  declare shownFields: ReadonlySet<RecipientField>;
  /** The draft that it shows the fields of. */
  #key: string | null = null;

  constructor() {
    super();
    this.shownFields = new Set();
  }

  override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    const { draft } = this.desk;
    if (!draft || draft.key === this.#key) return;
    this.#key = draft.key;
    this.shownFields = new Set((['cc', 'bcc'] as const).filter((name) => draft[name].length > 0));
  }

  #field(name: RecipientField): AddressField | null {
    return this.renderRoot.querySelector<AddressField>(`address-field[data-field=${name}]`);
  }

  focusRecipients(): void {
    this.#field('to')?.focus();
  }

  /** What is typed and not taken up yet is taken up. */
  commit(): void {
    for (const field of this.renderRoot.querySelectorAll<AddressField>('address-field')) field.commit();
  }

  /** False where nothing is said to be wrong here. */
  focusFault(): boolean {
    const fault = this.renderRoot.querySelector<HTMLElement>('[role=alert]:not([hidden])');
    fault?.focus();
    return fault !== null;
  }

  #choose(event: Event): void {
    const { desk } = this;
    const before = desk.identity;
    const next = desk.identities.find(({ id }) => id === (event.target as HTMLSelectElement).value);
    if (!next) return;
    desk.change({ identityId: next.id });
    this.dispatchEvent(new CustomEvent<IdentityChange>('identity', { detail: { before, next } }));
  }

  #showField(name: RecipientField): void {
    this.shownFields = new Set([...this.shownFields, name]);
    void this.updateComplete.then(() => this.#field(name)?.focus());
  }

  override render(): TemplateResult | typeof nothing {
    const { desk, words } = this;
    const { draft } = desk;
    if (!draft) return nothing;
    return html`${this.#from(draft)} ${this.#recipients(draft)}
      <label class="subject">
        <span>${words.subject}</span>
        <input
          data-field="subject"
          .value=${draft.subject}
          maxlength="900"
          @input=${(event: Event) => desk.change({ subject: (event.target as HTMLInputElement).value })}
        />
      </label>`;
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
}

customElements.define('draft-fields', DraftFields);
