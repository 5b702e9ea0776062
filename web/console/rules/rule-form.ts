/** The whole rule as a form: whose mail, what has to be true, what is done, and why. */
import { css, html, nothing, type TemplateResult } from 'lit';
import './action-editor.ts';
import './condition-editor.ts';
import { fieldSet } from './field-set.ts';
import { type RuleChanged, RuleElement } from './rule-element.ts';
import { headFields, scopeFields } from './rule-fields.ts';
import { joinedBy, kindOf, newCondition, type Part, partOf, partsOf, withMember } from './rule-value.ts';

const frameNames = ['name', 'reason', 'owner'];

export class RuleForm extends RuleElement {
  static override styles = [
    ...RuleElement.styles,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--gap-6);
      }
      section {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--gap-3);
      }
      section p {
        margin: 0;
      }
    `,
  ];

  get #rule(): Part {
    return partOf(this.value);
  }

  #with(name: string, value: unknown): void {
    this.change(withMember(this.#rule, name, value));
  }

  override render(): TemplateResult {
    const { rules, problems } = this;
    const rule = this.#rule;
    const head = (fields: typeof headFields): TemplateResult =>
      fieldSet({ of: 'head', fields, part: rule, path: [], problems }, (part) => this.change(part));
    const samples = partsOf(rule['samples']).length;
    return html`
      <section>${head(headFields.filter(({ name }) => frameNames.includes(name)))}</section>
      <section data-part="scope">
        <h2>${rules.scope}</h2>
        <p class="soft">${rules.scopeAbout}</p>
        ${fieldSet(
          { of: 'scope', fields: scopeFields, part: partOf(rule['scope']), path: ['scope'], problems },
          (part) => this.#with('scope', part),
        )}
      </section>
      ${this.#conditions(rule)} ${this.#exceptions(rule)} ${this.#actions(rule)}
      <section data-part="validity">
        <h2>${rules.validity}</h2>
        ${head(headFields.filter(({ name }) => !frameNames.includes(name)))}
        ${samples === 0 ? nothing : html`<p class="soft">${rules.samplesKept(samples)}</p>`}
      </section>
    `;
  }

  #conditions(rule: Part): TemplateResult {
    const { rules, problems } = this;
    const { when } = rule;
    return html`<section data-part="when">
      <h2>${rules.conditions}</h2>
      ${
        when === undefined
          ? html`<p class="soft">${rules.conditionsAbout}</p>`
          : html`<condition-editor
              .value=${when}
              .path=${['when']}
              .problems=${problems}
              @rule-changed=${(event: RuleChanged) => this.#with('when', event.detail)}
              @part-removed=${() => this.#with('when', undefined)}
            ></condition-editor>`
      }
      <div ?hidden=${kindOf(partOf(when)) === 'all'}>
        <button type="button" data-what="add-condition" @click=${() => this.#with('when', joinedBy(when, newCondition()))}>
          ${rules.addCondition}
        </button>
      </div>
    </section>`;
  }

  #exceptions(rule: Part): TemplateResult {
    const { rules, problems } = this;
    const except = partsOf(rule['except']);
    const change = (parts: readonly Part[]): void =>
      this.#with('except', parts.length === 0 ? undefined : parts);
    return html`<section data-part="except">
      <h2>${rules.exceptions}</h2>
      ${except.map(
        (part, i) => html`<condition-editor
          .value=${part}
          .path=${['except', i]}
          .problems=${problems}
          @rule-changed=${({ detail }: RuleChanged) => change(except.with(i, partOf(detail)))}
          @part-removed=${() => change(except.toSpliced(i, 1))}
        ></condition-editor>`,
      )}
      <div>
        <button type="button" data-what="add-exception" @click=${() => change([...except, newCondition()])}>
          ${rules.addException}
        </button>
      </div>
    </section>`;
  }

  #actions(rule: Part): TemplateResult {
    const { rules, problems } = this;
    const actions = partsOf(rule['actions']);
    const change = (parts: readonly Part[]): void => this.#with('actions', parts);
    return html`<section data-part="actions">
      <h2>${rules.actions}</h2>
      ${actions.map(
        (action, i) => html`<action-editor
          .value=${action}
          .path=${['actions', i]}
          .problems=${problems}
          @rule-changed=${({ detail }: RuleChanged) => change(actions.with(i, partOf(detail)))}
          @part-removed=${() => change(actions.toSpliced(i, 1))}
        ></action-editor>`,
      )}
      ${problems.has('actions') ? html`<p class="wrong" role="alert">${rules.missingHere}</p>` : nothing}
      <div>
        <button type="button" data-what="add-action" @click=${() => change([...actions, { do: 'deliver' }])}>
          ${rules.addAction}
        </button>
      </div>
    </section>`;
  }
}

customElements.define('rule-form', RuleForm);
