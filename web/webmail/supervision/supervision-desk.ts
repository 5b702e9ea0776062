/** The supervision desk: what is to be reviewed, what is overdue, what was reviewed; of all, one person or one rule. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Messages } from '../../i18n/en.ts';
import { DeskElement } from '../desk/desk-element.ts';
import './review-bar.ts';
import './supervised-view.ts';
import type { ReviewOutcome, Supervised, Supervision } from './supervision.ts';
import './supervision-list.ts';
import { type SupervisionTab, supervisionPlaceText, supervisionTabs } from './supervision-place.ts';

type Said = { [K in keyof Messages]: Messages[K] extends string ? K : never }[keyof Messages];

const tabWords: Readonly<Record<SupervisionTab, Said>> = {
  waiting: 'supervisionWaiting',
  overdue: 'supervisionOverdue',
  reviewed: 'supervisionReviewed',
};

/** What is said where a tab has nothing: that it is so, and what comes here. */
const emptyWords: Readonly<Record<SupervisionTab, readonly [Said, Said]>> = {
  waiting: ['nothingToReview', 'nothingToReviewNext'],
  overdue: ['nothingOverdue', 'nothingOverdueNext'],
  reviewed: ['nothingReviewed', 'nothingReviewedNext'],
};

export class SupervisionDesk extends DeskElement<Supervised, ReviewOutcome> {
  protected override get desk(): Supervision {
    return this.store.supervision;
  }

  protected override get heading(): string {
    return this.words.supervision;
  }

  protected override get isPicked(): boolean {
    return this.desk.place?.tab !== 'reviewed';
  }

  protected override get homeLink(): TemplateResult {
    return html`<a class="step" href="#supervision">${this.words.toUnreviewed}</a>`;
  }

  protected override tabs(): TemplateResult {
    const { words, desk } = this;
    const counts = { waiting: desk.waiting, overdue: desk.overdue, reviewed: 0 };
    return html`<nav aria-label=${words.supervision}>
        ${supervisionTabs.map(
          (tab) =>
            html`<a href=${supervisionPlaceText(tab)} data-tab=${tab} aria-current=${desk.place?.tab === tab ? 'page' : nothing}>
              ${words[tabWords[tab]]}${counts[tab] > 0 ? html` <span class="count ${tab}">${counts[tab]}</span>` : nothing}
            </a>`,
        )}
      </nav>
      ${this.#narrowing()}`;
  }

  #narrowing(): TemplateResult | typeof nothing {
    const { words, desk } = this;
    const { people, rules } = desk.choices;
    if (people.length + rules.length === 0) return nothing;
    const { person, rule } = desk.narrowing;
    const named = people.map(({ address, name }) => [address, name || address] as const);
    return html`<div class="narrowing">
      ${choice('person', words.ofPerson, words.ofAnybody, named, person, (chosen) => desk.narrow({ person: chosen }))}
      ${choice(
        'rule',
        words.byRule,
        words.byAnyRule,
        rules.map((each) => [each.rule, each.name] as const),
        rule,
        (chosen) => desk.narrow({ rule: chosen }),
      )}
    </div>`;
  }

  protected override rows(): TemplateResult {
    return html`<supervision-list .store=${this.store} ?isPicked=${this.isPicked}></supervision-list>`;
  }

  protected override busyWords(): string {
    return this.words.loadingSupervision;
  }

  protected override emptyList(): TemplateResult {
    const { words, desk } = this;
    const tab = desk.place?.tab ?? 'waiting';
    if (desk.isNarrowed)
      return html`<empty-state picture="search" .heading=${words.nothingNarrowed} .text=${words.nothingNarrowedNext}>
        <button data-what="widen" @click=${() => desk.narrow({ person: '', rule: '' })}>${words.widen}</button>
      </empty-state>`;
    const [heading, next] = emptyWords[tab];
    return html`<empty-state picture="check" .heading=${words[heading]} .text=${words[next]}>
      ${tab === 'waiting' ? html`<a class="step" href="#/mail/inbox">${words.toInbox}</a>` : this.homeLink}
    </empty-state>`;
  }

  protected override gone(): readonly [string, string] {
    return [this.words.supervisedGone, this.words.supervisedGoneNext];
  }

  protected override unopened(): readonly [string, string] {
    return [this.words.noApprovalOpen, this.words.noSupervisedOpenNext];
  }

  protected override many(): TemplateResult {
    const { words, store } = this;
    const { chosen } = store.supervision;
    return html`<empty-state
        picture="eye"
        .heading=${words.reviewMany(chosen.length)}
        .text=${words.reviewManyNext}
      ></empty-state>
      <review-bar class="acts" .store=${store} .items=${chosen}></review-bar>`;
  }

  protected override whole(): TemplateResult | typeof nothing {
    const { opened } = this.store.supervision;
    if (opened?.kind !== 'supervised') return nothing;
    return html`<supervised-view class="acts" .store=${this.store} .opened=${opened}></supervised-view>`;
  }
}

function choice(
  what: string,
  label: string,
  none: string,
  options: readonly (readonly [value: string, name: string])[],
  chosen: string,
  choose: (value: string) => void,
): TemplateResult {
  return html`<select
    data-what=${what}
    aria-label=${label}
    .value=${chosen}
    @change=${(event: Event) => choose((event.target as HTMLSelectElement).value)}
  >
    <option value="">${none}</option>
    ${options.map(([value, name]) => html`<option value=${value} ?selected=${value === chosen}>${name}</option>`)}
  </select>`;
}

customElements.define('supervision-desk', SupervisionDesk);
