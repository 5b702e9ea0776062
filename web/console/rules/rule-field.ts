/** One member of a rule, asked for in the way of its kind. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { optionWord, wordAt } from '../../i18n/rules/rule-words.ts';
import { RuleElement } from './rule-element.ts';
import { type RuleField as Field, reviewingOffices, textPlaces } from './rule-fields.ts';
import { textsOf } from './rule-value.ts';

export class RuleFieldInput extends RuleElement {
  static override properties = { ...RuleElement.properties, field: { attribute: false }, of: {} };
  static override styles = [
    ...RuleElement.styles,
    css`
      label {
        grid-template-columns: minmax(0, 1fr);
      }
      textarea {
        min-height: 3.75rem;
      }
      fieldset {
        display: flex;
        flex-wrap: wrap;
        gap: 0 var(--gap-4);
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
      fieldset > label:not(.check) {
        flex: 1 1 100%;
      }
    `,
  ];
  declare field: Field;
  /** What the member belongs to: `scope`, the name of a test or of an action. */
  declare of: string;

  get #label(): string {
    return wordAt(this.rules, `field.${this.of}.${this.field.name}`);
  }

  override render(): TemplateResult {
    const problem = this.problemAt(this.path);
    return html`${this.#control(problem !== null)}
      ${
        problem === null
          ? nothing
          : html`<p class="wrong" id="wrong" role="alert">
              ${problem === '' ? this.rules.missingHere : html`${this.rules.wrongHere} <span lang="en" translate="no">${problem}</span>`}
            </p>`
      }`;
  }

  #control(isWrong: boolean): TemplateResult {
    switch (this.field.kind) {
      case 'choices':
        return this.#group(this.#checks(this.field.options ?? [], textsOf(this.value)));
      case 'places':
        return this.#places(isWrong);
      case 'people':
        return this.#people(isWrong);
      case 'reviewer':
        return this.#reviewer(isWrong);
      default:
        return html`<label>${this.#label}${this.#input(isWrong)}</label>`;
    }
  }

  #input(isWrong: boolean): TemplateResult {
    const { field, rules, value } = this;
    const { name, kind } = field;
    const text = value === undefined || typeof value === 'object' ? '' : String(value);
    switch (kind) {
      case 'prose':
        return html`<textarea name=${name} aria-invalid=${isWrong} .value=${text} @input=${(event: Event) => this.#take(event)}></textarea>`;
      case 'lines':
        return this.#lines(name, isWrong, textsOf(value), (lines) => this.#give(lines));
      case 'choice':
        return html`<select name=${name} aria-invalid=${isWrong} @change=${(event: Event) => this.#take(event)}>
          <option value="" ?selected=${text === ''}>${rules.asWithout}</option>
          ${(field.options ?? []).map(
            (each) =>
              html`<option value=${each} ?selected=${each === text}>${optionWord(rules, this.of, each)}</option>`,
          )}
        </select>`;
      case 'number':
        return html`<input
          type="number" min="0" name=${name} aria-invalid=${isWrong} .value=${text}
          @input=${(event: Event) => {
            const typed = (event.target as HTMLInputElement).value;
            this.change(typed === '' ? undefined : Number(typed));
          }}
        />`;
      case 'instant':
        return html`<input
          type="datetime-local" name=${name} aria-invalid=${isWrong} .value=${localTime(text)}
          @change=${(event: Event) => this.#give(instantOf((event.target as HTMLInputElement).value))}
        />`;
      default:
        return html`<input
          type=${kind === 'clock' ? 'time' : 'text'} name=${name} aria-invalid=${isWrong} .value=${text} spellcheck="false"
          @input=${(event: Event) => this.#take(event)}
        />`;
    }
  }

  #take(event: Event): void {
    this.#give((event.target as HTMLInputElement).value);
  }

  /** Nothing is left out where it may be. */
  #give(value: string | readonly string[]): void {
    this.change(value.length === 0 && !this.field.isRequired ? undefined : value);
  }

  #lines(
    name: string,
    isWrong: boolean,
    texts: readonly string[],
    take: (lines: readonly string[]) => void,
  ): TemplateResult {
    return html`<textarea
      name=${name}
      aria-invalid=${isWrong}
      spellcheck="false"
      placeholder=${this.rules.onePerLine}
      .value=${texts.join('\n')}
      @change=${(event: Event) => take(linesOf((event.target as HTMLTextAreaElement).value))}
    ></textarea>`;
  }

  #group(content: unknown): TemplateResult {
    return html`<fieldset><legend>${this.#label}</legend>${content}</fieldset>`;
  }

  /** What is chosen otherwise stays. */
  #checks(options: readonly string[], chosen: readonly string[]): TemplateResult[] {
    return options.map(
      (each) => html`<label class="check">
        <input
          type="checkbox" name=${this.field.name} value=${each} .checked=${chosen.includes(each)}
          @change=${() => this.#give(chosen.includes(each) ? chosen.filter((one) => one !== each) : [...chosen, each])}
        />${optionWord(this.rules, this.of, each)}
      </label>`,
    );
  }

  #places(isWrong: boolean): TemplateResult {
    const chosen = textsOf(this.value);
    const headers = chosen.filter((place) => place.startsWith('header:'));
    const others = chosen.filter((place) => !place.startsWith('header:'));
    return this.#group(html`
      ${this.#checks(textPlaces, chosen)}
      <label>
        ${this.rules.otherHeaders}
        ${this.#lines(
          'headers',
          isWrong,
          headers.map((place) => place.slice('header:'.length)),
          (names) => this.#give([...others, ...names.map((name) => `header:${name}`)]),
        )}
      </label>
    `);
  }

  #people(isWrong: boolean): TemplateResult {
    const [office = ''] = this.field.options ?? [];
    const chosen = textsOf(this.value);
    const addresses = chosen.filter((each) => each !== office);
    const hasOffice = chosen.includes(office) || (chosen.length === 0 && !this.field.isRequired);
    return this.#group(html`
      <label class="check">
        <input
          type="checkbox" name="office" .checked=${hasOffice}
          @change=${() => this.#give(hasOffice ? addresses : [office, ...addresses])}
        />${wordAt(this.rules, `person.${office}`)}
      </label>
      <label>
        ${this.rules.addresses}
        ${this.#lines(this.field.name, isWrong, addresses, (lines) =>
          this.#give([...(chosen.includes(office) ? [office] : []), ...lines]),
        )}
      </label>
    `);
  }

  #reviewer(isWrong: boolean): TemplateResult {
    const { rules } = this;
    const text = String(this.value ?? '');
    const isAddress = !reviewingOffices.includes(text);
    return this.#group(html`
      <select name="office" aria-label=${this.#label} @change=${(event: Event) => this.#take(event)}>
        <option value="" ?selected=${isAddress}>${rules.somebody}</option>
        ${reviewingOffices.map(
          (each) =>
            html`<option value=${each} ?selected=${each === text}>${optionWord(rules, this.of, each)}</option>`,
        )}
      </select>
      <label ?hidden=${!isAddress}>
        ${rules.reviewerAddress}
        <input name=${this.field.name} aria-invalid=${isWrong} .value=${isAddress ? text : ''} spellcheck="false" @input=${(event: Event) => this.#take(event)} />
      </label>
    `);
  }
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** As the browser's own field has it: the reader's zone, to the minute. */
function localTime(instant: string): string {
  const atMs = Date.parse(instant);
  if (Number.isNaN(atMs)) return '';
  return new Date(atMs - new Date(atMs).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function instantOf(local: string): string {
  return local === '' ? '' : new Date(local).toISOString();
}

customElements.define('rule-field', RuleFieldInput);
