/** The mail screen: folders, list and reading pane beside one another, or one after the other where it is narrow. */
import { html, nothing, type TemplateResult } from 'lit';
import '../elements/choice-dialog.ts';
import type { ChoiceDialog } from '../elements/choice-dialog.ts';
import { icon } from '../elements/icon.ts';
import './account-menu.ts';
import './approvals/approval-desk.ts';
import './desk/desk-link.ts';
import type { DeskElement } from './desk/desk-element.ts';
import { type DeskName, deskNames } from './desk/desks.ts';
import './folder-list.ts';
import {
  actOfKey,
  approvalKeyTable,
  type DeskKey,
  type KeyLine,
  keyTable,
  type MailAct,
  supervisionKeyTable,
} from './keys.ts';
import './keys-dialog.ts';
import type { KeysDialog } from './keys-dialog.ts';
import './mail-list.ts';
import './notice-bar.ts';
import './readers/readers-page.ts';
import './reading-pane.ts';
import { isStarred, isUnread } from './email.ts';
import { mailboxName } from './mailboxes.ts';
import { screenLook } from './screen-look.ts';
import { StoreElement } from './store-element.ts';
import './supervision/supervision-desk.ts';
import './writing/signature-dialog.ts';
import type { SignatureDialog } from './writing/signature-dialog.ts';
import { WritingWindow } from './writing/writing-window.ts';

const deskKeys: Readonly<Record<DeskName, readonly KeyLine<DeskKey>[]>> = {
  approvals: approvalKeyTable,
  supervision: supervisionKeyTable,
};

export class MailScreen extends StoreElement {
  static override properties = {
    ...StoreElement.properties,
    areFoldersOpen: { state: true },
    goingForEver: { state: true },
  };
  static override styles = [StoreElement.styles, screenLook];
  /** The drawer of a narrow screen. */
  declare areFoldersOpen: boolean;
  /** Mails that wait for the question whether they shall go for good. */
  declare goingForEver: readonly string[];

  constructor() {
    super();
    this.areFoldersOpen = false;
    this.goingForEver = [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('keydown', this.#onKey);
    window.addEventListener('hashchange', this.#onNavigate);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('keydown', this.#onKey);
    window.removeEventListener('hashchange', this.#onNavigate);
  }

  readonly #onNavigate = (): void => {
    this.areFoldersOpen = false;
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    // Keys in the window of writing are the writer's.
    const isWriting = event.composedPath().some((node) => node instanceof WritingWindow);
    if (isWriting || this.#isAsking) return;
    const desk = this.#desk;
    if (this.store.readersPlace !== null) return;
    if (desk !== null) this.#onDeskKey(event, desk);
    else {
      const act = actOfKey(event, keyTable);
      if (act === null) return;
      event.preventDefault();
      this.#perform(act);
    }
  };

  #onDeskKey(event: KeyboardEvent, desk: DeskName): void {
    const act = actOfKey(event, deskKeys[desk]);
    if (act === null) return;
    event.preventDefault();
    if (act === 'write' || act === 'keys') this.#perform(act);
    else this.renderRoot.querySelector<DeskElement<unknown, string>>('main.desk > *')?.perform(act);
  }

  /** The desk that is open; null: mail is. */
  get #desk(): DeskName | null {
    return deskNames.find((name) => this.store[name].place !== null) ?? null;
  }

  get #isAsking(): boolean {
    const dialogs = this.renderRoot.querySelectorAll<ChoiceDialog | KeysDialog>('choice-dialog, keys-dialog');
    return [...dialogs].some(({ isOpen }) => isOpen);
  }

  /** What is selected, or else the open mail. */
  get #chosen(): readonly string[] {
    const { selection, route } = this.store;
    if (selection.size > 0) return [...selection];
    return route.email === null ? [] : [route.email];
  }

  #perform(act: MailAct): void {
    const { store } = this;
    const [first] = this.#chosen;
    const head = first === undefined ? undefined : store.list?.head(first);
    switch (act) {
      case 'next':
      case 'previous':
      case 'open': {
        const id =
          act === 'open'
            ? (store.route.email ?? store.neighbour(1))
            : store.neighbour(act === 'next' ? 1 : -1);
        if (id !== null) store.goTo(id);
        return;
      }
      case 'back':
        return store.goTo(null);
      case 'archive':
        return this.#moveTo('archive');
      case 'delete':
        return this.#delete();
      case 'select':
        if (store.route.email !== null) store.toggle(store.route.email);
        return;
      case 'star':
        if (head) void store.changer.mark(this.#chosen, '$flagged', !isStarred(head));
        return;
      case 'read':
        if (head) void store.changer.mark(this.#chosen, '$seen', isUnread(head));
        return;
      case 'search':
        return this.renderRoot.querySelector<HTMLInputElement>('input[type=search]')?.focus();
      case 'write':
        return void store.desk.begin();
      case 'reply':
      case 'replyAll':
      case 'forward':
        return store.answer(act);
      case 'keys':
        return this.renderRoot.querySelector<KeysDialog>('keys-dialog')?.show();
    }
  }

  #moveTo(role: 'archive' | 'trash'): void {
    const to = this.store.byRole(role);
    if (to && this.#chosen.length > 0)
      void this.store.changer.move(this.#chosen, to, mailboxName(to, this.words));
  }

  /** Into the trash; out of the trash for good, after a question. */
  #delete(): void {
    if (this.store.mailbox?.role !== 'trash') return this.#moveTo('trash');
    if (this.#chosen.length === 0) return;
    this.goingForEver = this.#chosen;
    this.renderRoot.querySelector<ChoiceDialog>('#for-ever')?.show();
  }

  #search(event: Event): void {
    this.store.look({ words: (event.target as HTMLInputElement).value });
  }

  override render(): TemplateResult {
    const { store, words } = this;
    const isReading = store.route.email !== null;
    const folder = store.mailbox ? mailboxName(store.mailbox, words) : '';
    const desk = this.#desk;
    const besides = store.readersPlace !== null ? words.readers : desk === null ? null : words[desk];
    document.title = `${besides ?? folder} · Muniment`;
    return html`
      <div class="screen ${isReading ? 'reading' : ''}" @act=${(event: CustomEvent<MailAct>) => this.#perform(event.detail)}>
        <header>
          <button
            class="plain icon folders-button"
            aria-label=${this.areFoldersOpen ? words.closeFolders : words.openFolders}
            aria-expanded=${this.areFoldersOpen}
            @click=${() => {
              this.areFoldersOpen = !this.areFoldersOpen;
            }}
          >
            ${icon('menu')}
          </button>
          <a class="brand" href="#/mail/inbox" aria-label="Muniment">
            <img src=${new URL('../elements/seal.svg', import.meta.url).href} alt="" />
            <span>Muniment</span>
          </a>
          ${besides === null ? this.#searchField(folder) : html`<h1 class="cut">${besides}</h1>`}
          ${deskNames.map((name) => html`<desk-link .store=${store} .name=${name} isBadge></desk-link>`)}
          <account-menu
            .person=${store.person}
            @signatures=${this.#showSignatures}
            @keys=${() => this.#perform('keys')}
            @sign-out=${() => this.dispatchEvent(new Event('sign-out'))}
          ></account-menu>
        </header>
        <div class="shade" ?hidden=${!this.areFoldersOpen} @click=${this.#onNavigate}></div>
        <nav class=${this.areFoldersOpen ? 'open' : ''} aria-label=${words.folders}>
          <button class="primary write" data-what="write" @click=${() => this.#perform('write')}>
            ${icon('write')}${words.write}
          </button>
          <folder-list .store=${store}></folder-list>
          ${deskNames.map((name) => html`<desk-link .store=${store} .name=${name}></desk-link>`)}
        </nav>
        ${
          besides !== null
            ? html`<main class="desk">${this.#besides(desk)}</main>`
            : html`<main>
              <mail-list .store=${store}></mail-list>
              <reading-pane .store=${store}></reading-pane>
            </main>`
        }
        <button
          class="primary write-small"
          data-what="write-small"
          aria-label=${words.writeMail}
          title=${words.writeMail}
          ?hidden=${isReading || besides !== null || store.desk.draft !== null}
          @click=${() => this.#perform('write')}
        >
          ${icon('write')}
        </button>
        ${store.desk.draft ? html`<writing-window .desk=${store.desk}></writing-window>` : nothing}
        <notice-bar .store=${store}></notice-bar>
        ${this.#dialogs()}
      </div>
    `;
  }

  /** What is there in the place of mail. */
  #besides(desk: DeskName | null): TemplateResult {
    const { store } = this;
    if (store.readersPlace !== null)
      return html`<readers-page .store=${store} .message=${store.readersPlace.message}></readers-page>`;
    if (desk === 'approvals') return html`<approval-desk .store=${store}></approval-desk>`;
    return html`<supervision-desk .store=${store}></supervision-desk>`;
  }

  #searchField(folder: string): TemplateResult {
    const { words } = this;
    return html`<search>
      ${icon('search')}
      <input
        type="search"
        .value=${this.store.view.words}
        placeholder=${words.searchIn(folder)}
        aria-label=${words.search}
        @change=${this.#search}
        @search=${this.#search}
      />
    </search>`;
  }

  #showSignatures(): void {
    void this.renderRoot.querySelector<SignatureDialog>('signature-dialog')?.show();
  }

  #dialogs(): TemplateResult {
    const { words, goingForEver } = this;
    return html`
      <choice-dialog
        id="for-ever"
        .heading=${words.removeForEverTitle(goingForEver.length)}
        .text=${words.removeForEverNext}
        .confirm=${words.removeForEver}
        @confirm=${() => this.store.changer.destroy(goingForEver)}
      ></choice-dialog>
      <signature-dialog .desk=${this.store.desk}></signature-dialog>
      <keys-dialog .table=${this.#desk === null ? keyTable : deskKeys[this.#desk]}></keys-dialog>
    `;
  }
}

customElements.define('mail-screen', MailScreen);
