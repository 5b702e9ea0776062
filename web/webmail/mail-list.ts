/** The mails of a mailbox: of any number, drawn only where one looks. */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import '../elements/empty-state.ts';
import './list-toolbar.ts';
import { listLook, rowHeight } from './list-look.ts';
import { isNarrowed } from './mail-query.ts';
import { mailRow } from './mail-row.ts';
import { rowWindow } from './row-window.ts';
import { StoreElement } from './store-element.ts';

export class MailList extends StoreElement {
  static override properties = {
    ...StoreElement.properties,
    scrolledTo: { state: true },
    height: { state: true },
  };
  static override styles = [StoreElement.styles, listLook];
  /** Pixels. */
  declare scrolledTo: number;
  declare height: number;
  #shownQuery: unknown = null;
  #shownMail: string | null = null;
  readonly #resized = new ResizeObserver(([entry]) => {
    this.height = entry?.contentRect.height ?? this.height;
  });

  constructor() {
    super();
    this.scrolledTo = 0;
    this.height = 800;
  }

  override firstUpdated(): void {
    this.#resized.observe(this.#scroller);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
  }

  get #scroller(): HTMLElement {
    return this.renderRoot.querySelector<HTMLElement>('.scroller')!;
  }

  override updated(changed: PropertyValues): void {
    super.updated(changed);
    const { list, route } = this.store;
    if (list && list.query !== this.#shownQuery) {
      this.#shownQuery = list.query;
      this.#scroller.scrollTop = 0;
    }
    if (route.email !== this.#shownMail) {
      this.#shownMail = route.email;
      this.#bringIntoView(route.email);
    }
    const { first, last } = this.#window();
    this.store.lookAt(first, last);
  }

  #window() {
    return rowWindow(this.scrolledTo, this.height, rowHeight, this.store.list?.total ?? 0);
  }

  /** By keys one goes further than one sees. */
  #bringIntoView(id: string | null): void {
    const row = id === null ? -1 : (this.store.list?.rowOf(id) ?? -1);
    if (row < 0) return;
    const scroller = this.#scroller;
    const [top, bottom] = [row * rowHeight, (row + 1) * rowHeight];
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (bottom > scroller.scrollTop + scroller.clientHeight)
      scroller.scrollTop = bottom - scroller.clientHeight;
  }

  override render(): TemplateResult {
    const { store, words } = this;
    const total = store.list?.total ?? 0;
    const { first, last } = this.#window();
    const rows = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
    return html`
      <list-toolbar .store=${store}></list-toolbar>
      <div
        class="scroller"
        tabindex="0"
        role="region"
        aria-label=${words.mailList}
        @scroll=${(event: Event) => {
          this.scrolledTo = (event.target as HTMLElement).scrollTop;
        }}
      >
        ${total === 0 ? this.#emptyState() : nothing}
        <svg class="ground" width="1" height=${total * rowHeight} aria-hidden="true"></svg>
        ${
          total === 0
            ? nothing
            : html`<ul>
              ${repeat(
                rows,
                (row) => store.list?.idAt(row) ?? row,
                (row) => mailRow(store, row, total),
              )}
            </ul>`
        }
      </div>
    `;
  }

  #emptyState(): TemplateResult {
    const { store, words } = this;
    const { list, mailbox, fault } = store;
    if (list === null || list.total === null) {
      if (fault !== null)
        return html`<empty-state picture="envelope" .heading=${fault}>
          <button class="primary" @click=${() => store.refresh()}>${words.tryAgain}</button>
        </empty-state>`;
      const heading = store.view.words.trim() === '' ? words.loadingMails : words.searching;
      return html`<empty-state picture="envelope" isBusy .heading=${heading}></empty-state>`;
    }
    if (isNarrowed(list.query))
      return html`<empty-state picture="search" .heading=${words.emptySearch} .text=${words.emptySearchNext}>
        <button @click=${() => store.look({ words: '', quick: 'all' })}>${words.showAll}</button>
      </empty-state>`;
    switch (mailbox?.role) {
      case 'inbox':
        return html`<empty-state picture="inbox" .heading=${words.emptyInbox} .text=${words.emptyInboxNext}></empty-state>`;
      case 'trash':
        return html`<empty-state picture="trash" .heading=${words.emptyTrash} .text=${words.emptyTrashNext}></empty-state>`;
      default:
        return html`<empty-state picture="folder" .heading=${words.emptyFolder} .text=${words.emptyFolderNext}></empty-state>`;
    }
  }
}

customElements.define('mail-list', MailList);
