/** Navigation, the page that was chosen, and what is said at the foot for a moment. */
import { html, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import '../elements/drop-menu.ts';
import { icon } from '../elements/icon.ts';
import '../elements/language-choice.ts';
import type { Person } from '../webmail/session.ts';
import './access-page.ts';
import { ConsoleElement, type Said } from './console-element.ts';
import './health-page.ts';
import './ledger-page.ts';
import './message-page.ts';
import './messages-page.ts';
import './own-access-page.ts';
import './people-page.ts';
import { parseWhere, placesFor, type Where, whereText } from './places.ts';
import './queue-page.ts';
import './rule-page.ts';
import './rules-page.ts';
import { screenLook } from './screen-look.ts';
import './security-page.ts';

const saidMs = 6000;

export class ConsoleScreen extends ConsoleElement {
  static override properties = {
    person: { attribute: false },
    where: { state: true },
    said: { state: true },
    isMenuOpen: { state: true },
  };
  static override styles = [...ConsoleElement.styles, screenLook];
  declare person: Person;
  declare where: Where;
  declare said: string;
  /** The drawer of a narrow screen. */
  declare isMenuOpen: boolean;
  #silence: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.where = parseWhere(location.hash);
    this.said = '';
    this.isMenuOpen = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('hashchange', this.#onNavigate);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener('hashchange', this.#onNavigate);
  }

  readonly #onNavigate = (): void => {
    this.where = parseWhere(location.hash);
    this.isMenuOpen = false;
    this.renderRoot.querySelector('main')?.scrollTo(0, 0);
  };

  #onSaid({ detail }: Said): void {
    this.said = detail;
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      this.said = '';
    }, saidMs);
  }

  override render(): TemplateResult {
    const { say, words, isMenuOpen } = this;
    return html`<div class="screen">
      <header>
        <button
          class="plain icon menu-button"
          aria-label=${say.menu}
          title=${say.menu}
          aria-expanded=${isMenuOpen}
          @click=${() => {
            this.isMenuOpen = !isMenuOpen;
          }}
        >
          ${icon('menu')}
        </button>
        <a class="brand" href="#/">
          <img src=${new URL('../elements/seal.svg', import.meta.url).href} alt="" />
          <span>Muniment</span>
        </a>
        <span class="title cut">${say.console}</span>
        <a class="to-mail" href="/">${icon('envelope')}<span>${say.mail}</span></a>
        ${this.#account()}
      </header>
      ${this.#nav()}
      <div class="shade" ?hidden=${!isMenuOpen} @click=${this.#onNavigate}></div>
      <main class="scroller" @said=${this.#onSaid}>${this.#page()}</main>
      <p class="said" role="status" ?hidden=${this.said === ''}>
        ${this.said}
        <button class="plain icon" aria-label=${words.dismiss} title=${words.dismiss} @click=${() => {
          this.said = '';
        }}>${icon('close')}</button>
      </p>
    </div>`;
  }

  #account(): TemplateResult {
    const { words, person } = this;
    return html`<drop-menu class="account" .label=${words.account}>
      <span slot="icon">${icon('person')}</span>
      <div class="account-menu">
        <p class="cut" translate="no"><strong>${person.realName || person.address}</strong></p>
        <p class="cut soft" translate="no">${person.address}</p>
        <language-choice></language-choice>
        <button data-what="sign-out" @click=${() => this.dispatchEvent(new Event('sign-out'))}>${words.signOut}</button>
      </div>
    </drop-menu>`;
  }

  #nav(): TemplateResult {
    const here = this.#here;
    return html`<nav class=${this.isMenuOpen ? 'open' : ''} aria-label=${this.say.console}>
      ${placesFor(this.person.roles).map(
        ({ name, label, picture }) => html`<a
          href=${whereText(name)}
          data-place=${name}
          aria-current=${name === here ? 'page' : 'false'}
          >${icon(picture)}<span>${this.say[label]}</span></a
        >`,
      )}
    </nav>`;
  }

  /** Where one may be; the first place of one's role where one may not. */
  get #here(): Where['place'] {
    const open = placesFor(this.person.roles);
    const { place } = this.where;
    const isOwnMessage = place === 'messages' && this.where.id !== null;
    return open.some(({ name }) => name === place) || isOwnMessage ? place : open[0]!.name;
  }

  #page() {
    const { id } = this.where;
    const { roles } = this.person;
    const isAdministrator = roles.includes('administrator');
    switch (this.#here) {
      case 'people':
        return html`<people-page .isAdministrator=${isAdministrator}></people-page>`;
      case 'rules':
        return id === null
          ? html`<rules-page .isAdministrator=${isAdministrator}></rules-page>`
          : keyed(
              id,
              html`<rule-page .rule=${id} .owner=${this.person.address} .isAdministrator=${isAdministrator}></rule-page>`,
            );
      case 'queue':
        return html`<queue-page .isAdministrator=${isAdministrator}></queue-page>`;
      case 'messages':
        return id === null
          ? html`<messages-page></messages-page>`
          : keyed(
              id,
              html`<message-page .message=${id} .mayOpen=${roles.includes('auditor')}></message-page>`,
            );
      case 'accesses':
        return html`<access-page></access-page>`;
      case 'own-accesses':
        return html`<own-access-page></own-access-page>`;
      case 'ledger':
        return html`<ledger-page></ledger-page>`;
      case 'security':
        return html`<security-page></security-page>`;
      default:
        return html`<health-page></health-page>`;
    }
  }
}

customElements.define('console-screen', ConsoleScreen);
