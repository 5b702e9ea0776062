/** Deciding on one held mail or on several: a comment, and the two buttons. Nothing else on the page decides. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { icon } from '../../elements/icon.ts';
import { StoreElement } from '../store-element.ts';
import type { Approval, Decision } from './approvals.ts';

export class DecisionBar extends StoreElement {
  static override properties = {
    ...StoreElement.properties,
    items: { attribute: false },
    isWordless: { state: true },
  };
  static override styles = [
    StoreElement.styles,
    css`
      :host {
        display: block;
        padding: var(--gap-3) var(--gap-6);
        border-top: 1px solid var(--line);
        background: var(--surface-raised);
      }
      label {
        display: flex;
        flex-wrap: wrap;
        gap: 0 var(--gap-2);
        font-weight: 600;
      }
      small {
        color: var(--ink-soft);
        font-weight: 400;
      }
      textarea {
        display: block;
        width: 100%;
        min-height: 3.5rem;
        max-height: 12rem;
        margin: var(--gap-1) 0 var(--gap-2);
        padding: var(--gap-2) var(--gap-3);
        border: 1px solid var(--line-strong);
        border-radius: var(--radius);
        background: var(--surface);
        color: inherit;
        font: inherit;
        resize: vertical;
      }
      textarea[aria-invalid='true'] {
        border-color: var(--danger);
      }
      .fault {
        margin: 0 0 var(--gap-2);
        color: var(--danger);
      }
      .choices {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: var(--gap-2);
      }
      @media (max-width: 860px) {
        :host {
          padding: var(--gap-3) var(--gap-4);
        }
        .choices button {
          flex: 1;
          min-height: 2.75rem;
        }
      }
    `,
  ];
  declare items: readonly Approval[];
  /** A comment is wanted, and there is none. */
  declare isWordless: boolean;

  constructor() {
    super();
    this.items = [];
    this.isWordless = false;
  }

  get #comment(): HTMLTextAreaElement | null {
    return this.renderRoot.querySelector('textarea');
  }

  /** Where the next key decides: on the button, or in the comment that a return wants. */
  begin(decision: Decision): void {
    if (decision === 'return') this.#comment?.focus();
    else this.renderRoot.querySelector<HTMLElement>('[data-what=approve]')?.focus();
  }

  /** What goes back, and what leaves quarantine, wants a reason. */
  async #decide(decision: Decision): Promise<void> {
    const comment = this.#comment?.value.trim() ?? '';
    const wantsComment = decision === 'return' || this.items.some(({ kind }) => kind === 'quarantine');
    this.isWordless = wantsComment && comment === '';
    if (this.isWordless) return this.#comment?.focus();
    const isDone = await this.store.approvals.decide(this.items, decision, comment);
    if (isDone && this.#comment) this.#comment.value = '';
  }

  override render(): TemplateResult {
    const { words, isWordless } = this;
    const { isDeciding } = this.store.approvals;
    return html`
      <label for="comment">${words.comment}<small>${words.commentNext}</small></label>
      <textarea
        id="comment"
        maxlength="4000"
        aria-invalid=${isWordless}
        aria-describedby=${isWordless ? 'fault' : nothing}
        @input=${() => {
          this.isWordless = false;
        }}
      ></textarea>
      <p class="fault" id="fault" role="alert" ?hidden=${!isWordless}>${words.commentMissing}</p>
      <div class="choices">
        <button data-what="return" ?disabled=${isDeciding} @click=${() => this.#decide('return')}>
          ${icon('reply')}${words.returnMail}
        </button>
        <button class="primary" data-what="approve" ?disabled=${isDeciding} @click=${() => this.#decide('approve')}>
          ${icon('check')}${isDeciding ? words.deciding : words.approve}
        </button>
      </div>
    `;
  }
}

customElements.define('decision-bar', DecisionBar);
