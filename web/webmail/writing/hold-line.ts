/** Before sending: which rule will hold or refuse the mail, and who decides; asked of the server when the writer pauses. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { type Answered, ApiProblem, type Asked, ask } from '../../api/calls.ts';
import { icon } from '../../elements/icon.ts';
import { PageElement } from '../../elements/page-element.ts';
import { language } from '../../i18n/language.ts';
import { deciderWord } from '../approvals/approval-words.ts';
import { type Draft, recipientsOf } from './draft.ts';
import { DraftElement } from './draft-element.ts';

const forecastRoute = 'POST /api/approvals/preview';
type Forecast = Answered<typeof forecastRoute>;
type Facts = Asked<typeof forecastRoute>['body'];

const pauseMs = 1000;
/** What the server takes. */
const maxTextCharacters = 500_000;

export class HoldLine extends DraftElement {
  static override properties = { ...DraftElement.properties, forecast: { state: true } };
  static override styles = [
    PageElement.styles,
    css`
      p {
        display: flex;
        align-items: start;
        gap: var(--gap-2);
        margin: 0;
        padding: var(--gap-2) var(--gap-4);
        background: var(--notice-surface);
        font-size: var(--size-small);
        overflow-wrap: anywhere;
      }
      p.refused {
        background: var(--danger-surface);
        color: var(--danger);
      }
      svg {
        flex: none;
      }
    `,
  ];
  /** Null where nothing is known. */
  declare forecast: Forecast | null;
  /** What was asked last; an answer to anything else comes too late. */
  #asked = '';
  #timer: number | undefined;

  constructor() {
    super();
    this.forecast = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.draftChanged();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearTimeout(this.#timer);
  }

  protected override draftChanged(): void {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#ask(), pauseMs);
  }

  async #ask(): Promise<void> {
    const { draft, identity } = this.desk;
    const body = draft && factsOf({ ...draft, ...this.desk.collect() }, identity?.email ?? '');
    const asked = JSON.stringify(body);
    if (asked === this.#asked) return;
    this.#asked = asked;
    const forecast = body === null ? null : await forecastOf(body);
    if (this.#asked === asked) this.forecast = forecast;
  }

  override render(): TemplateResult {
    const { forecast } = this;
    const isTold = forecast !== null && forecast.outcome !== 'none';
    return html`<div role="status">
      ${
        isTold
          ? html`<p class=${forecast.outcome} translate="no">${icon('hold')}<span>${this.#said(forecast)}</span></p>`
          : nothing
      }
    </div>`;
  }

  #said(forecast: Forecast): string {
    const { words } = this;
    const { outcome, rules, refusal } = forecast;
    const named = rules.join(language() === 'en' ? ', ' : '、');
    const who = deciderWord(forecast, words);
    if (outcome === 'refused') return words.willBeRefused(named, refusal);
    return outcome === 'held' ? words.willBeHeld(named, who) : words.mayBeHeld(named, who);
  }
}

/** Null where it goes to nobody yet. */
function factsOf(draft: Draft, from: string): Facts | null {
  if (recipientsOf(draft).length === 0) return null;
  const { to, cc, bcc, subject, text, files } = draft;
  const addresses = (people: Draft['to']): string[] => people.map(({ email }) => email);
  return {
    from,
    to: addresses(to),
    cc: addresses(cc),
    bcc: addresses(bcc),
    subject,
    text: text.slice(0, maxTextCharacters),
    files: files.filter(({ cid }) => cid === null).map(({ name }) => ({ name })),
    octets: files.reduce((octets, { size }) => octets + size, text.length),
  };
}

/** It is a help and no condition: where it cannot be had, nothing is said. */
async function forecastOf(body: Facts): Promise<Forecast | null> {
  try {
    return await ask(forecastRoute, { body });
  } catch (error) {
    if (error instanceof ApiProblem) return null;
    throw error;
  }
}

customElements.define('hold-line', HoldLine);
