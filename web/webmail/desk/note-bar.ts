/** Acting on one mail of a desk or on several: a text, and a button for each outcome. Nothing else on the page acts. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { StoreElement } from '../store-element.ts';

export abstract class NoteBar<Act extends string> extends StoreElement {
  static override properties = { ...StoreElement.properties, isWordless: { state: true } };
  static override styles = [
    StoreElement.styles,
    css`
      :host {
        display: block;
        padding: var(--gap-3) var(--gap-6);
        border-top: 1px solid var(--line);
        background: var(--surface-raised);
      }
      label {
        display: flex;
        flex-wrap: wrap;
        gap: 0 var(--gap-2);
        font-weight: 600;
      }
      small {
        color: var(--ink-soft);
        font-weight: 400;
      }
      textarea {
        display: block;
        width: 100%;
        min-height: 3.5rem;
        max-height: 12rem;
        margin: var(--gap-1) 0 var(--gap-2);
        padding: var(--gap-2) var(--gap-3);
        border: 1px solid var(--line-strong);
        border-radius: var(--radius);
        background: var(--surface);
        color: inherit;
        font: inherit;
        resize: vertical;
      }
      textarea[aria-invalid='true'] {
        border-color: var(--danger);
      }
      .fault {
        margin: 0 0 var(--gap-2);
        color: var(--danger);
      }
      .choices {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: var(--gap-2);
      }
      @media (max-width: 860px) {
        :host {
          padding: var(--gap-3) var(--gap-4);
        }
        .choices button {
          flex: 1;
          min-height: 2.75rem;
        }
      }
    `,
  ];
  /** A text is wanted, and there is none. */
  declare isWordless: boolean;

  constructor() {
    super();
    this.isWordless = false;
  }

  /** Label, what becomes of the text, and what is said where it is missing. */
  protected abstract get said(): readonly [label: string, next: string, missing: string];
  protected abstract wantsText(act: Act): boolean;
  /** False where nothing was done. */
  protected abstract carryOut(act: Act, text: string): Promise<boolean>;
  protected abstract buttons(): TemplateResult;

  get #field(): HTMLTextAreaElement | null {
    return this.renderRoot.querySelector('textarea');
  }

  /** Where the next key acts: on the button, or in the text that it wants. */
  begin(act: Act): void {
    const isAsked = this.wantsText(act) && this.#field?.value.trim() === '';
    if (isAsked) this.#field?.focus();
    else this.renderRoot.querySelector<HTMLElement>(`[data-what=${act}]`)?.focus();
  }

  protected async act(act: Act): Promise<void> {
    const text = this.#field?.value.trim() ?? '';
    this.isWordless = this.wantsText(act) && text === '';
    if (this.isWordless) return this.#field?.focus();
    const isDone = await this.carryOut(act, text);
    if (isDone && this.#field) this.#field.value = '';
  }

  override render(): TemplateResult {
    const { isWordless } = this;
    const [label, next, missing] = this.said;
    return html`
      <label for="text">${label}<small>${next}</small></label>
      <textarea
        id="text"
        maxlength="4000"
        aria-invalid=${isWordless}
        aria-describedby=${isWordless ? 'fault' : nothing}
        @input=${() => {
          this.isWordless = false;
        }}
      ></textarea>
      <p class="fault" id="fault" role="alert" ?hidden=${!isWordless}>${missing}</p>
      <div class="choices">${this.buttons()}</div>
    `;
  }
}
