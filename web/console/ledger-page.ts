/** The ledger: its last signed head, to be kept elsewhere; verification with its progress and what it found. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { type Answered, ask } from '../api/calls.ts';
import { momentText } from '../i18n/dates.ts';
import { language } from '../i18n/language.ts';
import { give } from './file-content.ts';
import { LoadingElement } from './loading-element.ts';
import { problemText } from './problem-words.ts';

type Verification = Answered<'GET /api/ledger/verifications/last'>;

const lookIntervalMs = 1500;

export class LedgerPage extends LoadingElement {
  static override properties = { ...LoadingElement.properties, verification: { state: true } };
  static override styles = [
    ...LoadingElement.styles,
    css`
      .columns {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%), 1fr));
        align-items: start;
        gap: var(--gap-4);
        margin-top: var(--gap-4);
      }
      p {
        margin: 0;
      }
      code {
        display: block;
        overflow-wrap: anywhere;
        font-family: var(--font-mono);
        font-size: var(--size-small);
        color: var(--ink-soft);
      }
      progress {
        width: 100%;
        accent-color: var(--accent);
      }
      .figure {
        font-size: var(--size-large);
        font-weight: 650;
      }
    `,
  ];
  declare verification: Verification | null;
  #ledger: Answered<'GET /api/ledger'> | null = null;
  #look: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.verification = null;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#look);
  }

  protected override async fetch(): Promise<void> {
    this.#ledger = await ask('GET /api/ledger', {});
    this.#follow(await ask('GET /api/ledger/verifications/last', {}));
  }

  #follow(verification: Verification): void {
    this.verification = verification;
    clearTimeout(this.#look);
    if (verification.state !== 'running' || !this.isConnected) return;
    this.#look = setTimeout(() => {
      ask('GET /api/ledger/verifications/last', {}).then(
        (next) => this.#follow(next),
        (error) => this.tell(problemText(error, this.say)),
      );
    }, lookIntervalMs);
  }

  async #verify(): Promise<void> {
    try {
      this.#follow(await ask('POST /api/ledger/verifications', {}));
    } catch (error) {
      this.tell(problemText(error, this.say));
    }
  }

  async #download(): Promise<void> {
    try {
      const { size } = await ask('POST /api/ledger/heads', {});
      give(await ask('GET /api/ledger/head', {}), `checkpoint-${size}.txt`);
      await this.load();
    } catch (error) {
      this.tell(problemText(error, this.say));
    }
  }

  protected override content(): TemplateResult {
    const { say } = this;
    const { head } = this.#ledger!;
    return html`
      <h1>${say.ledger}</h1>
      <p class="about">${say.ledgerAbout}</p>
      <div class="columns">
        <section class="panel padded stack">
          <h2>${say.lastHead}</h2>
          ${
            head
              ? html`<p class="figure">${say.headSize(head.size)}</p>
                  <p class="soft">${say.sealedAt(momentText(head.sealedAtMs))}</p>
                  <div><span class="soft">${say.rootHash}</span><code translate="no">${head.root}</code></div>`
              : html`<p>${say.noHead}</p>`
          }
          <p class="soft">${say.downloadHeadAbout}</p>
          <div><button data-what="download" @click=${() => this.#download()}>${say.downloadHead}</button></div>
        </section>
        <section class="panel padded stack">
          <h2>${say.verify}</h2>
          <p class="soft">${say.verifyAbout}</p>
          ${this.#verification()}
        </section>
      </div>
    `;
  }

  #verification(): TemplateResult {
    const { say } = this;
    const { state, done, total, what } = this.verification!;
    const isRunning = state === 'running';
    const percent = total === 0 ? 0 : Math.floor((100 * done) / total);
    return html`
      <div role="status" class="stack">
        ${
          isRunning
            ? html`<progress max="100" value=${percent} aria-label=${say.verifying}></progress>
                <p>${what === '' ? say.verifying : say.verifyProgress(percent, this.#part(what))}</p>`
            : this.#outcome()
        }
      </div>
      <div>
        <button class="primary" data-what="verify" ?disabled=${isRunning} @click=${() => this.#verify()}>
          ${isRunning ? say.verifying : say.verify}
        </button>
      </div>
    `;
  }

  #part(what: string): string {
    const { say } = this;
    if (/record/.test(what)) return say.partRecords;
    if (/mail/.test(what)) return say.partMails;
    return /events/.test(what) ? say.partProjections : say.partOther;
  }

  #outcome(): TemplateResult {
    const { say } = this;
    const { state, verdict, endedAtMs, records, mails, findings } = this.verification!;
    if (state === 'none') return html`<p>${say.verifyNever}</p>`;
    if (state === 'failed' || verdict === null) return html`<p class="fault">${say.verifyFailed}</p>`;
    const texts = {
      sound: say.verdictSound,
      broken: say.verdictBroken,
      unverifiable: say.verdictUnverifiable,
      recordsLost: say.verdictRecordsLost,
      rebuildable: say.verdictRebuildable,
    };
    const number = new Intl.NumberFormat(language());
    return html`
      <p class=${verdict === 'sound' ? 'figure' : 'fault'}>${texts[verdict]}</p>
      <p class="soft">${say.verifyRead(number.format(records), number.format(mails))} ${momentText(endedAtMs ?? 0)}</p>
      ${findings.length === 0 ? nothing : html`<pre lang="en" tabindex="0" translate="no">${findings.map(({ place, text }) => `${place}: ${text}\n`)}</pre>`}
    `;
  }
}

customElements.define('ledger-page', LedgerPage);
