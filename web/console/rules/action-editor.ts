/** One thing that a rule does, with what it asks for. */
import { html, type TemplateResult } from 'lit';
import { wordAt } from '../../i18n/rules/rule-words.ts';
import { PartRemoved } from './condition-editor.ts';
import { fieldSet } from './field-set.ts';
import { RuleElement } from './rule-element.ts';
import { actionFields } from './rule-fields.ts';
import { partOf } from './rule-value.ts';

export class ActionEditor extends RuleElement {
  override render(): TemplateResult {
    const { rules, path, problems } = this;
    const action = partOf(this.value);
    const name = String(action['do'] ?? '');
    return html`<div class="part">
      <div class="top">
        <label>
          ${rules.kindOfAction}
          <select name="do" @change=${(event: Event) => this.change({ do: (event.target as HTMLSelectElement).value })}>
            ${Object.keys(actionFields).map(
              (each) =>
                html`<option value=${each} ?selected=${each === name}>${wordAt(rules, `action.${each}`)}</option>`,
            )}
          </select>
        </label>
        <button type="button" data-what="remove" @click=${() => this.dispatchEvent(new PartRemoved())}>${rules.removePart}</button>
      </div>
      ${fieldSet({ of: name, fields: actionFields[name] ?? [], part: action, path, problems }, (part) => this.change(part))}
    </div>`;
  }
}

customElements.define('action-editor', ActionEditor);
