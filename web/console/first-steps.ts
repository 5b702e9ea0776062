/** Behind the first domain: its people, and a rule to begin with. Either can wait. */
import { css, html, type TemplateResult } from 'lit';
import './account-list.ts';
import { ConsoleElement, type Said } from './console-element.ts';
import './rule-editor.ts';

export class FirstSteps extends ConsoleElement {
  static override properties = { owner: {}, step: { state: true }, said: { state: true } };
  static override styles = [
    ...ConsoleElement.styles,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--gap-4);
      }
      :host > div {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--gap-2);
      }
      p {
        margin: 0;
      }
    `,
  ];
  /** The administrator's address. */
  declare owner: string;
  declare step: 'people' | 'rule';
  declare said: string;

  constructor() {
    super();
    this.owner = '';
    this.step = 'people';
    this.said = '';
  }

  #end(): void {
    this.dispatchEvent(new Event('ended'));
  }

  override render(): TemplateResult {
    return html`<div
        @said=${({ detail }: Said) => {
          this.said = detail;
        }}
      >
        ${this.step === 'people' ? this.#people() : this.#rule()}
      </div>
      <p role="status">${this.said}</p>
      ${this.#buttons()}`;
  }

  #people(): TemplateResult {
    const { say } = this;
    return html`<p class="soft">${say.setUpStep(2)}</p>
      <h1>${say.firstPeople}</h1>
      <p class="about">${say.firstPeopleAbout}</p>
      <account-list .isAdministrator=${true}></account-list>`;
  }

  #rule(): TemplateResult {
    const { say } = this;
    return html`<p class="soft">${say.setUpStep(3)}</p>
      <h1>${say.firstRule}</h1>
      <p class="about">${say.firstRuleAbout}</p>
      <rule-editor class="panel padded" .of=${null} .owner=${this.owner} @published=${() => this.#end()}></rule-editor>`;
  }

  #buttons(): TemplateResult {
    const { say } = this;
    if (this.step === 'rule')
      return html`<div><button data-what="to-console" @click=${() => this.#end()}>${say.openConsole}</button></div>`;
    return html`<div>
      <button
        class="primary"
        data-what="to-rule"
        @click=${() => {
          this.step = 'rule';
          this.said = '';
        }}
      >
        ${say.goOnRule}
      </button>
    </div>`;
  }
}

customElements.define('first-steps', FirstSteps);
