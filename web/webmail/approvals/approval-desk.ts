/** The approval desk: what waits for one, one's own held mails, what was decided. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Messages } from '../../i18n/en.ts';
import { DeskElement } from '../desk/desk-element.ts';
import './approval-list.ts';
import { type ApprovalTab, approvalPlaceText, approvalTabs } from './approval-place.ts';
import './approval-record.ts';
import type { Approval, Approvals, Decision } from './approvals.ts';
import './decision-bar.ts';
import './held-view.ts';

type Said = { [K in keyof Messages]: Messages[K] extends string ? K : never }[keyof Messages];

const tabWords: Readonly<Record<ApprovalTab, Said>> = {
  waiting: 'approvalsWaiting',
  own: 'approvalsOwn',
  log: 'approvalsLog',
};

/** What is said where a tab has nothing: that it is so, and what comes here. */
const emptyWords: Readonly<Record<ApprovalTab, readonly [Said, Said]>> = {
  waiting: ['nothingToApprove', 'nothingToApproveNext'],
  own: ['nothingHeld', 'nothingHeldNext'],
  log: ['nothingDecided', 'nothingDecidedNext'],
};

export class ApprovalDesk extends DeskElement<Approval, Decision> {
  protected override get desk(): Approvals {
    return this.store.approvals;
  }

  protected override get heading(): string {
    return this.words.approvals;
  }

  protected override get isPicked(): boolean {
    return this.desk.place?.tab === 'waiting';
  }

  protected override get homeLink(): TemplateResult {
    return html`<a class="step" href="#approvals">${this.words.toWaiting}</a>`;
  }

  protected override tabs(): TemplateResult {
    const { words, store, desk } = this;
    const maySeeAll = store.person.roles.some((role) => ['auditor', 'administrator'].includes(role));
    return html`<nav aria-label=${words.approvals}>
        ${approvalTabs.map(
          (tab) =>
            html`<a href=${approvalPlaceText(tab)} data-tab=${tab} aria-current=${desk.place?.tab === tab ? 'page' : nothing}>${words[tabWords[tab]]}</a>`,
        )}
      </nav>
      ${
        desk.place?.tab === 'log' && maySeeAll
          ? html`<label class="everybody">
            <input
              type="checkbox"
              .checked=${desk.ofEverybody}
              @change=${(event: Event) => desk.showEverybody((event.target as HTMLInputElement).checked)}
            />
            ${words.approvalsOfEverybody}
          </label>`
          : nothing
      }`;
  }

  protected override rows(): TemplateResult {
    return html`<approval-list .store=${this.store} ?isPicked=${this.isPicked}></approval-list>`;
  }

  protected override busyWords(): string {
    return this.words.loadingApprovals;
  }

  protected override emptyList(): TemplateResult {
    const { words } = this;
    const tab = this.desk.place?.tab ?? 'waiting';
    const [heading, next] = emptyWords[tab];
    return html`<empty-state picture="check" .heading=${words[heading]} .text=${words[next]}>
      ${tab === 'waiting' ? html`<a class="step" href="#/mail/inbox">${words.toInbox}</a>` : this.homeLink}
    </empty-state>`;
  }

  protected override gone(): readonly [string, string] {
    return [this.words.approvalGone, this.words.approvalGoneNext];
  }

  protected override unopened(): readonly [string, string] {
    return [this.words.noApprovalOpen, this.words.noApprovalOpenNext];
  }

  protected override many(): TemplateResult {
    const { words, store } = this;
    const { chosen } = store.approvals;
    return html`<empty-state
        picture="check"
        .heading=${words.decideOnMany(chosen.length)}
        .text=${words.decideOnManyNext}
      ></empty-state>
      <decision-bar class="acts" .store=${store} .items=${chosen}></decision-bar>`;
  }

  protected override whole(): TemplateResult | typeof nothing {
    const { store } = this;
    const { opened } = store.approvals;
    if (opened?.kind === 'held')
      return html`<held-view class="acts" .store=${store} .opened=${opened}></held-view>`;
    if (opened?.kind === 'record')
      return html`<approval-record .store=${store} .record=${opened.record}></approval-record>`;
    return nothing;
  }
}

customElements.define('approval-desk', ApprovalDesk);
