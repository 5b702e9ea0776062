/** A held mail beside the reason: what is to be decided on, as its recipients would read it, and the decision below. */
import { html, nothing, type TemplateResult } from 'lit';
import { isoOf, longTime } from '../../i18n/dates.ts';
import { DeskMail, type DeskMailParts, type ReasonWords } from '../desk/desk-mail.ts';
import { calledNames } from '../email.ts';
import { StoreElement } from '../store-element.ts';
import { deciderWord } from './approval-words.ts';
import type { Decision } from './approvals.ts';
import './decision-bar.ts';
import type { OpenApproval } from './held-mail.ts';
import './mail-difference.ts';

export class HeldView extends DeskMail<Decision> {
  static override properties = { ...StoreElement.properties, opened: { attribute: false } };
  declare opened: Extract<OpenApproval, { kind: 'held' }>;

  protected override get parts(): DeskMailParts {
    const { held, email } = this.opened;
    const { approval: id, subject, rules, hits } = held;
    return { id, subject, email, rules, hits, address: `/api/approvals/${id}` };
  }

  protected override get reasons(): ReasonWords {
    return { heading: this.words.whyHeld, picture: 'hold', silence: this.words.noPlaces };
  }

  protected override notes(): unknown {
    const { before, email } = this.opened;
    if (before === null) return nothing;
    return html`<mail-difference .store=${this.store} .earlier=${before} .mail=${email}></mail-difference>`;
  }

  protected override bar(): TemplateResult {
    return html`<decision-bar class="acts" .store=${this.store} .items=${[this.opened.held]}></decision-bar>`;
  }

  protected override facts(): readonly (readonly [string, string])[] {
    const { words } = this;
    const { held, email } = this.opened;
    const then = held.onDeadline === 'deliver' ? words.thenSent : words.thenReturned;
    const deadline =
      held.deadlineMs === null ? words.quarantined : `${longTime(isoOf(held.deadlineMs))} · ${then}`;
    return [
      [words.from, held.senderName ? `${held.senderName} <${held.sender}>` : held.sender],
      [words.to, calledNames(email.to)],
      [words.cc, calledNames(email.cc)],
      [words.heldSince, longTime(isoOf(held.requestedAtMs))],
      [words.decideBy, deadline],
      [words.decidesOnIt, deciderWord(held, words)],
    ];
  }
}

customElements.define('held-view', HeldView);
