/** The rules with what each has done. */
import { html, nothing, type TemplateResult } from 'lit';
import { type Answered, ask } from '../api/calls.ts';
import type { ConsoleMessages } from '../i18n/console-en.ts';
import { LoadingElement } from './loading-element.ts';
import { go, whereText } from './places.ts';

type Rule = Answered<'GET /api/rules'>['items'][number];

export function phaseOf(
  { phase }: Pick<Rule, 'phase'>,
  say: ConsoleMessages,
): { look: string; text: string } {
  const texts: Readonly<Record<Rule['phase'], readonly [string, string]>> = {
    waiting: ['waiting', say.phaseWaiting],
    active: ['good', say.phaseActive],
    ended: ['', say.phaseEnded],
    withdrawn: ['', say.phaseWithdrawn],
  };
  const [look, text] = texts[phase];
  return { look, text };
}

export class RulesPage extends LoadingElement {
  static override properties = { ...LoadingElement.properties, isAdministrator: { type: Boolean } };
  declare isAdministrator: boolean;
  #rules: readonly Rule[] = [];

  constructor() {
    super();
    this.isAdministrator = false;
  }

  protected override async fetch(): Promise<void> {
    this.#rules = (await ask('GET /api/rules', {})).items;
  }

  protected override content(): TemplateResult {
    const { say } = this;
    const add = this.isAdministrator
      ? html`<button class="primary" data-what="add" @click=${() => go('rules', 'new')}>${say.addRule}</button>`
      : nothing;
    return html`
      <h1>${say.rules}</h1>
      <p class="about">${say.rulesAbout}</p>
      <div class="tools">${this.#rules.length === 0 ? nothing : add}</div>
      <div class="panel">
        ${
          this.#rules.length === 0
            ? html`<empty-state picture="settings" .heading=${say.noRules} .text=${say.noRulesNext}>${add}</empty-state>`
            : this.#table()
        }
      </div>
    `;
  }

  #table(): TemplateResult {
    const { say } = this;
    return html`<table>
      <thead>
        <tr>
          <th>${say.ruleName}</th>
          <th>${say.ruleOwner}</th>
          <th>${say.state}</th>
          <th>${say.metMails}</th>
          <th>${say.refused}</th>
        </tr>
      </thead>
      <tbody>
        ${this.#rules.map((rule) => {
          const { look, text } = phaseOf(rule, say);
          return html`<tr>
            <td><a translate="no" href=${whereText('rules', rule.rule)}>${rule.name}</a><small>${say.version(rule.version)}</small></td>
            <td data-label=${say.ruleOwner}>${rule.owner}</td>
            <td data-label=${say.state}>
              <span class="badge ${look}">${text}</span>
              ${rule.failedVersion === rule.version ? html`<span class="badge bad">${say.ruleBroke}</span>` : nothing}
            </td>
            <td data-label=${say.metMails}>${rule.accepted + rule.refused}</td>
            <td data-label=${say.refused}>${rule.refused}</td>
          </tr>`;
        })}
      </tbody>
    </table>`;
  }
}

customElements.define('rules-page', RulesPage);
