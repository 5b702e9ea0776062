/** The rows of a desk: who, what, why and until when; to be selected where one acts on several. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { shortTime } from '../../i18n/dates.ts';
import { StoreElement } from '../store-element.ts';
import type { DeskPlace, DeskState } from './desk-state.ts';

export interface DeskRow {
  readonly who: string;
  readonly atMs: number;
  readonly subject: string;
  readonly preview: string;
  /** A term while it waits, its end from then on. */
  readonly until: TemplateResult;
}

export abstract class DeskList<Item> extends StoreElement {
  static override properties = { ...StoreElement.properties, isPicked: { type: Boolean } };
  static override styles = [
    StoreElement.styles,
    css`
      :host {
        display: block;
        overflow-y: auto;
      }
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      .row {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        border-bottom: 1px solid var(--line);
      }
      .row:hover {
        background: var(--hover);
      }
      .row.shown,
      .row.chosen {
        background: var(--selected);
      }
      .pick {
        display: grid;
        place-items: center;
        width: 2.75rem;
        cursor: pointer;
      }
      .pick input {
        width: 1.125rem;
        height: 1.125rem;
        margin: 0;
        accent-color: var(--accent);
      }
      a {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        grid-column: 2;
        gap: 0 var(--gap-2);
        padding: var(--gap-2) var(--gap-3) var(--gap-2) 0;
        color: inherit;
        text-decoration: none;
        outline-offset: -2px;
      }
      a.whole {
        grid-column: 1 / -1;
        padding-left: var(--gap-4);
      }
      .who {
        font-weight: 600;
      }
      time,
      .preview,
      .until {
        color: var(--ink-soft);
        font-size: var(--size-small);
      }
      .subject {
        grid-column: 1 / -1;
      }
      time,
      .until {
        text-align: end;
      }
      .good {
        color: var(--good);
      }
      .bad {
        color: var(--danger);
      }
    `,
  ];
  /** Several are acted on at once. */
  declare isPicked: boolean;

  constructor() {
    super();
    this.isPicked = false;
  }

  protected abstract get desk(): DeskState<Item, unknown, DeskPlace>;
  protected abstract get heading(): string;
  protected abstract rowOf(item: Item): DeskRow;

  override render(): TemplateResult {
    return html`<ul aria-label=${this.heading}>
      ${repeat(
        this.desk.items ?? [],
        (item) => this.desk.idOf(item),
        (item) => this.#row(item),
      )}
    </ul>`;
  }

  #row(item: Item): TemplateResult {
    const { desk, isPicked } = this;
    const id = desk.idOf(item);
    const row = this.rowOf(item);
    const isShown = desk.place?.open === id;
    const isChosen = desk.selection.has(id);
    const subject = row.subject.trim() || this.words.noSubject;
    const at = new Date(row.atMs).toISOString();
    return html`<li class="row ${isShown ? 'shown' : ''} ${isChosen ? 'chosen' : ''}">
      ${isPicked ? this.#pick(id, subject, isChosen) : nothing}
      <a class=${isPicked ? '' : 'whole'} href=${desk.linkTo(id)} aria-current=${isShown ? 'true' : nothing}>
        <span class="who cut">${row.who}</span>
        <time datetime=${at}>${shortTime(at, new Date())}</time>
        <span class="subject cut">${subject}</span>
        <span class="preview cut">${row.preview}</span>
        <span class="until">${row.until}</span>
      </a>
    </li>`;
  }

  #pick(id: string, subject: string, isChosen: boolean): TemplateResult {
    return html`<label class="pick">
      <input
        type="checkbox"
        aria-label=${this.words.selectMail(subject)}
        .checked=${isChosen}
        @change=${() => this.desk.toggle(id)}
      />
    </label>`;
  }
}
