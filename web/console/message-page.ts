/** The way of one mail: its recipients, and every event in words, with rule, version and reason. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { type Answered, ask } from '../api/calls.ts';
import type { ConsoleMessages } from '../i18n/console-en.ts';
import { momentText, sizeText } from '../i18n/dates.ts';
import { give } from './file-content.ts';
import './form-dialog.ts';
import { type FormDialog, textOf } from './form-dialog.ts';
import { LoadingElement } from './loading-element.ts';
import './opened-mail.ts';
import { whereText } from './places.ts';
import { problemText } from './problem-words.ts';
import { deliveryState } from './queue-page.ts';

type Way = Answered<'GET /api/messages/:message'>;
type Step = Way['steps'][number];

export class MessagePage extends LoadingElement {
  static override properties = {
    ...LoadingElement.properties,
    message: {},
    mayOpen: { type: Boolean },
    isOpened: { state: true },
    isBusy: { state: true },
  };
  static override styles = [
    ...LoadingElement.styles,
    css`
      .head {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        align-items: start;
        gap: var(--gap-4);
        margin: var(--gap-3) 0 var(--gap-4);
      }
      .head p {
        margin: var(--gap-1) 0 0;
        overflow-wrap: anywhere;
      }
      .head .acts {
        display: flex;
        flex-wrap: wrap;
        gap: var(--gap-2);
      }
      opened-mail {
        margin-bottom: var(--gap-4);
      }
      .columns {
        display: grid;
        grid-template-columns: minmax(0, 3fr) minmax(0, 2fr);
        align-items: start;
        gap: var(--gap-4);
      }
      ol {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      ol li {
        position: relative;
        padding: 0 0 var(--gap-4) var(--gap-6);
        border-inline-start: 2px solid var(--line);
      }
      ol li:last-child {
        padding-bottom: 0;
      }
      ol li::before {
        content: '';
        position: absolute;
        inset-inline-start: -0.45rem;
        top: 0.35rem;
        width: 0.75rem;
        height: 0.75rem;
        border-radius: 50%;
        background: var(--accent);
        border: 2px solid var(--surface);
      }
      li p {
        margin: 0;
        overflow-wrap: anywhere;
      }
      .found {
        margin-top: var(--gap-1);
        padding: var(--gap-2) var(--gap-3);
        border-radius: var(--radius);
        background: var(--notice-surface);
      }
      @media (max-width: 56rem) {
        .columns {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];
  declare message: string;
  /** Of others: their own mail people read in webmail. */
  declare mayOpen: boolean;
  declare isOpened: boolean;
  declare isBusy: boolean;
  #way: Way | null = null;

  constructor() {
    super();
    this.message = '';
    this.mayOpen = false;
    this.isOpened = false;
    this.isBusy = false;
  }

  protected override async fetch(): Promise<void> {
    this.#way = await ask('GET /api/messages/:message', { params: { message: this.message } });
  }

  async #prove(): Promise<void> {
    this.isBusy = true;
    try {
      const proof = await ask('GET /api/messages/:message/proof', { params: { message: this.message } });
      give(proof, `proof-${this.message}.zip`);
    } catch (error) {
      this.tell(problemText(error, this.say));
    }
    this.isBusy = false;
  }

  /** The reason is on record before the mail is asked for. */
  #open(): void {
    const { say, message } = this;
    void this.renderRoot.querySelector<FormDialog>('form-dialog')!.open({
      heading: say.openMail,
      text: say.openMailAbout,
      confirm: say.openMailNow,
      fields: [
        { name: 'reason', label: say.openMailReason, kind: 'text', hint: say.openMailHint, isRequired: true },
      ],
      perform: async (filled) => {
        await ask('POST /api/messages/:message/openings', {
          params: { message },
          body: { reason: textOf(filled, 'reason') },
        });
        this.isOpened = true;
      },
    });
  }

  protected override content(): TemplateResult {
    const { say } = this;
    const way = this.#way!;
    return html`
      <div class="head">
        <div>
          <h1 translate="no">${way.subject || say.noSubject}</h1>
          <p class="soft" translate="no">${way.from || way.returnPath} → ${way.to}</p>
          <p class="soft">${momentText(way.acceptedAtMs)} · ${sizeText(way.octets)}</p>
        </div>
        <div class="acts">
          <button class="primary" data-what="open" ?hidden=${!this.mayOpen || this.isOpened} @click=${() => this.#open()}>
            ${say.openMail}
          </button>
          <button data-what="proof" title=${say.proofAbout} ?disabled=${this.isBusy} @click=${() => this.#prove()}>
            ${this.isBusy ? say.isWorking : say.proof}
          </button>
        </div>
      </div>
      ${this.isOpened ? html`<opened-mail .message=${this.message}></opened-mail>` : nothing}
      <div class="columns">
        <section class="panel padded stack">
          <h2>${say.way}</h2>
          <ol>
            ${way.steps.map((step) => this.#step(step))}
          </ol>
        </section>
        <section class="panel padded stack">
          <h2>${say.recipients}</h2>
          ${way.recipientList.map((recipient) => this.#recipient(recipient))}
        </section>
      </div>
      <form-dialog></form-dialog>
    `;
  }

  #recipient({ address, isHere, filedAtMs, delivery }: Way['recipientList'][number]): TemplateResult {
    const { say } = this;
    const state = delivery && deliveryState(delivery, say);
    return html`<div>
      <strong>${address}</strong>
      ${isHere ? html`<div class="soft">${filedAtMs === null ? say.notFiled : say.filedHere(momentText(filedAtMs))}</div>` : nothing}
      ${
        delivery && state
          ? html`<div>
              <span class="badge ${state.look}">${state.text}</span>
              <span class="soft" lang="en" translate="no">${delivery.reply}</span>
            </div>`
          : nothing
      }
    </div>`;
  }

  #step(step: Step): TemplateResult {
    const { say } = this;
    const { atMs, by, recipient, rules, position, detail } = step;
    return html`<li>
      <p><strong>${stepText(step.type, say)}</strong>${recipient === null ? nothing : html` · ${recipient}`}</p>
      <p class="soft" title=${say.leaf(position)}>${momentText(atMs)} · ${say.byWhom(actorText(by, say))}</p>
      ${changesIn(detail, say).map((text) => html`<p class="found" translate="no">${text}</p>`)}
      ${rules.map(
        ({ rule, version, name, found }) => html`<div class="found">
          <a translate="no" href=${whereText('rules', rule)}>${say.ruleSaid(name, version)}</a>
          ${found.map((text) => html`<p translate="no">${text}</p>`)}
        </div>`,
      )}
    </li>`;
  }
}

export function actorText(actor: string, say: ConsoleMessages): string {
  const known: Readonly<Record<string, string>> = {
    system: say.bySystem,
    operator: say.byOperator,
    peer: say.byPeer,
  };
  return known[actor] ?? actor;
}

/** What rules put into the mail, or why they left it as it is. */
function changesIn(detail: Step['detail'], say: ConsoleMessages): readonly string[] {
  const { texts, because } = detail as { texts?: readonly string[]; because?: unknown };
  const reasons: Readonly<Record<string, string>> = {
    signed: say.omittedSigned,
    encrypted: say.omittedEncrypted,
    alreadyThere: say.omittedAlreadyThere,
    noText: say.omittedNoText,
    tooLarge: say.omittedTooLarge,
  };
  const reason = reasons[String(because)];
  return texts ?? (reason === undefined ? [] : [reason]);
}

function stepText(type: string, say: ConsoleMessages): string {
  const key = `event${type}` as keyof ConsoleMessages;
  return key in say ? String(say[key]) : say.eventOther;
}

customElements.define('message-page', MessagePage);
