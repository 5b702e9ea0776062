/** Who one is, language and look, and the ways out of mail: signatures, keys, the console, signing out. */
import { css, html, nothing, type TemplateResult } from 'lit';
import '../elements/drop-menu.ts';
import type { DropMenu } from '../elements/drop-menu.ts';
import { icon } from '../elements/icon.ts';
import '../elements/language-choice.ts';
import { PageElement } from '../elements/page-element.ts';
import type { Person } from './session.ts';

/** Whoever has one of these has something to do in the console. */
const consoleRoles = ['administrator', 'auditor'];

export class AccountMenu extends PageElement {
  static override properties = { person: { attribute: false } };
  static override styles = [
    PageElement.styles,
    css`
      .account-panel {
        display: grid;
        gap: var(--gap-3);
        width: 17rem;
        max-width: 100%;
        padding: var(--gap-2);
      }
      p {
        display: grid;
        margin: 0;
      }
      p span {
        color: var(--ink-soft);
        font-size: var(--size-small);
      }
      .links {
        display: grid;
        gap: var(--gap-1);
      }
      .links a {
        display: flex;
        align-items: center;
        gap: var(--gap-2);
        min-height: 2.25rem;
      }
    `,
  ];
  declare person: Person;

  /** Told to whoever shows the menu, which closes. */
  #choose(what: 'signatures' | 'keys' | 'sign-out'): void {
    this.renderRoot.querySelector<DropMenu>('drop-menu')?.close();
    this.dispatchEvent(new Event(what));
  }

  override render(): TemplateResult {
    const { words } = this;
    const { address, realName, roles } = this.person;
    const mayGoToConsole = consoleRoles.some((role) => roles.includes(role));
    return html`<drop-menu .label=${words.account} class="account">
      <span slot="icon">${icon('person')}</span>
      <div class="account-panel">
        <p>
          <strong class="cut" ?hidden=${!realName} translate="no">${realName}</strong>
          <span class="cut" title=${address}>${address}</span>
        </p>
        <language-choice></language-choice>
        <div class="links">
          ${mayGoToConsole ? html`<a data-what="console" href="/console/">${icon('settings')}${words.toConsole}</a>` : nothing}
          <a data-what="own-accesses" href="#accesses">${icon('eye')}${words.toOwnAccesses}</a>
          <a data-what="security" href="/console/#/security">${icon('person')}${words.toSecurity}</a>
        </div>
        <button data-what="signatures" @click=${() => this.#choose('signatures')}>${words.signatures}</button>
        <button data-what="keys" @click=${() => this.#choose('keys')}>${words.keys}</button>
        <button data-what="sign-out" @click=${() => this.#choose('sign-out')}>${words.signOut}</button>
      </div>
    </drop-menu>`;
  }
}

customElements.define('account-menu', AccountMenu);
