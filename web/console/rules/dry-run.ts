/** What the rule would have done with the mail of the last thirty days, told while it is found out. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { type Answered, ask } from '../../api/calls.ts';
import { momentText } from '../../i18n/dates.ts';
import { whereText } from '../places.ts';
import { problemText } from '../problem-words.ts';
import { RuleElement } from './rule-element.ts';

type Report = Answered<'GET /api/rules/dry-runs'>;

const lookIntervalMs = 400;

export class DryRun extends RuleElement {
  static override properties = {
    ...RuleElement.properties,
    report: { state: true },
    fault: { state: true },
  };
  static override styles = [
    ...RuleElement.styles,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--gap-3);
      }
      p,
      h3 {
        margin: 0;
      }
      h3 {
        font-size: var(--size-text);
      }
      progress {
        width: 100%;
        accent-color: var(--accent);
      }
      ul {
        display: grid;
        gap: var(--gap-1);
        max-height: 16rem;
        margin: 0;
        padding: 0;
        overflow-y: auto;
        list-style: none;
        overflow-wrap: anywhere;
      }
    `,
  ];
  declare report: Report | null;
  declare fault: string;
  #isShown = false;

  constructor() {
    super();
    this.report = null;
    this.fault = '';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#isShown = true;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#isShown = false;
  }

  async #run(): Promise<void> {
    this.fault = '';
    try {
      this.report = await ask('POST /api/rules/dry-runs', { body: { text: JSON.stringify(this.value) } });
      while (this.#isShown && this.report.state === 'running') {
        await new Promise((resolve) => setTimeout(resolve, lookIntervalMs));
        this.report = await ask('GET /api/rules/dry-runs', {});
      }
    } catch (error) {
      this.report = null;
      this.fault = problemText(error, this.say);
    }
  }

  override render(): TemplateResult {
    const { rules, say, report } = this;
    const isRunning = report?.state === 'running';
    return html`
      <h2>${rules.dryRun}</h2>
      <p class="soft">${rules.dryRunAbout}</p>
      <div>
        <button type="button" data-what="dry-run" ?disabled=${isRunning} @click=${() => this.#run()}>
          ${isRunning ? say.isWorking : rules.dryRunStart}
        </button>
      </div>
      <p class="fault" role="alert" ?hidden=${this.fault === ''}>${this.fault}</p>
      ${report === null ? nothing : this.#found(report)}
    `;
  }

  #found({ state, done, total, hits, undecidable, latest }: Report): TemplateResult {
    const { rules, say } = this;
    if (state === 'failed') return html`<p class="fault" role="alert">${rules.dryRunFailed}</p>`;
    if (state === 'running')
      return html`<progress max=${Math.max(total, 1)} value=${done} aria-label=${rules.dryRun}></progress>
        <p role="status">${rules.dryRunProgress(done, total)}</p>`;
    return html`<p role="status" data-what="dry-run-result"><strong>${rules.dryRunFound(hits, done)}</strong></p>
      <p ?hidden=${undecidable === 0}>${rules.dryRunUndecidable(undecidable)}</p>
      ${latest.length === 0 ? nothing : html`<h3>${rules.dryRunLatest}</h3>`}
      <ul>
        ${latest.map(
          ({ message, subject, sender, acceptedAtMs }) => html`<li>
            <a translate="no" href=${whereText('messages', message)}>${subject || say.noSubject}</a>
            <small class="soft">${sender} · ${momentText(acceptedAtMs)}</small>
          </li>`,
        )}
      </ul>`;
  }
}

customElements.define('dry-run', DryRun);
