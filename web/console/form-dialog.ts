/** A form in a dialog: fields as they are described, what is wrong said beside them, work that takes time said in words. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { ConsoleElement } from './console-element.ts';
import { dialogLook } from './dialog-look.ts';
import { problemText, wrongFields } from './problem-words.ts';

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly kind: 'text' | 'email' | 'password' | 'number' | 'lines' | 'select' | 'checks';
  readonly value?: string | readonly string[];
  /** Value and label. */
  readonly options?: readonly (readonly [string, string])[];
  readonly hint?: string;
  readonly isRequired?: boolean;
}

/** What was filled in; lists are arrays. */
export type Filled = Readonly<Record<string, string | readonly string[]>>;

export interface FormPlan {
  readonly heading: string;
  readonly text?: string;
  readonly fields: readonly Field[];
  readonly confirm: string;
  readonly isDanger?: boolean;
  /** The dialog closes when it resolves; where it rejects, what was wrong is said. */
  perform(filled: Filled): Promise<void>;
}

export class FormDialog extends ConsoleElement {
  static override properties = {
    plan: { state: true },
    fault: { state: true },
    wrong: { state: true },
    isBusy: { state: true },
  };
  static override styles = [
    ...ConsoleElement.styles,
    dialogLook,
    css`
      fieldset {
        margin: 0;
        padding: 0;
        border: 0;
      }
      legend {
        padding: 0;
        font-size: var(--size-small);
        font-weight: 600;
        color: var(--ink-soft);
      }
    `,
  ];
  declare plan: FormPlan | null;
  declare fault: string;
  declare wrong: readonly string[];
  declare isBusy: boolean;

  constructor() {
    super();
    this.plan = null;
    this.fault = '';
    this.wrong = [];
    this.isBusy = false;
  }

  async open(plan: FormPlan): Promise<void> {
    // The fields of the form before are not to be reused for this one.
    this.plan = null;
    await this.updateComplete;
    this.plan = plan;
    this.fault = '';
    this.wrong = [];
    await this.updateComplete;
    this.renderRoot.querySelector('dialog')?.showModal();
  }

  #close(): void {
    this.renderRoot.querySelector('dialog')?.close();
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const { plan, say } = this;
    if (!plan || this.isBusy) return;
    const filled = filledIn(plan.fields, new FormData(event.target as HTMLFormElement));
    this.wrong = plan.fields
      .filter(({ isRequired, name }) => isRequired && isEmpty(filled[name]))
      .map(({ name }) => name);
    this.fault = this.wrong.length > 0 ? say.requiredField : '';
    if (this.wrong.length > 0) return this.#showFirstWrong();
    this.isBusy = true;
    try {
      await plan.perform(filled);
      this.#close();
    } catch (error) {
      this.fault = problemText(error, say);
      this.wrong = wrongFields(error);
      this.#showFirstWrong();
    } finally {
      this.isBusy = false;
    }
  }

  #showFirstWrong(): void {
    const [first] = this.wrong;
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>(`[name="${first}"]`)?.focus(),
    );
  }

  override render(): TemplateResult {
    const { plan, say, words } = this;
    return html`<dialog aria-labelledby="heading">
      ${
        plan
          ? html`<form novalidate @submit=${this.#submit}>
              <h2 id="heading">${plan.heading}</h2>
              <p class="soft" ?hidden=${!plan.text}>${plan.text}</p>
              <p class="fault" role="alert" ?hidden=${this.fault === ''}>${this.fault}</p>
              ${plan.fields.map((field) => this.#field(field))}
              <footer>
                <button type="button" @click=${() => this.#close()}>${words.cancel}</button>
                <button class=${plan.isDanger ? 'danger' : 'primary'} ?disabled=${this.isBusy}>
                  ${this.isBusy ? say.isWorking : plan.confirm}
                </button>
              </footer>
            </form>`
          : nothing
      }
    </dialog>`;
  }

  #field(field: Field): TemplateResult {
    const { label, hint, kind, options = [], value = '', name } = field;
    if (kind === 'checks')
      return html`<fieldset>
        <legend>${label}</legend>
        ${options.map(
          ([each, text]) => html`<label class="check">
            <input type="checkbox" name=${name} value=${each} ?checked=${value.includes(each)} />${text}
          </label>`,
        )}
      </fieldset>`;
    return html`<label>${label}${this.#input(field)}${hint ? html`<span class="hint">${hint}</span>` : nothing}</label>`;
  }

  #input({ kind, name, value = '', options = [] }: Field): TemplateResult {
    const isWrong = this.wrong.includes(name);
    const text = String(value);
    if (kind === 'lines')
      return html`<textarea name=${name} aria-invalid=${isWrong} spellcheck="false" .value=${text}></textarea>`;
    if (kind === 'select')
      return html`<select name=${name} aria-invalid=${isWrong}>
        ${options.map(([each, shown]) => html`<option value=${each} ?selected=${each === text}>${shown}</option>`)}
      </select>`;
    return html`<input
      type=${kind}
      name=${name}
      .value=${text}
      aria-invalid=${isWrong}
      autocomplete=${kind === 'password' ? 'new-password' : 'off'}
    />`;
  }
}

function filledIn(fields: readonly Field[], data: FormData): Filled {
  return Object.fromEntries(
    fields.map(({ name, kind }) => {
      const value = data.get(name);
      if (kind === 'checks') return [name, data.getAll(name).map(String)];
      if (kind === 'lines')
        return [
          name,
          String(value ?? '')
            .split('\n')
            .map((line) => line.trim())
            .filter((line) => line !== ''),
        ];
      return [name, String(value ?? '').trim()];
    }),
  );
}

function isEmpty(value: Filled[string] | undefined): boolean {
  return value === undefined || value.length === 0;
}

/** A text of what was filled in. */
export function textOf(filled: Filled, name: string): string {
  const value = filled[name];
  return typeof value === 'string' ? value : '';
}

export function listOf(filled: Filled, name: string): string[] {
  const value = filled[name];
  return Array.isArray(value) ? [...(value as readonly string[])] : [];
}

customElements.define('form-dialog', FormDialog);
