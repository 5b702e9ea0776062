/** Why a mail is on a desk: each rule by name, with what it found and where. */
import { css, html, type TemplateResult } from 'lit';
import { type IconName, icon } from '../../elements/icon.ts';
import { PageElement } from '../../elements/page-element.ts';
import type { Email } from '../email.ts';
import { fileName } from '../mail-files.ts';
import { deskLook } from './desk-look.ts';
import type { Hit } from './found-text.ts';
import { placeWord } from './place-word.ts';

export class RuleReasons extends PageElement {
  static override properties = {
    heading: {},
    picture: {},
    silence: {},
    rules: { attribute: false },
    hits: { attribute: false },
    mail: { attribute: false },
  };
  static override styles = [
    PageElement.styles,
    deskLook,
    css`
      section {
        margin-bottom: var(--gap-4);
        padding: var(--gap-3) var(--gap-4);
        border-radius: var(--radius);
        background: var(--notice-surface);
      }
      h3 {
        display: flex;
        align-items: center;
        gap: var(--gap-2);
      }
      ul {
        display: grid;
        gap: var(--gap-1);
        margin: 0;
        padding: 0;
        list-style: none;
      }
      ul ul {
        padding-left: var(--gap-4);
      }
      p {
        margin: 0;
      }
      li {
        overflow-wrap: anywhere;
      }
    `,
  ];
  declare heading: string;
  declare picture: IconName;
  /** What is said of a rule that found nothing in the mail. */
  declare silence: string;
  /** By name. */
  declare rules: readonly string[];
  declare hits: readonly Hit[];
  declare mail: Email;

  constructor() {
    super();
    this.heading = '';
    this.picture = 'hold';
    this.silence = '';
    this.rules = [];
    this.hits = [];
  }

  override render(): TemplateResult {
    const { heading, words } = this;
    return html`<section aria-label=${heading}>
      <h3>${icon(this.picture)}${heading}</h3>
      <ul>
        ${this.rules.map((rule) => html`<li><strong translate="no">${words.heldByRule(rule)}</strong>${this.#places(rule)}</li>`)}
      </ul>
    </section>`;
  }

  #places(rule: string): TemplateResult {
    const { words } = this;
    const places = apart(this.hits.filter((hit) => hit.rule === rule));
    if (places.length === 0) return html`<p>${this.silence}</p>`;
    return html`<ul>
      ${places.map(
        (hit) =>
          html`<li><mark translate="no">${hit.found}</mark> <span translate=${hit.in === 'attachments' ? 'no' : 'yes'}>${placeWord(hit, this.#fileOf(hit), words)}</span></li>`,
      )}
    </ul>`;
  }

  #fileOf({ part }: Hit): string {
    const { attachments = [], textBody = [], htmlBody = [] } = this.mail;
    const file = [...attachments, ...textBody, ...htmlBody].find(({ partId }) => partId === part);
    return file ? fileName(file, this.words) : this.words.unnamedFile;
  }
}

/** What is found often in one place is said once. */
function apart(hits: readonly Hit[]): readonly Hit[] {
  return [...new Map(hits.map((hit) => [`${hit.in} ${hit.part} ${hit.found}`, hit])).values()];
}

customElements.define('rule-reasons', RuleReasons);
