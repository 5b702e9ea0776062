/** The accounts: found by name or address, added, changed, frozen; imported from a file. */
import { html, nothing, type TemplateResult } from 'lit';
import '../elements/drop-menu.ts';
import { ask } from '../api/calls.ts';
import { icon } from '../elements/icon.ts';
import { sizeText } from '../i18n/dates.ts';
import {
  type Account,
  addAccountPlan,
  changeAccountPlan,
  freezePlan,
  passwordPlan,
  resetSecondFactorPlan,
  roleText,
} from './account-forms.ts';
import './csv-import.ts';
import type { CsvImport } from './csv-import.ts';
import './form-dialog.ts';
import type { FormDialog, FormPlan } from './form-dialog.ts';
import { LoadingElement } from './loading-element.ts';
import { problemText } from './problem-words.ts';

export class AccountList extends LoadingElement {
  static override properties = { ...LoadingElement.properties, isAdministrator: { type: Boolean } };
  declare isAdministrator: boolean;
  #search = '';
  #accounts: readonly Account[] = [];
  #total = 0;
  #next: string | null = null;

  constructor() {
    super();
    this.isAdministrator = false;
  }

  protected override async fetch(): Promise<void> {
    const { items, total, next } = await ask('GET /api/accounts', { query: { search: this.#search } });
    this.#accounts = items;
    this.#total = total;
    this.#next = next;
  }

  async #more(): Promise<void> {
    const query = { search: this.#search, cursor: this.#next! };
    const { items, next } = await ask('GET /api/accounts', { query });
    this.#accounts = [...this.#accounts, ...items];
    this.#next = next;
    this.requestUpdate();
  }

  #open(plan: FormPlan): void {
    void this.renderRoot.querySelector<FormDialog>('form-dialog')!.open(plan);
  }

  #done(text: string): () => void {
    return () => {
      this.tell(text);
      void this.load();
    };
  }

  async #change(account: Account): Promise<void> {
    const { say } = this;
    try {
      this.#open(await changeAccountPlan(say, account, this.#done(say.saved)));
    } catch (error) {
      this.tell(problemText(error, say));
    }
  }

  async #unfreeze({ account }: Account): Promise<void> {
    const { say } = this;
    try {
      await ask('POST /api/accounts/:account/unfreeze', { params: { account } });
      this.#done(say.saved)();
    } catch (error) {
      this.tell(problemText(error, say));
    }
  }

  protected override content(): TemplateResult {
    const { say, isAdministrator } = this;
    return html`
      <div class="tools">
        <label class="grow">
          ${say.search}
          <input
            type="search"
            placeholder=${say.findPeople}
            @input=${(event: Event) => {
              this.#search = (event.target as HTMLInputElement).value.trim();
              void this.load();
            }}
          />
        </label>
        ${
          isAdministrator
            ? html`<button @click=${() => this.renderRoot.querySelector<CsvImport>('csv-import')!.open()}>
                  ${say.importCsv}
                </button>
                <button
                  class="primary"
                  data-what="add"
                  @click=${() => this.#open(addAccountPlan(say, this.#done(say.accountAdded)))}
                >
                  ${say.addAccount}
                </button>`
            : nothing
        }
      </div>
      <div class="panel">
        ${this.#accounts.length === 0 ? this.#empty() : this.#table()}
        <div class="foot">
          <span class="soft">${say.peopleCount(this.#total)}</span>
          <button ?hidden=${this.#next === null} @click=${() => this.#more()}>${say.more}</button>
        </div>
      </div>
      <form-dialog></form-dialog>
      <csv-import @imported=${() => this.load()}></csv-import>
    `;
  }

  #empty(): TemplateResult {
    const { say } = this;
    return html`<empty-state picture="person" .heading=${say.noPeople} .text=${say.noPeopleNext}></empty-state>`;
  }

  #table(): TemplateResult {
    const { say } = this;
    return html`<table>
      <thead>
        <tr>
          <th>${say.name}</th>
          <th>${say.roles}</th>
          <th>${say.room}</th>
          <th>${say.state}</th>
          <th><span class="only-spoken">${say.edit}</span></th>
        </tr>
      </thead>
      <tbody>
        ${this.#accounts.map((account) => this.#row(account))}
      </tbody>
    </table>`;
  }

  #row(account: Account): TemplateResult {
    const { say } = this;
    const { address, realName, roles, quotaOctets, usedOctets } = account;
    const room = quotaOctets === 0 ? say.unlimited : sizeText(quotaOctets);
    return html`<tr data-address=${address}>
      <td translate="no"><strong>${realName || address}</strong><small ?hidden=${realName === ''}>${address}</small></td>
      <td data-label=${say.roles}>${roles.length === 0 ? say.roleStaff : roles.map((role) => roleText(role, say)).join(' · ')}</td>
      <td data-label=${say.room}>${room}<small>${say.used(sizeText(usedOctets))}</small></td>
      <td data-label=${say.state}>${this.#state(account)}</td>
      <td class="acts">${this.isAdministrator && account.state !== 'closed' ? this.#acts(account) : nothing}</td>
    </tr>`;
  }

  #state({ state, stateReason }: Account): TemplateResult {
    const { say } = this;
    const [look, text] = {
      active: ['good', say.stateActive],
      frozen: ['bad', say.stateFrozen],
      closed: ['', say.stateClosed],
    }[state] as [string, string];
    return html`<span class="badge ${look}">${text}</span><small translate="no" ?hidden=${stateReason === ''}>${stateReason}</small>`;
  }

  #acts(account: Account): TemplateResult {
    const { say } = this;
    const label = `${say.edit}: ${account.realName || account.address}`;
    return html`<drop-menu translate="no" .label=${label}>
      <span slot="icon">${icon('more')}</span>
      <div class="menu">
        <button data-what="edit" @click=${() => this.#change(account)}>${say.edit}</button>
        <button
          data-what="password"
          @click=${() => this.#open(passwordPlan(say, account, this.#done(say.passwordSet)))}
        >
          ${say.setPassword}
        </button>
        <button
          data-what="second-factor"
          @click=${() => this.#open(resetSecondFactorPlan(say, account, this.#done(say.saved)))}
        >
          ${say.resetSecondFactor}
        </button>
        ${
          account.state === 'frozen'
            ? html`<button data-what="unfreeze" @click=${() => this.#unfreeze(account)}>${say.unfreeze}</button>`
            : html`<button
                data-what="freeze"
                @click=${() => this.#open(freezePlan(say, account, this.#done(say.saved)))}
              >
                ${say.freeze}
              </button>`
        }
      </div>
    </drop-menu>`;
  }
}

customElements.define('account-list', AccountList);
