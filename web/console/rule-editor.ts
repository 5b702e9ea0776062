/** A rule is written in a form, or as JSON where it says more; tried on a mail, and published. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { type Answered, ApiProblem, ask } from '../api/calls.ts';
import { ConsoleElement } from './console-element.ts';
import './file-choice.ts';
import type { FileChosen } from './file-choice.ts';
import { base64Of } from './file-content.ts';
import { go } from './places.ts';
import { problemText } from './problem-words.ts';
import { emptyForm, formOf, jsonOf, type RuleForm, wordPlaces } from './rule-form.ts';

type Tried = Answered<'POST /api/rules/try'>;

export class RuleEditor extends ConsoleElement {
  static override properties = {
    of: { attribute: false },
    seenVersion: { attribute: false },
    text: { attribute: false },
    owner: { attribute: false },
    isForm: { state: true },
    fault: { state: true },
    faultDetail: { state: true },
    isBusy: { state: true },
    tried: { state: true },
  };
  static override styles = [
    ...ConsoleElement.styles,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--gap-4);
      }
      textarea.code {
        min-height: 22rem;
      }
      .pair {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr));
        gap: var(--gap-4);
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        gap: var(--gap-2) var(--gap-4);
      }
      .tried {
        padding: var(--gap-3);
        border-radius: var(--radius);
        background: var(--notice-surface);
        overflow-wrap: anywhere;
      }
      .tried p {
        margin: 0;
      }
      mark {
        background: var(--star);
        color: #1b1f26;
      }
    `,
  ];
  /** The rule of which it becomes a version; null: a new one. */
  declare of: string | null;
  declare seenVersion: number;
  declare text: string;
  declare owner: string;
  declare isForm: boolean;
  declare fault: string;
  /** What the server said of it, in its own words. */
  declare faultDetail: string;
  declare isBusy: boolean;
  declare tried: Tried | null;
  #form: RuleForm = emptyForm('');

  constructor() {
    super();
    this.of = null;
    this.seenVersion = 0;
    this.text = '';
    this.owner = '';
    this.isForm = true;
    this.fault = '';
    this.faultDetail = '';
    this.isBusy = false;
    this.tried = null;
  }

  override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.has('text') && !changed.has('owner')) return;
    const form = this.text === '' ? emptyForm(this.owner) : formOf(this.text);
    this.isForm = form !== null;
    if (form) this.#form = form;
  }

  get #json(): string {
    return this.isForm ? jsonOf(this.#form) : this.text;
  }

  #set(part: Partial<RuleForm>): void {
    this.#form = { ...this.#form, ...part };
    this.requestUpdate();
  }

  /** What was written goes along. */
  #switch(): void {
    if (this.isForm) {
      this.text = jsonOf(this.#form);
      void this.updateComplete.then(() => {
        this.isForm = false;
      });
      return;
    }
    const form = formOf(this.text);
    if (form) {
      this.#form = form;
      this.isForm = true;
    } else this.fault = this.say.formTooSmall;
  }

  async #perform(work: () => Promise<void>): Promise<void> {
    this.isBusy = true;
    this.fault = '';
    this.faultDetail = '';
    try {
      await work();
    } catch (error) {
      this.fault = problemText(error, this.say);
      this.faultDetail = error instanceof ApiProblem ? error.about : '';
    }
    this.isBusy = false;
  }

  #publish(): Promise<void> {
    return this.#perform(async () => {
      const body = { text: this.#json, ...(this.of && { of: this.of, seenVersion: this.seenVersion }) };
      const { rule, version } = await ask('POST /api/rules', { body });
      this.tell(this.say.published(version));
      if (this.of === null) go('rules', rule);
      else this.dispatchEvent(new Event('published'));
    });
  }

  #try({ detail: file }: FileChosen): Promise<void> {
    return this.#perform(async () => {
      this.tried = await ask('POST /api/rules/try', {
        body: { text: this.#json, mail: await base64Of(file) },
      });
    });
  }

  override render(): TemplateResult {
    const { say, isBusy } = this;
    return html`
      <p class="fault" role="alert" ?hidden=${this.fault === ''}>
        ${this.fault}<small ?hidden=${this.faultDetail === ''} lang="en" translate="no">${this.faultDetail}</small>
      </p>
      ${
        this.isForm
          ? this.#fields()
          : html`<label>
              ${say.ruleJson}
              <textarea
                class="code"
                spellcheck="false"
                .value=${this.text}
                @change=${(event: Event) => {
                  this.text = (event.target as HTMLTextAreaElement).value;
                  void this.updateComplete.then(() => {
                    this.isForm = false;
                  });
                }}
              ></textarea>
            </label>`
      }
      <file-choice
        .label=${say.tryRule}
        .hint=${say.tryRuleHint}
        .accepts=${'.eml,message/rfc822'}
        @chosen=${this.#try}
      ></file-choice>
      ${this.tried ? this.#outcome(this.tried) : nothing}
      <div class="row">
        <button class="primary" data-what="publish" ?disabled=${isBusy} @click=${() => this.#publish()}>
          ${isBusy ? say.isWorking : say.publish}
        </button>
        <button data-what="switch" @click=${() => this.#switch()}>${this.isForm ? say.asJson : say.asForm}</button>
      </div>
    `;
  }

  #text(name: 'name' | 'reason' | 'owner' | 'refuseText', label: string, hint = ''): TemplateResult {
    return html`<label>
      ${label}
      <input
        name=${name}
        .value=${this.#form[name]}
        @input=${(event: Event) => this.#set({ [name]: (event.target as HTMLInputElement).value })}
      />
      <span class="hint" ?hidden=${hint === ''}>${hint}</span>
    </label>`;
  }

  #choice<K extends 'direction' | 'traffic' | 'action'>(
    name: K,
    label: string,
    options: readonly (readonly [RuleForm[K], string])[],
  ): TemplateResult {
    return html`<label>
      ${label}
      <select
        name=${name}
        @change=${(event: Event) => this.#set({ [name]: (event.target as HTMLSelectElement).value })}
      >
        ${options.map(([value, text]) => html`<option value=${value} ?selected=${value === this.#form[name]}>${text}</option>`)}
      </select>
    </label>`;
  }

  #fields(): TemplateResult {
    const { say } = this;
    const { words, places, action } = this.#form;
    const placeLabels = { subject: say.inSubject, body: say.inBody, attachments: say.inAttachments };
    return html`
      ${this.#text('name', say.ruleName)} ${this.#text('reason', say.ruleReason)}
      ${this.#text('owner', say.ruleOwner, say.ruleOwnerHint)}
      <div class="pair">
        ${this.#choice('direction', say.direction, [
          ['sent', say.directionSent],
          ['received', say.directionReceived],
          ['', say.directionBoth],
        ])}
        ${this.#choice('traffic', say.traffic, [
          ['external', say.trafficExternal],
          ['internal', say.trafficInternal],
          ['', say.trafficBoth],
        ])}
      </div>
      <label>
        ${say.words}
        <textarea
          name="words"
          .value=${words.join('\n')}
          @input=${(event: Event) => {
            const lines = (event.target as HTMLTextAreaElement).value.split('\n');
            this.#form = {
              ...this.#form,
              words: lines.map((line) => line.trim()).filter((line) => line !== ''),
            };
          }}
        ></textarea>
        <span class="hint">${say.wordsHint}</span>
      </label>
      <div class="row" role="group" aria-label=${say.wordsIn}>
        ${wordPlaces.map(
          (place) => html`<label class="check">
            <input
              type="checkbox"
              ?checked=${places.includes(place)}
              @change=${() =>
                this.#set({
                  places: wordPlaces.filter((each) => (each === place) !== places.includes(each)),
                })}
            />${placeLabels[place]}
          </label>`,
        )}
      </div>
      ${this.#choice('action', say.action, [
        ['refuse', say.actionRefuse],
        ['deliver', say.actionDeliver],
      ])}
      ${action === 'refuse' ? this.#text('refuseText', say.refuseText) : nothing}
    `;
  }

  #outcome({ outcome, recipients, reasons }: Tried): TemplateResult {
    const { say } = this;
    const said = {
      hit: say.outcomeHit,
      none: say.outcomeNone,
      undecided: say.outcomeUndecided,
      failed: say.outcomeFailed,
    }[outcome];
    const found = reasons.flatMap(({ places }) => places.map((place) => place.found));
    return html`<div class="tried" role="status">
      <p><strong>${said}</strong></p>
      <p ?hidden=${recipients.length === 0}>${say.appliesTo(recipients.join(', '))}</p>
      ${found.map((text) => html`<p>${say.foundHere}: <mark translate="no">${text}</mark></p>`)}
    </div>`;
  }
}

customElements.define('rule-editor', RuleEditor);
