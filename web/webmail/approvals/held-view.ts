/** A held mail beside the reason: what is to be decided on, as its recipients would read it, and the decision below. */
import { css, html, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import { longTime } from '../../i18n/dates.ts';
import '../attachment-list.ts';
import { type Address, calledName } from '../email.ts';
import '../mail-body.ts';
import { PartFiles } from '../part-files.ts';
import { StoreElement } from '../store-element.ts';
import { deciderWord } from './approval-words.ts';
import type { Decision } from './approvals.ts';
import './decision-bar.ts';
import type { DecisionBar } from './decision-bar.ts';
import { deskLook } from './desk-look.ts';
import { foundRanges, markedText } from './found-text.ts';
import type { HeldMail, Opened } from './held-mail.ts';
import './held-reasons.ts';

export class HeldView extends StoreElement {
  static override properties = { ...StoreElement.properties, opened: { attribute: false } };
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
  declare opened: Extract<Opened, { kind: 'held' }>;

  begin(decision: Decision): void {
    this.renderRoot.querySelector<DecisionBar>('decision-bar')?.begin(decision);
  }

  override render(): TemplateResult {
    const { store, words } = this;
    const { held, email } = this.opened;
    const inSubject = held.hits.filter((hit) => hit.in === 'subject');
    const subject = held.subject.trim() === '' ? words.noSubject : held.subject;
    const files = new PartFiles(`/api/approvals/${held.approval}`, (...said) => store.say(...said));
    return html`<article tabindex="0" aria-label=${words.mailText}>
        <h2 translate="no">${markedText(subject, foundRanges(subject, inSubject))}</h2>
        <held-reasons .held=${held} .mail=${email}></held-reasons>
        ${this.#facts(held)}
        ${keyed(
          held.approval,
          html`<mail-body .files=${files} .mail=${email} .hits=${held.hits.filter((hit) => hit.in === 'body')}></mail-body>
            <attachment-list .files=${files} .mail=${email}></attachment-list>`,
        )}
      </article>
      ${keyed(held.approval, html`<decision-bar .store=${store} .items=${[held]}></decision-bar>`)}`;
  }

  #facts(held: HeldMail): TemplateResult {
    const { words } = this;
    const { to, cc } = this.opened.email;
    const names = (people: readonly Address[] | null | undefined): string =>
      (people ?? []).map(calledName).join(', ');
    const then = held.onDeadline === 'deliver' ? words.thenSent : words.thenReturned;
    const deadline =
      held.deadlineMs === null ? words.quarantined : `${longTime(isoOf(held.deadlineMs))} · ${then}`;
    const lines: readonly (readonly [string, string])[] = [
      [words.from, held.senderName ? `${held.senderName} <${held.sender}>` : held.sender],
      [words.to, names(to)],
      [words.cc, names(cc)],
      [words.heldSince, longTime(isoOf(held.requestedAtMs))],
      [words.decideBy, deadline],
      [words.decidesOnIt, deciderWord(held, words)],
    ];
    return html`<dl>
      ${lines.filter(([, value]) => value !== '').map(([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>`)}
    </dl>`;
  }
}

function isoOf(atMs: number): string {
  return new Date(atMs).toISOString();
}

customElements.define('held-view', HeldView);
