/** Who read one’s mail, or one mail of it: who, when, by which door and why. What a rule seals the server leaves out. */
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { type Access, doorText, whatText, whyText } from '../../accesses/access-words.ts';
import { ApiProblem, ask } from '../../api/calls.ts';
import '../../elements/empty-state.ts';
import { momentText } from '../../i18n/dates.ts';
import { StoreElement } from '../store-element.ts';
import { readersPlaceText } from './readers-place.ts';

export class ReadersPage extends StoreElement {
  static override properties = {
    ...StoreElement.properties,
    message: { attribute: false },
    rows: { state: true },
    fault: { state: true },
  };
  static override styles = [
    StoreElement.styles,
    css`
      :host {
        display: block;
        height: 100%;
        overflow-y: auto;
      }
      article {
        max-width: 56rem;
        padding: var(--gap-4) var(--gap-6) var(--gap-8);
      }
      h2 {
        margin: 0 0 var(--gap-2);
        font-size: var(--size-large);
      }
      p {
        margin: 0 0 var(--gap-3);
        color: var(--ink-soft);
      }
      nav {
        display: flex;
        flex-wrap: wrap;
        gap: var(--gap-1) var(--gap-4);
        margin-bottom: var(--gap-4);
      }
      ul {
        margin: 0 0 var(--gap-4);
        padding: 0;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        list-style: none;
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0 var(--gap-4);
        padding: var(--gap-3) var(--gap-4);
        overflow-wrap: anywhere;
      }
      li + li {
        border-top: 1px solid var(--line);
      }
      .why,
      .door,
      time {
        color: var(--ink-soft);
        font-size: var(--size-small);
      }
      .what,
      .why,
      .door {
        grid-column: 1 / -1;
      }
      @media (max-width: 860px) {
        article {
          padding: var(--gap-3) var(--gap-4) var(--gap-6);
        }
        li {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];
  /** Null: of all of one’s mail. */
  declare message: string | null;
  /** Null until they are there. */
  declare rows: readonly Access[] | null;
  /** In words; empty where nothing went wrong. */
  declare fault: string;
  #next: string | null = null;

  constructor() {
    super();
    this.message = null;
    this.rows = null;
    this.fault = '';
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('message')) void this.#fetchAnew();
  }

  async #fetchAnew(): Promise<void> {
    this.rows = null;
    this.fault = '';
    await this.#fetch(null);
  }

  async #fetch(cursor: string | null): Promise<void> {
    const { message } = this;
    const query = { others: true, ...(message && { message }), ...(cursor && { cursor }) };
    try {
      const { items, next } = await ask('GET /api/own/accesses', { query });
      if (message !== this.message) return;
      this.rows = [...(cursor === null ? [] : (this.rows ?? [])), ...items];
      this.#next = next;
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (error.status === 401) return this.store.endSession();
      this.fault = error.code === 'unreachable' ? this.words.serverUnreachable : this.words.serverFailed;
    }
  }

  override render(): TemplateResult {
    const { words, message, rows, fault } = this;
    if (fault !== '')
      return html`<empty-state picture="junk" .heading=${fault}>
        <button class="primary" @click=${() => this.#fetchAnew()}>${words.tryAgain}</button>
      </empty-state>`;
    if (rows === null)
      return html`<empty-state picture="eye" isBusy .heading=${words.loadingReaders}></empty-state>`;
    return html`<article>
      <h2>${message === null ? words.readers : words.readersOfMail}</h2>
      <p>${words.readersAbout}</p>
      ${
        message === null
          ? nothing
          : html`<nav aria-label=${words.readersOfMail}>
            <a href="#/mail/inbox/${message}">${words.toReadMail}</a>
            <a href=${readersPlaceText(null)}>${words.allReaders}</a>
          </nav>`
      }
      ${rows.length === 0 ? this.#empty() : html`<ul>${together(rows).map((each) => this.#row(each))}</ul>`}
      ${
        this.#next === null
          ? nothing
          : html`<button data-what="more" @click=${() => this.#fetch(this.#next)}>${words.moreReaders}</button>`
      }
    </article>`;
  }

  #empty(): TemplateResult {
    const { words, message } = this;
    const heading = message === null ? words.noAccesses : words.noReaders;
    return html`<empty-state picture="eye" .heading=${heading} .text=${words.noAccessesNext}>
      <a href="#/mail/inbox">${words.toInbox}</a>
    </empty-state>`;
  }

  #row([access, times]: Together): TemplateResult {
    const { words } = this;
    const { by, byName, atMs, message } = access;
    const why = whyText(access, words);
    const door = doorText(access, words);
    const isLinked = this.message === null && message !== null;
    return html`<li>
      <strong translate="no">${byName ? `${byName} <${by}>` : by}</strong>
      <time datetime=${new Date(atMs).toISOString()}>${momentText(atMs)}</time>
      <span class="what">
        ${whatText(access, words) ?? words.shownElse}${times > 1 ? ` · ${words.timesSeen(times)}` : ''}
        ${isLinked ? html`<a href=${readersPlaceText(message)}>${words.readersOfMail}</a>` : nothing}
      </span>
      ${why === '' ? nothing : html`<span class="why"><span translate="no">${why}</span></span>`}
      ${door === '' ? nothing : html`<span class="door" translate="no">${door}</span>`}
    </li>`;
  }
}

/** An access, and how often it was seen the same way in one go. */
type Together = readonly [access: Access, times: number];

const oneGoMs = 60_000;

/** Opening a mail takes several questions to the server; the people have been told of each, and see one line. */
function together(rows: readonly Access[]): readonly Together[] {
  const joined: Together[] = [];
  for (const row of rows) {
    const [last, times] = joined.at(-1) ?? [null, 0];
    if (last !== null && isAlike(last, row)) joined[joined.length - 1] = [last, times + 1];
    else joined.push([row, 1]);
  }
  return joined;
}

function isAlike(last: Access, row: Access): boolean {
  const alike = (['by', 'kind', 'items', 'message', 'protocol', 'peer', 'reason'] as const).every(
    (member) => last[member] === row[member],
  );
  return alike && last.atMs - row.atMs < oneGoMs;
}

customElements.define('readers-page', ReadersPage);
