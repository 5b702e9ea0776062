/** The open mail, or the conversation around it. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import '../elements/empty-state.ts';
import { icon } from '../elements/icon.ts';
import './mail-actions.ts';
import './mail-view.ts';
import './subject-heading.ts';
import { StoreElement } from './store-element.ts';
import type { AnswerKind } from './writing/answer.ts';

export class ReadingPane extends StoreElement {
  static override styles = [
    StoreElement.styles,
    css`
      :host {
        display: grid;
        grid-template: auto minmax(0, 1fr) / minmax(0, 1fr);
      }
      .bar {
        display: flex;
        align-items: center;
        min-height: 3.25rem;
        padding: 0 var(--gap-3);
        border-bottom: 1px solid var(--line);
        container-type: inline-size;
      }
      .answer {
        padding: 0 var(--gap-2);
      }
      .bar mail-actions {
        margin-left: auto;
      }
      .back {
        display: none;
      }
      .mails {
        overflow-y: auto;
        padding: var(--gap-4) var(--gap-6) var(--gap-8);
        outline-offset: -2px;
      }
      @container (max-width: 36rem) {
        .answer span,
        .back span {
          display: none;
        }
        .answer {
          width: 2.25rem;
          color: var(--ink-soft);
        }
      }
      .whole {
        grid-row: 1 / -1;
      }
      @media (max-width: 860px) {
        .back {
          display: inline-flex;
        }
        .mails {
          padding: var(--gap-3) var(--gap-4) var(--gap-8);
        }
      }
    `,
  ];

  override render(): TemplateResult {
    const { store, words } = this;
    const { focus, thread } = store.opened;
    if (focus === null)
      return html`<empty-state
        class="whole"
        picture="openEnvelope"
        .heading=${words.nothingOpen}
        .text=${words.nothingOpenNext}
      ></empty-state>`;
    const mail = store.opened.mail(focus);
    const isGone = mail === 'gone';
    return html`
      <div class="bar">
        <button class="plain back" data-what="back" aria-label=${words.backToList} title=${words.backToList} @click=${() => store.goTo(null)}>
          ${icon('back')}<span>${words.backToList}</span>
        </button>
        ${isGone ? nothing : this.#answers()}
        ${isGone ? nothing : html`<mail-actions .store=${store} .ids=${[focus]}></mail-actions>`}
      </div>
      ${
        mail === null
          ? html`<empty-state picture="openEnvelope" isBusy .heading=${words.loadingMail}></empty-state>`
          : isGone
            ? html`<empty-state picture="trash" .heading=${words.mailGone} .text=${words.mailGoneNext}>
              <button @click=${() => store.goTo(null)}>${words.backToList}</button>
            </empty-state>`
            : html`<article class="mails" tabindex="0" aria-label=${words.mailText}>
              <subject-heading .text=${mail.subject?.trim() || words.noSubject}></subject-heading>
              ${repeat(
                [...thread].reverse(),
                (id) => id,
                (id) =>
                  html`<mail-view data-id=${id} .store=${store} .emailId=${id} ?isAlone=${thread.length === 1}></mail-view>`,
              )}
            </article>`
      }
    `;
  }

  #answers(): TemplateResult {
    const { store, words } = this;
    const button = (kind: AnswerKind, label: string) =>
      html`<button class="plain answer" data-what=${kind} title=${label} @click=${() => store.answer(kind)}>
        ${icon(kind)}<span>${label}</span>
      </button>`;
    return html`${button('reply', words.reply)} ${button('replyAll', words.replyAll)} ${button('forward', words.forward)}`;
  }
}

customElements.define('reading-pane', ReadingPane);
