/** What can be done with mails, be it those selected or the one that is open. */
import { css, html, type TemplateResult } from 'lit';
import '../elements/drop-menu.ts';
import type { DropMenu } from '../elements/drop-menu.ts';
import { type IconName, icon } from '../elements/icon.ts';
import { language } from '../i18n/language.ts';
import { isStarred, isUnread, type Mailbox } from './email.ts';
import type { MailAct } from './keys.ts';
import { mailboxName, shownMailboxes } from './mailboxes.ts';
import { StoreElement } from './store-element.ts';

export class MailActions extends StoreElement {
  static override properties = { ...StoreElement.properties, ids: { attribute: false } };
  static override styles = [
    StoreElement.styles,
    css`
      :host {
        display: flex;
        flex: none;
      }
      .folder {
        display: flex;
        justify-content: flex-start;
        width: 100%;
        min-width: 0;
      }
      .folder svg {
        flex: none;
        color: var(--ink-soft);
      }
    `,
  ];
  declare ids: readonly string[];

  constructor() {
    super();
    this.ids = [];
  }

  /** Deleting asks first where it is for good: that is the screen's to do. */
  #act(act: MailAct): void {
    this.dispatchEvent(new CustomEvent('act', { detail: act, bubbles: true, composed: true }));
  }

  #move(to: Mailbox): void {
    this.renderRoot.querySelector<DropMenu>('drop-menu')?.close();
    void this.store.changer.move(this.ids, to, mailboxName(to, this.words));
  }

  override render(): TemplateResult {
    const { store, words, ids } = this;
    const [first] = ids;
    const head = first === undefined ? undefined : store.list?.head(first);
    const unread = head !== undefined && isUnread(head);
    const star = head !== undefined && isStarred(head);
    const inTrash = store.mailbox?.role === 'trash';
    const targets = shownMailboxes(store.mailboxes, language()).filter(
      ({ mailbox }) => mailbox !== store.mailbox,
    );
    return html`
      ${this.#button('archive', words.toArchive, 'archive', () => this.#act('archive'))}
      ${this.#button('delete', inTrash ? words.removeForEver : words.remove, 'trash', () => this.#act('delete'))}
      ${this.#button(
        'read',
        unread ? words.markRead : words.markUnread,
        unread ? 'openEnvelope' : 'envelope',
        () => store.changer.mark(ids, '$seen', unread),
      )}
      ${this.#button('star', star ? words.unstar : words.star, 'star', () => store.changer.mark(ids, '$flagged', !star))}
      <drop-menu .label=${words.moveTo} data-what="move">
        <span slot="icon">${icon('folder')}</span>
        ${targets.map(
          ({ mailbox }) =>
            html`<button class="plain folder" @click=${() => this.#move(mailbox)}>
              ${icon(mailbox.role ?? 'folder')}<span class="cut">${mailboxName(mailbox, words)}</span>
            </button>`,
        )}
      </drop-menu>
    `;
  }

  #button(what: string, label: string, picture: IconName, act: () => unknown): TemplateResult {
    return html`<button class="plain icon" data-what=${what} aria-label=${label} title=${label} @click=${act}>
      ${icon(picture)}
    </button>`;
  }
}

customElements.define('mail-actions', MailActions);
