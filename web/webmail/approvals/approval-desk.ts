/** The desk: what waits for one, one's own held mails, what was decided; the list beside what is open. */
import { html, nothing, type TemplateResult } from 'lit';
import '../../elements/empty-state.ts';
import { icon } from '../../elements/icon.ts';
import type { Messages } from '../../i18n/en.ts';
import type { DeskAct } from '../keys.ts';
import { StoreElement } from '../store-element.ts';
import './approval-list.ts';
import './approval-record.ts';
import type { Decision } from './approvals.ts';
import './decision-bar.ts';
import type { DecisionBar } from './decision-bar.ts';
import { deskColumns } from './desk-columns.ts';
import { type DeskTab, deskPlaceText, deskTabs } from './desk-place.ts';
import './held-view.ts';
import type { HeldView } from './held-view.ts';

type Said = { [K in keyof Messages]: Messages[K] extends string ? K : never }[keyof Messages];

const tabWords: Readonly<Record<DeskTab, Said>> = {
  waiting: 'approvalsWaiting',
  own: 'approvalsOwn',
  log: 'approvalsLog',
};

/** What is said where a tab has nothing: that it is so, and what comes here. */
const emptyWords: Readonly<Record<DeskTab, readonly [Said, Said]>> = {
  waiting: ['nothingToApprove', 'nothingToApproveNext'],
  own: ['nothingHeld', 'nothingHeldNext'],
  log: ['nothingDecided', 'nothingDecidedNext'],
};

export class ApprovalDesk extends StoreElement {
  static override styles = [StoreElement.styles, deskColumns];

  perform(act: DeskAct): void {
    const { approvals } = this.store;
    const { place } = approvals;
    switch (act) {
      case 'next':
      case 'previous': {
        const approval = approvals.neighbour(act === 'next' ? 1 : -1);
        return approval === null ? undefined : approvals.goTo(approval);
      }
      case 'open': {
        const approval = place?.approval ?? approvals.neighbour(1);
        return approval === null ? undefined : approvals.goTo(approval);
      }
      case 'back':
        return approvals.goTo(null);
      case 'select':
        if (place?.tab === 'waiting' && place.approval !== null) approvals.toggle(place.approval);
        return;
      default:
        return this.#begin(act);
    }
  }

  #begin(decision: Decision): void {
    const root = this.renderRoot;
    const bar = root.querySelector<DecisionBar | HeldView>('.side > decision-bar, .side > held-view');
    bar?.begin(decision);
  }

  override render(): TemplateResult {
    const { approvals } = this.store;
    const isReading = approvals.place?.approval !== null;
    const shown = approvals.selection.size > 0 ? 'choosing' : isReading ? 'reading' : '';
    return html`<div class="columns ${shown}">
      <section class="list" aria-label=${this.words.approvals}>${this.#tabs()}${this.#list()}</section>
      <section class="side" aria-live="off">${this.#side()}</section>
    </div>`;
  }

  #tabs(): TemplateResult {
    const { words, store } = this;
    const { place, ofEverybody } = store.approvals;
    const maySeeAll = store.person.roles.some((role) => ['auditor', 'administrator'].includes(role));
    return html`<nav aria-label=${words.approvals}>
        ${deskTabs.map(
          (tab) =>
            html`<a href=${deskPlaceText(tab)} data-tab=${tab} aria-current=${place?.tab === tab ? 'page' : nothing}>${words[tabWords[tab]]}</a>`,
        )}
      </nav>
      ${
        place?.tab === 'log' && maySeeAll
          ? html`<label class="everybody">
            <input
              type="checkbox"
              .checked=${ofEverybody}
              @change=${(event: Event) => store.approvals.showEverybody((event.target as HTMLInputElement).checked)}
            />
            ${words.approvalsOfEverybody}
          </label>`
          : nothing
      }
      ${this.#selecting()}`;
  }

  /** Several at once are chosen with the boxes, or all with one button. */
  #selecting(): TemplateResult | typeof nothing {
    const { words } = this;
    const { approvals } = this.store;
    const items = approvals.items ?? [];
    if (approvals.place?.tab !== 'waiting' || items.length < 2) return nothing;
    const isAny = approvals.selection.size > 0;
    return html`<div class="selecting">
      <button
        class="plain"
        data-what="select-all"
        @click=${() => approvals.select(isAny ? [] : items.map(({ approval }) => approval))}
      >
        ${isAny ? words.clearSelection : words.selectAll}
      </button>
      <span role="status">${isAny ? words.selected(approvals.selection.size) : ''}</span>
    </div>`;
  }

  #list(): TemplateResult {
    const { words, store } = this;
    const { items, fault, place } = store.approvals;
    if (items === null && fault === null)
      return html`<empty-state picture="hold" isBusy .heading=${words.loadingApprovals}></empty-state>`;
    if (items === null)
      return html`<empty-state picture="junk" .heading=${fault}>
        <button class="primary" @click=${() => store.approvals.refresh()}>${words.tryAgain}</button>
      </empty-state>`;
    if (items.length > 0) return html`<approval-list .store=${store}></approval-list>`;
    const tab = place?.tab ?? 'waiting';
    const [heading, next] = emptyWords[tab];
    const [link, label] =
      tab === 'waiting' ? ['#/mail/inbox', words.toInbox] : ['#approvals', words.toWaiting];
    return html`<empty-state picture="check" .heading=${words[heading]} .text=${words[next]}>
      <a class="step" href=${link}>${label}</a>
    </empty-state>`;
  }

  #side(): TemplateResult | typeof nothing {
    const { words, store } = this;
    const { chosen, opened, items } = store.approvals;
    if (chosen.length > 0)
      return html`<empty-state
          picture="check"
          .heading=${words.decideOnMany(chosen.length)}
          .text=${words.decideOnManyNext}
        ></empty-state>
        <decision-bar .store=${store} .items=${chosen}></decision-bar>`;
    switch (opened?.kind) {
      case 'loading':
        return html`<empty-state picture="openEnvelope" isBusy .heading=${words.loadingMail}></empty-state>`;
      case 'gone':
        return html`<empty-state picture="trash" .heading=${words.approvalGone} .text=${words.approvalGoneNext}>
          <a class="step" href="#approvals">${words.toWaiting}</a>
        </empty-state>`;
      case 'held':
        return html`${this.#back()}<held-view .store=${store} .opened=${opened}></held-view>`;
      case 'record':
        return html`${this.#back()}<approval-record .store=${store} .record=${opened.record}></approval-record>`;
      default:
        if (items === null || items.length === 0) return nothing;
        return html`<empty-state
          picture="openEnvelope"
          .heading=${words.noApprovalOpen}
          .text=${words.noApprovalOpenNext}
        ></empty-state>`;
    }
  }

  /** On a narrow screen one sees the list or what is open. */
  #back(): TemplateResult {
    const { words, store } = this;
    return html`<button class="plain back" data-what="back" @click=${() => store.approvals.goTo(null)}>
      ${icon('back')}${words.backToList}
    </button>`;
  }
}

customElements.define('approval-desk', ApprovalDesk);
