/** The auditor's log: who has seen what in whose mailbox. */
import { html, type TemplateResult } from 'lit';
import type { Access } from '../accesses/access-words.ts';
import { ask } from '../api/calls.ts';
import { accessTable } from './access-rows.ts';
import { LoadingElement } from './loading-element.ts';

export class AccessPage extends LoadingElement {
  #query: { account?: string; owner?: string; others: boolean } = { others: true };
  #rows: readonly Access[] = [];
  #next: string | null = null;

  protected override async fetch(): Promise<void> {
    const { items, next } = await ask('GET /api/accesses', { query: this.#query });
    this.#rows = items;
    this.#next = next;
  }

  async #more(): Promise<void> {
    const { items, next } = await ask('GET /api/accesses', {
      query: { ...this.#query, cursor: this.#next! },
    });
    this.#rows = [...this.#rows, ...items];
    this.#next = next;
    this.requestUpdate();
  }

  #find(event: SubmitEvent): void {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const given = (name: string): string => String(form.get(name) ?? '').trim();
    this.#query = { account: given('account'), owner: given('owner'), others: form.has('others') };
    void this.load();
  }

  protected override content(): TemplateResult {
    const { say } = this;
    return html`
      <h1>${say.accesses}</h1>
      <p class="about">${say.accessesAbout}</p>
      <form class="tools" @submit=${this.#find}>
        <label class="grow">${say.whoLooked}<input name="account" type="email" placeholder=${say.addressLabel} /></label>
        <label class="grow">${say.whoseMail}<input name="owner" type="email" placeholder=${say.addressLabel} /></label>
        <label class="check"><input name="others" type="checkbox" ?checked=${this.#query.others} />${say.onlyOthers}</label>
        <button class="primary">${say.find}</button>
      </form>
      <div class="panel">
        ${
          this.#rows.length === 0
            ? html`<empty-state picture="eye" .heading=${say.noAccessesAtAll} .text=${say.noAccessesAtAllNext}></empty-state>`
            : accessTable(this.#rows, say, true)
        }
        <div class="foot" ?hidden=${this.#next === null}>
          <span></span>
          <button @click=${() => this.#more()}>${say.more}</button>
        </div>
      </div>
    `;
  }
}

customElements.define('access-page', AccessPage);
