/** Below a mail that one has sent: each recipient with how far the mail has come, told live; details for who asks. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { icon } from '../../elements/icon.ts';
import { longTime, shortTime } from '../../i18n/dates.ts';
import { StoreElement } from '../store-element.ts';
import { progressPicture, progressWord, toneOf } from './progress-look.ts';
import type { RecipientDelivery } from './recipient-delivery.ts';

/** More are shown when asked for. */
const shownAtFirst = 8;

export class DeliveryStates extends StoreElement {
  static override properties = { ...StoreElement.properties, emailId: {}, isWhole: { state: true } };
  static override styles = [
    StoreElement.styles,
    css`
      h2 {
        margin: var(--gap-3) 0 var(--gap-2);
        color: var(--ink-soft);
        font-size: var(--size-small);
        font-weight: 600;
      }
      ul {
        margin: 0;
        padding: 0;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        list-style: none;
      }
      li + li {
        border-top: 1px solid var(--line);
      }
      summary {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto auto;
        gap: var(--gap-2);
        align-items: center;
        min-height: 2.5rem;
        padding: 0 var(--gap-3);
        cursor: pointer;
        list-style: none;
      }
      summary::-webkit-details-marker {
        display: none;
      }
      .state {
        font-size: var(--size-small);
        font-weight: 600;
      }
      time {
        color: var(--ink-soft);
        font-size: var(--size-small);
      }
      .good {
        color: var(--good);
      }
      .bad {
        color: var(--danger);
      }
      .open {
        color: var(--ink-soft);
      }
      dl {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr);
        gap: var(--gap-1) var(--gap-4);
        margin: 0;
        padding: var(--gap-1) var(--gap-3) var(--gap-3) 2.5rem;
        font-size: var(--size-small);
      }
      dt {
        color: var(--ink-soft);
      }
      dd {
        margin: 0;
        overflow-wrap: anywhere;
      }
      @media (max-width: 480px) {
        summary {
          grid-template-columns: auto minmax(0, 1fr) auto;
        }
        summary time {
          display: none;
        }
      }
    `,
  ];
  declare emailId: string;
  declare isWhole: boolean;

  constructor() {
    super();
    this.emailId = '';
    this.isWhole = false;
  }

  override render(): TemplateResult | typeof nothing {
    const { words, store, emailId, isWhole } = this;
    const recipients = store.submissions.of(emailId).flatMap((each) => each.recipients);
    if (recipients.length === 0) return nothing;
    const shown = isWhole ? recipients : recipients.slice(0, shownAtFirst);
    const rest = recipients.length - shown.length;
    return html`<section aria-label=${words.whereItIs}>
      <h2>${words.whereItIs}</h2>
      <ul aria-live="polite">
        ${shown.map((each) => this.#recipient(each))}
      </ul>
      ${
        rest > 0
          ? html`<button
            class="plain"
            @click=${() => {
              this.isWhole = true;
            }}
          >
            ${words.moreRecipients(rest)}
          </button>`
          : nothing
      }
    </section>`;
  }

  #recipient(recipient: RecipientDelivery): TemplateResult {
    const { email, progress, changedAt } = recipient;
    const tone = toneOf(progress);
    return html`<li data-recipient=${email}>
      <details>
        <summary>
          <span class=${tone}>${icon(progressPicture[progress])}</span>
          <span class="cut" title=${email}>${email}</span>
          <span class="state ${tone}">${progressWord(progress, this.words)}</span>
          ${changedAt === null ? nothing : html`<time datetime=${changedAt}>${shortTime(changedAt, new Date())}</time>`}
        </summary>
        <dl>
          ${this.#details(recipient).map(([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>`)}
        </dl>
      </details>
    </li>`;
  }

  #details({ progress, reply, host, tls, certificateValid, cipher, attempts, ...others }: RecipientDelivery) {
    const { words } = this;
    const encryption = { none: words.notEncrypted, tls12: 'TLS 1.2', tls13: 'TLS 1.3' };
    const certificate = certificateValid ? words.certificateChecked : words.certificateUnchecked;
    const secure = tls === 'none' || tls === null ? '' : `, ${cipher}, ${certificate}`;
    const lines: readonly (readonly [string, string])[] = [
      [words.when, others.changedAt === null ? '' : longTime(others.changedAt)],
      [words.where, progress === 'delivered' ? words.inMailboxHere : host],
      [words.peerReply, reply],
      [words.encryption, tls === null ? '' : `${encryption[tls]}${secure}`],
      [words.attempts, attempts > 0 ? String(attempts) : ''],
      [words.nextAttempt, others.nextAttemptAt === null ? '' : longTime(others.nextAttemptAt)],
      [words.note, others.mayBeTwice ? words.mayBeTwice : ''],
    ];
    return lines.filter(([, value]) => value !== '');
  }
}

customElements.define('delivery-states', DeliveryStates);
