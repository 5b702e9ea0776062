/** Finds mails by what is known of them. */
import { html, nothing, type TemplateResult } from 'lit';
import { type Answered, ask } from '../api/calls.ts';
import { momentText } from '../i18n/dates.ts';
import { LoadingElement } from './loading-element.ts';
import { whereText } from './places.ts';

type Found = Answered<'GET /api/messages'>;
type FoundMail = Found['items'][number];

export class MessagesPage extends LoadingElement {
  #query: { sender?: string; recipient?: string; subject?: string } = {};
  #found: Found = { items: [], next: null };

  protected override async fetch(): Promise<void> {
    this.#found = await ask('GET /api/messages', { query: this.#query });
  }

  async #more(): Promise<void> {
    const query = { ...this.#query, cursor: this.#found.next! };
    const { items, next } = await ask('GET /api/messages', { query });
    this.#found = { items: [...this.#found.items, ...items], next };
    this.requestUpdate();
  }

  #find(event: SubmitEvent): void {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const given = (name: string): string => String(form.get(name) ?? '').trim();
    this.#query = { sender: given('sender'), recipient: given('recipient'), subject: given('subject') };
    void this.load();
  }

  protected override content(): TemplateResult {
    const { say } = this;
    const { items, next } = this.#found;
    return html`
      <h1>${say.messages}</h1>
      <p class="about">${say.messagesAbout}</p>
      <form class="tools" @submit=${this.#find}>
        <label class="grow">${say.findSender}<input name="sender" /></label>
        <label class="grow">${say.findRecipient}<input name="recipient" /></label>
        <label class="grow">${say.findSubject}<input name="subject" /></label>
        <button class="primary">${say.find}</button>
      </form>
      <div class="panel">
        ${
          items.length === 0
            ? html`<empty-state picture="search" .heading=${say.noMessages} .text=${say.noMessagesNext}></empty-state>`
            : this.#table(items)
        }
        <div class="foot" ?hidden=${next === null}>
          <span></span>
          <button @click=${() => this.#more()}>${say.more}</button>
        </div>
      </div>
    `;
  }

  #table(items: Found['items']): TemplateResult {
    const { say } = this;
    return html`<table>
      <thead>
        <tr>
          <th>${say.subject}</th>
          <th>${say.sender}</th>
          <th>${say.recipients}</th>
          <th>${say.when}</th>
        </tr>
      </thead>
      <tbody>
        ${items.map(
          (mail) => html`<tr>
            <td>
              <a translate="no" href=${whereText('messages', mail.message)}>${mail.subject || say.noSubject}</a>
              ${this.#sourceLine(mail)}
            </td>
            <td data-label=${say.sender}>${this.#senderOf(mail)}</td>
            <td data-label=${say.recipients} translate="no">${mail.to}</td>
            <td data-label=${say.when}>${momentText(mail.acceptedAtMs)}</td>
          </tr>`,
        )}
      </tbody>
    </table>`;
  }

  /** What has no envelope is from whom it says. */
  #senderOf({ source, returnPath, from }: FoundMail): string {
    return returnPath || (source === 'report' ? '' : from) || this.say.bySystem;
  }

  /** Drafts and imported mail were sent by nobody here. */
  #sourceLine({ source }: FoundMail): TemplateResult | typeof nothing {
    const { filedOnly, importedMail } = this.say;
    const text = { append: filedOnly, import: importedMail }[source];
    return text ? html`<br /><span class="soft">${text}</span>` : nothing;
  }
}

customElements.define('messages-page', MessagesPage);
