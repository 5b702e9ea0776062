/** One rule: its history with what changed, put back with one click, withdrawn; and its next version, or the first. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { type Answered, ask } from '../api/calls.ts';
import { momentText } from '../i18n/dates.ts';
import { ruleWords } from '../i18n/rules/shown-words.ts';
import './form-dialog.ts';
import { lineDiff } from '../elements/line-diff.ts';
import { type FormDialog, textOf } from './form-dialog.ts';
import { LoadingElement } from './loading-element.ts';
import { actorText } from './message-page.ts';
import { go, whereText } from './places.ts';
import { problemText } from './problem-words.ts';
import './rule-editor.ts';
import type { RulePublished } from './rule-editor.ts';
import { ruleLines } from './rules/rule-lines.ts';
import { phaseOf } from './rules-page.ts';

type Rule = Answered<'GET /api/rules/:rule'>;

export class RulePage extends LoadingElement {
  static override properties = {
    ...LoadingElement.properties,
    rule: {},
    owner: {},
    isAdministrator: { type: Boolean },
    shown: { state: true },
  };
  static override styles = [
    ...LoadingElement.styles,
    css`
      .columns {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(17rem, 24rem);
        align-items: start;
        gap: var(--gap-4);
        margin-top: var(--gap-4);
      }
      .alone {
        grid-template-columns: minmax(0, 1fr);
      }
      pre {
        margin: 0;
        max-height: 28rem;
        overflow: auto;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      .added {
        background: var(--selected);
      }
      .removed {
        background: var(--danger-surface);
        text-decoration: line-through;
      }
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li button {
        width: 100%;
        justify-content: space-between;
        height: auto;
        padding: var(--gap-2) var(--gap-3);
        white-space: normal;
        text-align: start;
      }
      li button span:first-child {
        flex: none;
      }
      li button[aria-pressed='true'] {
        background: var(--selected);
      }
      @media (max-width: 56rem) {
        .columns {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];
  /** `new` for one that is not published yet. */
  declare rule: string;
  /** Address of whoever writes it. */
  declare owner: string;
  declare isAdministrator: boolean;
  /** The version that is looked at. */
  declare shown: number;
  #rule: Rule | null = null;

  constructor() {
    super();
    this.rule = '';
    this.owner = '';
    this.isAdministrator = false;
    this.shown = 0;
  }

  protected override async fetch(): Promise<void> {
    if (this.rule === 'new') return;
    this.#rule = await ask('GET /api/rules/:rule', { params: { rule: this.rule } });
    this.shown = this.#rule.version;
  }

  async #restore(version: number): Promise<void> {
    const { say, rule } = this;
    try {
      const published = await ask('POST /api/rules/:rule/restore', { params: { rule }, body: { version } });
      this.tell(say.published(published.version));
      await this.load();
    } catch (error) {
      this.tell(problemText(error, say));
    }
  }

  #withdraw(): void {
    const { say, rule } = this;
    void this.renderRoot.querySelector<FormDialog>('form-dialog')!.open({
      heading: `${say.withdraw}: ${this.#rule!.name}`,
      text: say.withdrawAbout,
      confirm: say.withdraw,
      isDanger: true,
      fields: [{ name: 'reason', label: say.reason, kind: 'text', hint: say.reasonHint, isRequired: true }],
      perform: async (filled) => {
        await ask('POST /api/rules/:rule/withdraw', {
          params: { rule },
          body: { reason: textOf(filled, 'reason') },
        });
        this.tell(say.saved);
        await this.load();
      },
    });
  }

  protected override content(): TemplateResult {
    const { say } = this;
    const rule = this.#rule;
    const state = rule && phaseOf(rule, say);
    return html`
      <p class="about"><a href=${whereText('rules')}>${say.rules}</a></p>
      <h1>${rule ? html`<span translate="no">${rule.name}</span>` : say.addRule} ${state ? html`<span class="badge ${state.look}">${state.text}</span>` : nothing}</h1>
      <p class="about" translate="no" ?hidden=${!rule?.withdrawnReason}>${rule?.withdrawnReason}</p>
      <div class="columns ${rule && this.isAdministrator ? '' : 'alone'}">
        ${this.isAdministrator ? this.#editor(rule) : nothing}
        ${rule ? this.#history(rule) : nothing}
      </div>
      <form-dialog></form-dialog>
    `;
  }

  #editor(rule: Rule | null): TemplateResult {
    return html`<rule-editor
      class="panel padded"
      .of=${rule?.rule ?? null}
      .seenVersion=${rule?.version ?? 0}
      .text=${rule?.versions[0]?.text ?? ''}
      .owner=${this.owner}
      @published=${({ detail }: RulePublished) => (rule === null ? go('rules', detail) : this.load())}
    ></rule-editor>`;
  }

  #history(rule: Rule): TemplateResult {
    const { say } = this;
    const looked = rule.versions.find(({ version }) => version === this.shown)!;
    const before = rule.versions.find(({ version }) => version === this.shown - 1);
    const mayRestore =
      this.isAdministrator && (looked.version !== rule.version || rule.phase === 'withdrawn');
    return html`<section class="panel padded stack">
      <h2>${say.versions}</h2>
      <ul>
        ${rule.versions.map(
          ({ version, publishedAtMs, by, restores }) => html`<li>
            <button
              class="plain"
              aria-pressed=${version === this.shown}
              @click=${() => {
                this.shown = version;
              }}
            >
              <span>${say.version(version)}${restores === null ? '' : ` · ${say.restoresVersion(restores)}`}</span>
              <span class="soft">${say.publishedBy(actorText(by, say), momentText(publishedAtMs))}</span>
            </button>
          </li>`,
        )}
      </ul>
      <h2>${say.compare}</h2>
      <pre tabindex="0" translate="no">${
        before
          ? lineDiff(readable(before.text), readable(looked.text)).map(
              ({ kind, text }) => html`<span class=${kind}>${text}</span>\n`,
            )
          : `${say.noChanges}\n\n${readable(looked.text)}`
      }</pre>
      <div class="tools">
        <button
          ?hidden=${!this.isAdministrator || rule.version === 1 || mayRestore}
          data-what="restore-before"
          @click=${() => this.#restore(rule.version - 1)}
        >
          ${ruleWords().restoreBefore}
        </button>
        <button ?hidden=${!mayRestore} data-what="restore" @click=${() => this.#restore(looked.version)}>
          ${say.restoreVersion}
        </button>
        <button ?hidden=${!this.isAdministrator || rule.phase === 'withdrawn'} data-what="withdraw" @click=${() => this.#withdraw()}>
          ${say.withdraw}
        </button>
      </div>
    </section>`;
  }
}

function readable(text: string): string {
  return ruleLines(text, ruleWords()).join('\n');
}

customElements.define('rule-page', RulePage);
