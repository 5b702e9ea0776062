/** Above the list: what it holds and how it is narrowed, or what can be done with what is selected. */
import { css, html, nothing, type TemplateResult } from 'lit';
import '../elements/drop-menu.ts';
import { icon } from '../elements/icon.ts';
import { isNarrowed, type QuickFilter } from './mail-query.ts';
import { mailboxName } from './mailboxes.ts';
import './mail-actions.ts';
import { StoreElement } from './store-element.ts';

export class ListToolbar extends StoreElement {
  static override styles = [
    StoreElement.styles,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--gap-2);
        container-type: inline-size;
        padding: var(--gap-2) var(--gap-3);
        border-bottom: 1px solid var(--line);
      }
      .line {
        display: flex;
        align-items: center;
        gap: var(--gap-2);
        min-height: 2.25rem;
      }
      h1 {
        flex: 1;
        margin: 0;
        font-size: 1.125rem;
        line-height: 1.3;
      }
      h1 small {
        display: block;
        color: var(--ink-soft);
        font-size: var(--size-small);
        font-weight: 400;
      }
      .count {
        flex: 1;
        font-weight: 650;
      }
      @container (min-width: 24rem) {
        .short {
          display: none;
        }
      }
      @container (max-width: 23.99rem) {
        .long {
          display: none;
        }
      }
      .filters {
        display: flex;
        flex-wrap: wrap;
        gap: var(--gap-1);
        align-items: center;
      }
      .filters button {
        min-height: 1.875rem;
        border-radius: 1rem;
        font-size: var(--size-small);
      }
      .filters button[aria-pressed='true'] {
        border-color: transparent;
        background: var(--selected);
        color: var(--accent-strong);
        font-weight: 600;
      }
      .option {
        display: flex;
        gap: var(--gap-2);
        align-items: center;
        min-height: 2.25rem;
        padding: 0 var(--gap-2);
        cursor: pointer;
      }
      .option input {
        width: 1.125rem;
        height: 1.125rem;
        accent-color: var(--accent);
      }
    `,
  ];

  override render(): TemplateResult {
    const { selection } = this.store;
    return html`${selection.size > 0 ? this.#selected(selection.size) : this.#heading()} ${this.#filters()}`;
  }

  #heading(): TemplateResult {
    const { store, words } = this;
    const { mailbox, list } = store;
    return html`<div class="line">
      <h1 class="cut">
        ${mailbox ? mailboxName(mailbox, words) : ''}
        <small class="cut">${list?.total == null ? words.loadingMails : this.#countText(list.total)}</small>
      </h1>
      ${
        list?.total
          ? html`<button
            class="plain icon"
            data-what="select-all"
            aria-label=${words.selectAll}
            title=${words.selectAll}
            @click=${() => store.selectAll()}
          >
            ${icon('check')}
          </button>`
          : nothing
      }
      <drop-menu .label=${words.listOptions}>
        <span slot="icon">${icon('settings')}</span>
        <label class="option">
          <input
            type="checkbox"
            .checked=${store.view.collapseThreads}
            @change=${(event: Event) => store.look({ collapseThreads: (event.target as HTMLInputElement).checked })}
          />
          ${words.conversations}
        </label>
      </drop-menu>
    </div>`;
  }

  #countText(total: number): string {
    const { store, words } = this;
    if (store.list && isNarrowed(store.list.query)) return words.foundCount(total);
    const unread = store.mailbox?.unreadEmails ?? 0;
    const all = store.view.collapseThreads ? words.conversationCount(total) : words.mailCount(total);
    return unread > 0 ? `${all} · ${words.unreadCount(unread)}` : all;
  }

  #selected(count: number): TemplateResult {
    const { store, words } = this;
    return html`<div class="line">
      <button
        class="plain icon"
        aria-label=${words.clearSelection}
        title=${words.clearSelection}
        @click=${() => store.select([])}
      >
        ${icon('close')}
      </button>
      <span class="count" role="status" aria-label=${words.selected(count)} title=${words.selected(count)}>
        <span class="long">${words.selected(count)}</span>
        <span class="short">${count}</span>
      </span>
      <mail-actions .store=${store} .ids=${[...store.selection]}></mail-actions>
    </div>`;
  }

  #filters(): TemplateResult {
    const { store, words } = this;
    const filters: readonly [QuickFilter, string][] = [
      ['all', words.filterAll],
      ['unread', words.filterUnread],
      ['flagged', words.filterFlagged],
      ['attachment', words.filterAttachment],
    ];
    return html`<div class="filters" role="group" aria-label=${words.filters}>
      ${filters.map(
        ([quick, label]) =>
          html`<button
            data-filter=${quick}
            aria-pressed=${store.view.quick === quick}
            @click=${() => store.look({ quick })}
          >
            ${label}
          </button>`,
      )}
      ${
        store.view.words.trim() === ''
          ? nothing
          : html`<button @click=${() => store.look({ words: '' })}>${words.clearSearch} ×</button>`
      }
    </div>`;
  }
}

customElements.define('list-toolbar', ListToolbar);
