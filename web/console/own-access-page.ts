/** Who read my mail: what was shown of it to others. */
import { html, type TemplateResult } from 'lit';
import type { Access } from '../accesses/access-words.ts';
import { ask } from '../api/calls.ts';
import { accessTable } from './access-rows.ts';
import { LoadingElement } from './loading-element.ts';

export class OwnAccessPage extends LoadingElement {
  #rows: readonly Access[] = [];
  #next: string | null = null;

  protected override async fetch(): Promise<void> {
    const { items, next } = await ask('GET /api/own/accesses', { query: { others: true } });
    this.#rows = items;
    this.#next = next;
  }

  async #more(): Promise<void> {
    const { items, next } = await ask('GET /api/own/accesses', {
      query: { others: true, cursor: this.#next! },
    });
    this.#rows = [...this.#rows, ...items];
    this.#next = next;
    this.requestUpdate();
  }

  protected override content(): TemplateResult {
    const { say } = this;
    return html`
      <h1>${say.ownAccesses}</h1>
      <p class="about">${say.ownAccessesAbout}</p>
      <div class="tools"></div>
      <div class="panel">
        ${
          this.#rows.length === 0
            ? html`<empty-state picture="eye" .heading=${say.noAccesses} .text=${say.noAccessesNext}></empty-state>`
            : accessTable(this.#rows, say, false)
        }
        <div class="foot" ?hidden=${this.#next === null}>
          <span></span>
          <button @click=${() => this.#more()}>${say.more}</button>
        </div>
      </div>
    `;
  }
}

customElements.define('own-access-page', OwnAccessPage);
