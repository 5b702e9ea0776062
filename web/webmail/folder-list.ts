/** The mailboxes, with how many of their mails are unread. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { type IconName, icon } from '../elements/icon.ts';
import { language } from '../i18n/language.ts';
import { mailboxName, type ShownMailbox, shownMailboxes } from './mailboxes.ts';
import { StoreElement } from './store-element.ts';

export class FolderList extends StoreElement {
  static override styles = [
    StoreElement.styles,
    css`
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      a {
        display: flex;
        align-items: center;
        gap: var(--gap-3);
        min-height: 2.375rem;
        padding: 0 var(--gap-3);
        border-radius: var(--radius);
        color: var(--ink);
        text-decoration: none;
      }
      a:hover {
        background: var(--hover);
      }
      a[aria-current] {
        background: var(--selected);
        color: var(--accent-strong);
        font-weight: 600;
      }
      svg {
        flex: none;
        color: var(--ink-soft);
      }
      a[aria-current] svg {
        color: inherit;
      }
      .cut {
        flex: 1;
      }
      .count {
        font-size: var(--size-small);
        font-weight: 600;
        font-variant-numeric: tabular-nums;
      }
      .depth-1 {
        padding-left: 1.75rem;
      }
      .depth-2 {
        padding-left: 2.75rem;
      }
      .depth-3 {
        padding-left: 3.75rem;
      }
    `,
  ];

  override render(): TemplateResult {
    const shown = shownMailboxes(this.store.mailboxes, language());
    return html`<ul>
      ${shown.map((each) => html`<li>${this.#folder(each)}</li>`)}
    </ul>`;
  }

  #folder({ mailbox, depth }: ShownMailbox): TemplateResult {
    const { store, words } = this;
    const name = mailboxName(mailbox, words);
    const picture: IconName = mailbox.role ?? 'folder';
    // Drafts are counted whole: none of them waits to be read.
    const count = mailbox.role === 'drafts' ? mailbox.totalEmails : mailbox.unreadEmails;
    const spoken = mailbox.role === 'drafts' ? words.mailCount(count) : words.unreadCount(count);
    return html`<a
      class="depth-${Math.min(depth, 3)}"
      href=${store.linkTo(null, mailbox)}
      aria-current=${mailbox === store.mailbox ? 'page' : nothing}
      title=${name}
    >
      ${icon(picture)}
      <span class="cut">${name}</span>
      ${
        count > 0
          ? html`<span class="count" aria-hidden="true">${count}</span><span class="only-spoken">${spoken}</span>`
          : ''
      }
    </a>`;
  }
}

customElements.define('folder-list', FolderList);
