/** What a rule says of one mail: a file, or one that was accepted here. What it found is highlighted where it stands. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { type Answered, ApiProblem, ask } from '../../api/calls.ts';
import { momentText } from '../../i18n/dates.ts';
import { wordAt } from '../../i18n/rules/rule-words.ts';
import '../file-choice.ts';
import type { FileChosen } from '../file-choice.ts';
import { base64Of } from '../file-content.ts';
import { whereText } from '../places.ts';
import { problemText } from '../problem-words.ts';
import { RuleElement } from './rule-element.ts';

type Tried = Answered<'POST /api/rules/try'>;
type Found = Answered<'GET /api/messages'>['items'];

export class RuleTrial extends RuleElement {
  static override properties = {
    ...RuleElement.properties,
    tried: { state: true },
    found: { state: true },
    fault: { state: true },
    unopened: { state: true },
  };
  static override styles = [
    ...RuleElement.styles,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--gap-4);
      }
      form {
        display: flex;
        align-items: end;
        gap: var(--gap-2);
      }
      form label {
        flex: 1;
        min-width: 0;
      }
      ul {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--gap-2);
        margin: 0;
        padding: 0;
        list-style: none;
        overflow-wrap: anywhere;
      }
      li.mail {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: var(--gap-2);
      }
      .tried {
        padding: var(--gap-3);
        border-radius: var(--radius);
        background: var(--notice-surface);
      }
      .tried p {
        margin: 0 0 var(--gap-2);
      }
      mark {
        border-radius: 0.1875rem;
        background: light-dark(#ffe28a, #6b5312);
        color: inherit;
      }
    `,
  ];
  declare tried: Tried | null;
  declare found: Found | null;
  declare fault: string;
  /** The accepted mail that is nobody's to try without a reason; empty where there is none. */
  declare unopened: string;

  constructor() {
    super();
    this.tried = null;
    this.found = null;
    this.fault = '';
    this.unopened = '';
  }

  async #perform(work: () => Promise<void>): Promise<void> {
    this.fault = '';
    this.unopened = '';
    try {
      await work();
    } catch (error) {
      this.fault = problemText(error, this.say);
    }
  }

  #tryFile({ detail: file }: FileChosen): Promise<void> {
    return this.#perform(async () => {
      this.tried = null;
      const mail = await base64Of(file);
      this.tried = await ask('POST /api/rules/try', { body: { text: this.#text, mail } });
    });
  }

  #tryAccepted(message: string): Promise<void> {
    return this.#perform(async () => {
      this.tried = null;
      try {
        this.tried = await ask('POST /api/rules/try', { body: { text: this.#text, message } });
      } catch (error) {
        if (!(error instanceof ApiProblem && error.code === 'reasonMissing')) throw error;
        this.unopened = message;
      }
    });
  }

  get #text(): string {
    return JSON.stringify(this.value);
  }

  #find(event: SubmitEvent): void {
    event.preventDefault();
    const subject = String(new FormData(event.target as HTMLFormElement).get('subject') ?? '').trim();
    void this.#perform(async () => {
      this.found = (await ask('GET /api/messages', { query: { subject, limit: 5 } })).items;
    });
  }

  override render(): TemplateResult {
    const { say, rules } = this;
    return html`
      <file-choice .label=${say.tryRule} .hint=${say.tryRuleHint} .accepts=${'.eml,message/rfc822'} @chosen=${this.#tryFile}></file-choice>
      <form @submit=${this.#find}>
        <label>${rules.tryAccepted}<input name="subject" placeholder=${say.findSubject} /></label>
        <button data-what="find">${say.find}</button>
      </form>
      ${this.#list()}
      <p class="fault" role="alert" ?hidden=${this.fault === ''}>${this.fault}</p>
      ${
        this.unopened === ''
          ? nothing
          : html`<p class="fault" role="alert">
              ${rules.needsReason} <a href=${whereText('messages', this.unopened)}>${rules.openFirst}</a>
            </p>`
      }
      ${this.tried ? this.#outcome(this.tried) : nothing}
    `;
  }

  #list(): TemplateResult | typeof nothing {
    const { found, say, rules } = this;
    if (found === null) return nothing;
    if (found.length === 0) return html`<p class="soft">${say.noMessages}</p>`;
    return html`<ul>
      ${found.map(
        ({ message, subject, acceptedAtMs }) => html`<li class="mail">
          <span><span translate="no">${subject || say.noSubject}</span> <small class="soft">${momentText(acceptedAtMs)}</small></span>
          <button data-what="try" @click=${() => this.#tryAccepted(message)}>${rules.tryThis}</button>
        </li>`,
      )}
    </ul>`;
  }

  #outcome({ outcome, recipients, reasons, missing }: Tried): TemplateResult {
    const { say, rules } = this;
    const texts = {
      hit: say.outcomeHit,
      none: say.outcomeNone,
      undecided: say.outcomeUndecided,
      failed: say.outcomeFailed,
    };
    const places = reasons.flatMap((reason) => reason.places);
    return html`<div class="tried" role="status" data-outcome=${outcome}>
      <p><strong>${texts[outcome]}</strong></p>
      ${recipients.length > 0 ? html`<p>${say.appliesTo(recipients.join(', '))}</p>` : nothing}
      ${missing.length > 0 ? html`<p lang="en" translate="no" class="soft">${missing.join(', ')}</p>` : nothing}
      <ul>
        ${places.map(
          ({ in: place, before, found, after }) => html`<li>
            <small class="soft">${placeWord(place, (key) => wordAt(rules, key))}</small>
            <span translate="no">${before}<mark>${found}</mark>${after}</span>
          </li>`,
        )}
      </ul>
    </div>`;
  }
}

function placeWord(place: string, word: (key: string) => string): string {
  return place.startsWith('header:') ? place.slice('header:'.length) : word(`option.${place}`);
}

customElements.define('rule-trial', RuleTrial);
