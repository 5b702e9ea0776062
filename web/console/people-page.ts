/** People: accounts, departments, groups and aliases, one beside the other. */
import { css, html, type TemplateResult } from 'lit';
import type { ConsoleMessages } from '../i18n/console-en.ts';
import './account-list.ts';
import './alias-list.ts';
import { ConsoleElement } from './console-element.ts';
import './department-tree.ts';
import './group-list.ts';

const tabs = [
  'accounts',
  'departments',
  'groups',
  'aliases',
] as const satisfies readonly (keyof ConsoleMessages)[];
type Tab = (typeof tabs)[number];

export class PeoplePage extends ConsoleElement {
  static override properties = { isAdministrator: { type: Boolean }, tab: { state: true } };
  static override styles = [
    ...ConsoleElement.styles,
    css`
      [role='tablist'] {
        display: flex;
        flex-wrap: wrap;
        gap: var(--gap-1);
        margin-top: var(--gap-4);
        border-bottom: 1px solid var(--line);
      }
      [role='tab'] {
        border: 0;
        border-radius: 0;
        background: none;
        color: var(--ink-soft);
      }
      [role='tab'][aria-selected='true'] {
        color: var(--ink);
        font-weight: 600;
        box-shadow: inset 0 -2px var(--accent);
      }
    `,
  ];
  declare isAdministrator: boolean;
  declare tab: Tab;

  constructor() {
    super();
    this.isAdministrator = false;
    this.tab = 'accounts';
  }

  #onKey(event: KeyboardEvent): void {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    this.tab = tabs[(tabs.indexOf(this.tab) + step + tabs.length) % tabs.length]!;
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>('[aria-selected=true]')?.focus(),
    );
  }

  override render(): TemplateResult {
    const { say } = this;
    return html`
      <h1>${say.people}</h1>
      <p class="about">${say.peopleAbout}</p>
      <div role="tablist" aria-label=${say.people} @keydown=${this.#onKey}>
        ${tabs.map(
          (tab) => html`<button
            role="tab"
            id=${tab}
            data-tab=${tab}
            aria-selected=${tab === this.tab}
            aria-controls="panel"
            tabindex=${tab === this.tab ? 0 : -1}
            @click=${() => {
              this.tab = tab;
            }}
          >
            ${say[tab]}
          </button>`,
        )}
      </div>
      <div role="tabpanel" id="panel" aria-labelledby=${this.tab}>${this.#panel()}</div>
    `;
  }

  #panel(): TemplateResult {
    const { isAdministrator } = this;
    switch (this.tab) {
      case 'departments':
        return html`<department-tree .isAdministrator=${isAdministrator}></department-tree>`;
      case 'groups':
        return html`<group-list .isAdministrator=${isAdministrator}></group-list>`;
      case 'aliases':
        return html`<alias-list .isAdministrator=${isAdministrator}></alias-list>`;
      default:
        return html`<account-list .isAdministrator=${isAdministrator}></account-list>`;
    }
  }
}

customElements.define('people-page', PeoplePage);
