/** A supervised mail as it was sent, beside the reason, with its envelope; its review below, or what that came to. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../../elements/icon.ts';
import { isoOf, longTime, momentText } from '../../i18n/dates.ts';
import { DeskMail, type DeskMailParts, type ReasonWords } from '../desk/desk-mail.ts';
import { calledNames } from '../email.ts';
import { StoreElement } from '../store-element.ts';
import './review-bar.ts';
import { envelopeOf, type OpenSupervised } from './supervised-mail.ts';
import type { ReviewOutcome } from './supervision.ts';
import { outcomePicture, outcomeWord, supervisedTone } from './supervision-words.ts';

export class SupervisedView extends DeskMail<ReviewOutcome> {
  static override properties = { ...StoreElement.properties, opened: { attribute: false } };
  declare opened: OpenSupervised;

  protected override get parts(): DeskMailParts {
    const { copy, email } = this.opened;
    const { supervision: id, subject, hits } = copy;
    // One under seal has no name where another rule asks for the mail openly.
    const rules = copy.rules.filter((rule) => rule !== '');
    return { id, subject, email, rules, hits, address: `/api/supervision/${id}` };
  }

  protected override get reasons(): ReasonWords {
    const { words } = this;
    const silence = this.opened.copy.sealed ? words.sealedPlaces : words.noPlaces;
    return { heading: words.whySupervised, picture: 'eye', silence };
  }

  protected override notes(): TemplateResult {
    const { words } = this;
    const { sealed, sealedBecause, outcome, note, reviewedAtMs, reviewedBy } = this.opened.copy;
    return html`${
      sealed
        ? html`<p class="note">${icon('hold')}<span>${words.underSeal} <span translate="no">${sealedBecause}</span></span></p>`
        : nothing
    }
    ${
      outcome === null
        ? nothing
        : html`<section class="outcome" aria-label=${words.reviewOutcome}>
          <p class=${supervisedTone(this.opened.copy)}>${icon(outcomePicture[outcome])}${outcomeWord(outcome, words)}</p>
          <p><span translate="no">${reviewedBy}</span> · ${momentText(reviewedAtMs ?? 0)}</p>
          ${note === '' ? nothing : html`<blockquote translate="no">${note}</blockquote>`}
        </section>`
    }`;
  }

  protected override facts(): readonly (readonly [string, string | TemplateResult])[] {
    const { words } = this;
    const { copy, email } = this.opened;
    const { sender, people, acceptedAtMs, dueAtMs, outcome } = copy;
    const from = calledNames(email.from);
    const address = email.from?.[0]?.email ?? '';
    return [
      [words.from, from === address || address === '' ? from : `${from} <${address}>`],
      [words.envelopeSender, sender === address ? '' : sender],
      [words.to, calledNames(email.to)],
      [words.cc, calledNames(email.cc)],
      [words.bcc, calledNames(email.bcc)],
      [words.wentTo, this.#envelope()],
      [words.acceptedAt, longTime(isoOf(acceptedAtMs))],
      [words.supervisedPeople, people.join(', ')],
      [words.reviewBy, dueAtMs === null || outcome !== null ? '' : this.#due(dueAtMs)],
    ];
  }

  #due(dueAtMs: number): string | TemplateResult {
    const isOverdue = this.opened.copy.state === 'overdue';
    const due = longTime(isoOf(dueAtMs));
    return isOverdue ? html`<span class="bad">${due} · ${this.words.reviewOverdue}</span>` : due;
  }

  /** Whoever is in the envelope alone is marked: the others did not see them. */
  #envelope(): TemplateResult {
    const { copy, email } = this.opened;
    return html`${envelopeOf(copy, email).map(
      ({ address, isNamed }, i) =>
        html`${i > 0 ? ', ' : ''}${address}${isNamed ? nothing : html` <em>${this.words.hiddenRecipient}</em>`}`,
    )}`;
  }

  protected override bar(): TemplateResult | typeof nothing {
    const { copy } = this.opened;
    if (copy.outcome !== null) return nothing;
    return html`<review-bar class="acts" .store=${this.store} .items=${[copy]}></review-bar>`;
  }
}

customElements.define('supervised-view', SupervisedView);
