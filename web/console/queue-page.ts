/** The outgoing queue: found, looked at, and changed with a reason, one or many at once. */
import { html, nothing, type TemplateResult } from 'lit';
import { type Answered, ask } from '../api/calls.ts';
import type { ConsoleMessages } from '../i18n/console-en.ts';
import { momentText } from '../i18n/dates.ts';
import './form-dialog.ts';
import { type Field, type FormDialog, textOf } from './form-dialog.ts';
import { LoadingElement } from './loading-element.ts';
import { whereText } from './places.ts';

type Queue = Answered<'GET /api/queue'>;
type Delivery = Queue['items'][number];

const changes = ['retry', 'hold', 'release', 'redirect', 'bounce'] as const;
type Change = (typeof changes)[number];

export function deliveryState({ state, held }: Pick<Delivery, 'state' | 'held'>, say: ConsoleMessages) {
  if (held) return { look: 'waiting', text: say.held };
  const texts: Readonly<Record<Delivery['state'], readonly [string, string]>> = {
    waiting: ['waiting', say.deliveryWaiting],
    attempting: ['waiting', say.deliveryAttempting],
    completed: ['good', say.deliveryCompleted],
    failed: ['bad', say.deliveryFailed],
    expired: ['bad', say.deliveryExpired],
    cancelled: ['', say.deliveryCancelled],
  };
  const [look, text] = texts[state];
  return { look, text };
}

export class QueuePage extends LoadingElement {
  static override properties = {
    ...LoadingElement.properties,
    isAdministrator: { type: Boolean },
    chosen: { state: true },
  };
  declare isAdministrator: boolean;
  declare chosen: ReadonlySet<string>;
  #search = '';
  #all = false;
  #queue: Queue = { items: [], next: null, waiting: 0 };

  constructor() {
    super();
    this.isAdministrator = false;
    this.chosen = new Set();
  }

  protected override async fetch(): Promise<void> {
    this.#queue = await ask('GET /api/queue', { query: { search: this.#search, all: this.#all } });
    const there = new Set(this.#queue.items.map(({ delivery }) => delivery));
    this.chosen = new Set([...this.chosen].filter((delivery) => there.has(delivery)));
  }

  async #more(): Promise<void> {
    const query = { search: this.#search, all: this.#all, cursor: this.#queue.next! };
    const { items, ...rest } = await ask('GET /api/queue', { query });
    this.#queue = { ...rest, items: [...this.#queue.items, ...items] };
    this.requestUpdate();
  }

  #change(change: Change): void {
    const { say } = this;
    const to: Field = { name: 'to', label: say.redirectTo, kind: 'email', isRequired: true };
    const reason: Field = {
      name: 'reason',
      label: say.reason,
      kind: 'text',
      hint: say.reasonHint,
      isRequired: true,
    };
    void this.renderRoot.querySelector<FormDialog>('form-dialog')!.open({
      heading: `${say[change]}: ${say.selectedCount(this.chosen.size)}`,
      text: say[`${change}About`],
      confirm: say[change],
      isDanger: change === 'bounce',
      fields: change === 'redirect' ? [to, reason] : [reason],
      perform: async (filled) => {
        const { done, refused } = await ask('POST /api/queue/changes', {
          body: {
            deliveries: [...this.chosen],
            change,
            reason: textOf(filled, 'reason'),
            ...(change === 'redirect' && { to: textOf(filled, 'to') }),
          },
        });
        const said = [
          done.length > 0 && say.changedCount(done.length),
          refused.length > 0 && say.unchangedCount(refused.length),
        ];
        this.tell(said.filter(Boolean).join(' '));
        this.chosen = new Set();
        await this.load();
      },
    });
  }

  #toggle(delivery: string): void {
    const chosen = new Set(this.chosen);
    if (!chosen.delete(delivery)) chosen.add(delivery);
    this.chosen = chosen;
  }

  protected override content(): TemplateResult {
    const { say } = this;
    const { items, next, waiting } = this.#queue;
    return html`
      <h1>${say.queue}</h1>
      <p class="about">${say.queueAbout}</p>
      <div class="tools">
        <label class="grow">
          ${say.search}
          <input
            type="search"
            placeholder=${say.queueSearch}
            @input=${(event: Event) => {
              this.#search = (event.target as HTMLInputElement).value.trim();
              void this.load();
            }}
          />
        </label>
        <label class="check">
          <input
            type="checkbox"
            @change=${(event: Event) => {
              this.#all = (event.target as HTMLInputElement).checked;
              void this.load();
            }}
          />${say.queueAll}
        </label>
      </div>
      ${this.#acts()}
      <div class="panel">
        ${
          items.length === 0
            ? html`<empty-state picture="sent" .heading=${say.emptyQueue} .text=${say.emptyQueueNext}></empty-state>`
            : this.#table(items)
        }
        <div class="foot">
          <span class="soft">${say.queueWaiting(waiting)}</span>
          <button ?hidden=${next === null} @click=${() => this.#more()}>${say.more}</button>
        </div>
      </div>
      <form-dialog></form-dialog>
    `;
  }

  #acts(): TemplateResult | typeof nothing {
    const { say } = this;
    if (!this.isAdministrator || this.chosen.size === 0) return nothing;
    return html`<div class="tools" role="toolbar" aria-label=${say.queue}>
      <strong>${say.selectedCount(this.chosen.size)}</strong>
      ${changes.map(
        (change) =>
          html`<button data-what=${change} @click=${() => this.#change(change)}>${say[change]}</button>`,
      )}
    </div>`;
  }

  #table(items: readonly Delivery[]): TemplateResult {
    const { say } = this;
    return html`<table>
      <thead>
        <tr>
          <th><span class="only-spoken">${say.selectedCount(this.chosen.size)}</span></th>
          <th>${say.recipient}</th>
          <th>${say.sender}</th>
          <th>${say.state}</th>
          <th>${say.lastAnswer}</th>
        </tr>
      </thead>
      <tbody>
        ${items.map((item) => this.#row(item))}
      </tbody>
    </table>`;
  }

  #row(item: Delivery): TemplateResult {
    const { say } = this;
    const { delivery, recipient, sender, subject, message, dueAtMs, attempts, host, reply, reason } = item;
    const { look, text } = deliveryState(item, say);
    return html`<tr data-delivery=${delivery}>
      <td>
        <input
          type="checkbox"
          aria-label=${recipient}
          ?hidden=${!this.isAdministrator}
          .checked=${this.chosen.has(delivery)}
          @change=${() => this.#toggle(delivery)}
        />
      </td>
      <td data-label=${say.recipient} translate="no">
        <strong>${recipient}</strong>
        <small><a href=${whereText('messages', message)}>${subject || say.noSubject}</a></small>
      </td>
      <td data-label=${say.sender}>${sender || say.bySystem}</td>
      <td data-label=${say.state}>
        <span class="badge ${look}">${text}</span>
        <small>${say.attempts(attempts)}</small>
        <small ?hidden=${dueAtMs === null}>${say.nextAttempt}: ${momentText(dueAtMs ?? 0)}</small>
        <small translate="no" ?hidden=${reason === ''}>${reason}</small>
      </td>
      <td data-label=${say.lastAnswer} lang="en" translate="no">${reply}<small ?hidden=${host === ''}>${host}</small></td>
    </tr>`;
  }
}

customElements.define('queue-page', QueuePage);
