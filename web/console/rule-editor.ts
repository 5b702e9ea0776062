/** A rule is written in a form, with its JSON beside it where that is wanted; tried on mail, and published. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { ApiProblem, ask } from '../api/calls.ts';
import { wordAt } from '../i18n/rules/rule-words.ts';
import { ruleWords } from '../i18n/rules/shown-words.ts';
import { ConsoleElement } from './console-element.ts';
import { problemText } from './problem-words.ts';
import './rules/dry-run.ts';
import type { RuleChanged, RuleProblems } from './rules/rule-element.ts';
import './rules/rule-form.ts';
import { blankRule, type PresetName, presetNames, presetRule } from './rules/rule-presets.ts';
import './rules/rule-trial.ts';
import { missingIn, type Part } from './rules/rule-value.ts';

/** A version is in force; its rule's id. */
export class RulePublished extends CustomEvent<string> {
  constructor(rule: string) {
    super('published', { detail: rule });
  }
}

export class RuleEditor extends ConsoleElement {
  static override properties = {
    of: { attribute: false },
    seenVersion: { attribute: false },
    text: { attribute: false },
    owner: { attribute: false },
    rule: { state: true },
    isJsonShown: { state: true },
    isJsonTorn: { state: true },
    problems: { state: true },
    fault: { state: true },
    isBusy: { state: true },
  };
  static override styles = [
    ...ConsoleElement.styles,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--gap-6);
      }
      .beside {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr));
        align-items: start;
        gap: var(--gap-6);
      }
      textarea.code {
        min-height: 32rem;
        field-sizing: content;
      }
      .row {
        position: sticky;
        /* Down to the edge, over the room that a page leaves below. */
        bottom: calc(-1 * var(--room-below, 0px));
        z-index: 1;
        display: flex;
        flex-wrap: wrap;
        gap: var(--gap-2) var(--gap-3);
        padding: var(--gap-3) 0;
        border-top: 1px solid var(--line);
        background: var(--surface);
      }
      .tests {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr));
        align-items: start;
        gap: var(--gap-6);
      }
    `,
  ];
  /** The rule of which it becomes a version; null: a new one. */
  declare of: string | null;
  declare seenVersion: number;
  declare text: string;
  declare owner: string;
  declare rule: Part;
  declare isJsonShown: boolean;
  /** What stands in the JSON is none, so the form has what was there before. */
  declare isJsonTorn: boolean;
  declare problems: RuleProblems;
  declare fault: string;
  declare isBusy: boolean;
  /** What stands in the JSON field. */
  #typed = '';

  constructor() {
    super();
    this.of = null;
    this.seenVersion = 0;
    this.text = '';
    this.owner = '';
    this.rule = {};
    this.isJsonShown = false;
    this.isJsonTorn = false;
    this.problems = new Map();
    this.fault = '';
    this.isBusy = false;
  }

  override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.has('text') && !changed.has('owner')) return;
    const parsed = ruleIn(this.text);
    this.isJsonTorn = false;
    this.rule = parsed ?? blankRule(this.owner);
  }

  #edit(rule: Part): void {
    this.rule = rule;
    this.isJsonTorn = false;
  }

  #editJson(text: string): void {
    this.#typed = text;
    const rule = ruleIn(text);
    this.isJsonTorn = rule === null;
    if (rule !== null) this.rule = rule;
  }

  async #publish(): Promise<void> {
    const missing = missingIn(this.rule);
    this.problems = new Map(missing.map((place) => [place, '']));
    this.fault = missing.length > 0 ? this.say.problemRequestInvalid : '';
    if (missing.length > 0) return this.#showFirstWrong();
    this.isBusy = true;
    try {
      const text = JSON.stringify(this.rule);
      const body = { text, ...(this.of && { of: this.of, seenVersion: this.seenVersion }) };
      const { rule, version } = await ask('POST /api/rules', { body });
      this.tell(this.say.published(version));
      this.dispatchEvent(new RulePublished(rule));
    } catch (error) {
      this.#showProblem(error);
    }
    this.isBusy = false;
  }

  #showProblem(error: unknown): void {
    this.fault = problemText(error, this.say);
    if (!(error instanceof ApiProblem)) return;
    const within = error.problems.filter(({ field }) => field.startsWith('text › '));
    this.problems = new Map(within.map(({ field, detail }) => [field.slice('text › '.length), detail]));
    if (within.length < error.problems.length) this.fault = `${this.fault} ${error.about}`;
    this.#showFirstWrong();
  }

  /** Once the fields have said so. */
  #showFirstWrong(): void {
    setTimeout(() => firstWrong(this.renderRoot)?.focus(), 50);
  }

  override render(): TemplateResult {
    const { say, rule, isBusy, isJsonShown, isJsonTorn, problems } = this;
    const words = ruleWords();
    return html`
      ${this.of === null ? this.#presets() : nothing}
      <div class="beside">
        <rule-form
          .value=${rule}
          .problems=${problems}
          @rule-changed=${({ detail }: RuleChanged) => this.#edit(detail as Part)}
        ></rule-form>
        ${isJsonShown ? this.#json() : nothing}
      </div>
      <p class="fault" role="alert" ?hidden=${this.fault === ''}>${this.fault}</p>
      <div class="row">
        <button class="primary" data-what="publish" ?disabled=${isBusy || isJsonTorn} @click=${() => this.#publish()}>
          ${isBusy ? say.isWorking : say.publish}
        </button>
        <button
          data-what="json"
          aria-pressed=${isJsonShown}
          @click=${() => {
            this.isJsonShown = !isJsonShown;
          }}
        >
          ${isJsonShown ? words.hideJson : words.showJson}
        </button>
      </div>
      <div class="tests">
        <rule-trial .value=${rule}></rule-trial>
        <dry-run .value=${rule}></dry-run>
      </div>
    `;
  }

  #presets(): TemplateResult {
    const words = ruleWords();
    return html`<label>
      ${words.beginWith}
      <select
        name="preset"
        @change=${(event: Event) => {
          const name = (event.target as HTMLSelectElement).value;
          this.problems = new Map();
          this.#edit(name === '' ? blankRule(this.owner) : presetRule(name as PresetName, this.owner, words));
        }}
      >
        <option value="">${words.beginBlank}</option>
        ${presetNames.map((name) => html`<option value=${name}>${wordAt(words, `preset.${name}`)}</option>`)}
      </select>
    </label>`;
  }

  #json(): TemplateResult {
    return html`<label>
      ${this.say.ruleJson}
      <textarea
        class="code"
        name="json"
        spellcheck="false"
        translate="no"
        aria-invalid=${this.isJsonTorn}
        .value=${this.isJsonTorn ? this.#typed : JSON.stringify(this.rule, null, 2)}
        @change=${(event: Event) => this.#editJson((event.target as HTMLTextAreaElement).value)}
      ></textarea>
      <span class="wrong" role="alert" ?hidden=${!this.isJsonTorn}>${ruleWords().notJson}</span>
    </label>`;
  }
}

/** Null where the text is no JSON object. */
function ruleIn(text: string): Part | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Part) : null;
  } catch {
    return null;
  }
}

function firstWrong(root: ParentNode): HTMLElement | null {
  for (const element of root.querySelectorAll<HTMLElement>('*')) {
    if (element.matches('[aria-invalid=true]')) return element;
    const inside = element.shadowRoot && firstWrong(element.shadowRoot);
    if (inside) return inside;
  }
  return null;
}

customElements.define('rule-editor', RuleEditor);
