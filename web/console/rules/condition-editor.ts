/** One condition: a test with its members, or conditions that it joins. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { wordAt } from '../../i18n/rules/rule-words.ts';
import { fieldSet } from './field-set.ts';
import { type RuleChanged, RuleElement } from './rule-element.ts';
import { joints, testFields } from './rule-fields.ts';
import { innerOf, kindOf, newCondition, ofKind, type Part, partOf, withInner } from './rule-value.ts';

/** Whoever holds it takes it away. */
export class PartRemoved extends Event {
  constructor() {
    super('part-removed');
  }
}

const kinds = [...Object.keys(testFields), ...joints];

export class ConditionEditor extends RuleElement {
  static override styles = [
    ...RuleElement.styles,
    css`
      .inner {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--gap-2);
        padding-inline-start: var(--gap-3);
        border-inline-start: 3px solid var(--accent);
      }
    `,
  ];

  get #condition(): Part {
    return partOf(this.value);
  }

  override render(): TemplateResult {
    const { rules, path, problems } = this;
    const condition = this.#condition;
    const kind = kindOf(condition);
    const isJoint = joints.some((joint) => joint === kind);
    return html`<div class="part">
      <div class="top">
        <label>
          ${rules.kindOfCondition}
          <select name="kind" @change=${(event: Event) => this.change(ofKind(condition, (event.target as HTMLSelectElement).value))}>
            ${kinds.map((each) => html`<option value=${each} ?selected=${each === kind}>${wordAt(rules, `kind.${each}`)}</option>`)}
          </select>
        </label>
        <button type="button" data-what="remove" @click=${() => this.dispatchEvent(new PartRemoved())}>${rules.removePart}</button>
      </div>
      ${
        isJoint
          ? this.#inner(condition, kind)
          : fieldSet({ of: kind, fields: testFields[kind] ?? [], part: condition, path, problems }, (part) =>
              this.change(part),
            )
      }
      ${this.#own()}
    </div>`;
  }

  /** What is wrong with the condition as a whole. */
  #own(): TemplateResult | typeof nothing {
    const { path, problems, rules } = this;
    const problem = problems.get(
      path.map((step) => (typeof step === 'number' ? step + 1 : step)).join(' › '),
    );
    if (problem === undefined) return nothing;
    return html`<p class="wrong" role="alert">${rules.wrongHere} <span lang="en" translate="no">${problem}</span></p>`;
  }

  #inner(condition: Part, kind: string): TemplateResult {
    const inner = innerOf(condition);
    const change = (parts: readonly Part[]): void =>
      parts.length === 0
        ? void this.dispatchEvent(new PartRemoved())
        : this.change(withInner(condition, parts));
    return html`<div class="inner">
      ${inner.map(
        (part, i) => html`<condition-editor
          .value=${part}
          .path=${[...this.path, kind, ...(kind === 'not' ? [] : [i])]}
          .problems=${this.problems}
          @rule-changed=${(event: RuleChanged) => {
            change(inner.with(i, partOf(event.detail)));
          }}
          @part-removed=${() => change(inner.toSpliced(i, 1))}
        ></condition-editor>`,
      )}
      <div ?hidden=${kind === 'not'}>
        <button type="button" data-what="add-inner" @click=${() => change([...inner, newCondition()])}>
          ${this.rules.addCondition}
        </button>
      </div>
    </div>`;
  }
}

customElements.define('condition-editor', ConditionEditor);
