/** A mail on a desk: why it is there, its facts, the mail as it reads, and below it what can be done. */
import { css, html, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import type { IconName } from '../../elements/icon.ts';
import '../attachment-list.ts';
import type { Email } from '../email.ts';
import '../mail-body.ts';
import { PartFiles } from '../part-files.ts';
import { StoreElement } from '../store-element.ts';
import type { ActBar } from './desk-element.ts';
import { deskLook } from './desk-look.ts';
import { foundRanges, type Hit, markedText } from './found-text.ts';
import './rule-reasons.ts';

export interface DeskMailParts {
  readonly id: string;
  readonly subject: string;
  readonly email: Email;
  readonly rules: readonly string[];
  readonly hits: readonly Hit[];
  /** Of the mail, for its files: `/api/approvals/<id>`. */
  readonly address: string;
}

/** What is said of the rules: above them, and of one that found nothing in the mail. */
export interface ReasonWords {
  readonly heading: string;
  readonly picture: IconName;
  readonly silence: string;
}

export abstract class DeskMail<Act extends string> extends StoreElement {
  static override styles = [
    StoreElement.styles,
    deskLook,
    css`
      :host {
        display: grid;
        grid-template: minmax(0, 1fr) auto / minmax(0, 1fr);
        min-height: 0;
      }
      article {
        overflow-y: auto;
        padding: var(--gap-4) var(--gap-6) var(--gap-8);
        outline-offset: -2px;
      }
      @media (max-width: 860px) {
        article {
          padding: var(--gap-3) var(--gap-4) var(--gap-6);
        }
      }
    `,
  ];

  protected abstract get parts(): DeskMailParts;
  protected abstract get reasons(): ReasonWords;
  /** Above the facts. */
  protected abstract notes(): unknown;
  /** Label and value; what is empty is left out. */
  protected abstract facts(): readonly (readonly [string, string | TemplateResult])[];
  /** With the class `acts`; or nothing. */
  protected abstract bar(): unknown;

  begin(act: Act): void {
    this.renderRoot.querySelector<ActBar<Act>>('.acts')?.begin(act);
  }

  override render(): TemplateResult {
    const { store, words, parts } = this;
    const { id, email, hits } = parts;
    const { heading, picture, silence } = this.reasons;
    const subject = parts.subject.trim() === '' ? words.noSubject : parts.subject;
    const found = foundRanges(subject, hitsIn('subject', hits));
    const files = new PartFiles(parts.address, (...said) => store.say(...said));
    return html`<article tabindex="0" aria-label=${words.mailText}>
        <h2 translate="no">${markedText(subject, found)}</h2>
        <rule-reasons
          .heading=${heading}
          .picture=${picture}
          .silence=${silence}
          .rules=${parts.rules}
          .hits=${hits}
          .mail=${email}
        ></rule-reasons>
        ${this.notes()}
        <dl>
          ${this.facts()
            .filter(([, value]) => value !== '')
            .map(([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>`)}
        </dl>
        ${keyed(
          id,
          html`<mail-body .files=${files} .mail=${email} .hits=${hitsIn('body', hits)}></mail-body>
            <attachment-list .files=${files} .mail=${email}></attachment-list>`,
        )}
      </article>
      ${keyed(id, this.bar())}`;
  }
}

function hitsIn(place: string, hits: readonly Hit[]): readonly Hit[] {
  return hits.filter((hit) => hit.in === place);
}
