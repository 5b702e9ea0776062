/** What a mail that is sent again has otherwise than before it came back: subject, text, files; with why it came back. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { type DiffLine, lineDiff } from '../../elements/line-diff.ts';
import { momentText } from '../../i18n/dates.ts';
import type { Email } from '../email.ts';
import { StoreElement } from '../store-element.ts';
import { textOfMail } from '../writing/answer.ts';
import { withPlainText } from '../writing/quote-words.ts';
import type { MailBefore } from './held-mail.ts';

/** Lines that are the same on both sides of a change. */
const contextLines = 1;

export class MailDifference extends StoreElement {
  static override properties = {
    ...StoreElement.properties,
    earlier: { attribute: false },
    mail: { attribute: false },
  };
  static override styles = [
    StoreElement.styles,
    css`
      section {
        margin: 0 0 var(--gap-4);
        padding: var(--gap-3) var(--gap-4);
        border: 1px solid var(--line);
        border-radius: var(--radius);
      }
      h3,
      h4 {
        margin: 0 0 var(--gap-2);
      }
      blockquote {
        margin: 0 0 var(--gap-2);
        padding-left: var(--gap-3);
        border-left: 3px solid var(--line-strong);
        white-space: pre-wrap;
      }
      ol {
        margin: 0 0 var(--gap-2);
        padding: 0;
        list-style: none;
      }
      li {
        overflow-wrap: anywhere;
        white-space: pre-wrap;
      }
      del {
        background: var(--danger-surface);
      }
      ins {
        color: var(--good);
        text-decoration: none;
      }
      p {
        margin: 0 0 var(--gap-2);
        color: var(--ink-soft);
      }
    `,
  ];
  declare earlier: MailBefore;
  declare mail: Email;

  override render(): TemplateResult {
    const { earlier, mail, words } = this;
    const { state, comment, endedAtMs } = earlier;
    const parts = [
      this.#part(words.changedSubject, earlier.subject ?? '', mail.subject ?? ''),
      this.#part('', textOf(earlier as unknown as Email), textOf(mail)),
      this.#part(words.changedFiles, filesOf(earlier.attachments), filesOf(mail.attachments ?? [])),
    ].filter((part) => part !== nothing);
    const why = state === 'returned' ? words.correctedAfterReturn : words.correctedAfterWithdrawal;
    return html`<section>
      <h3>${words.whatChanged}</h3>
      <p>${why}${endedAtMs === null ? nothing : html` · ${momentText(endedAtMs)}`}</p>
      ${comment === '' ? nothing : html`<blockquote translate="no">${comment}</blockquote>`}
      ${parts.length === 0 ? html`<p>${words.nothingChanged}</p>` : parts}
    </section>`;
  }

  #part(heading: string, before: string, after: string): TemplateResult | typeof nothing {
    if (before === after) return nothing;
    return html`${heading === '' ? nothing : html`<h4>${heading}</h4>`}
      <ol translate="no">
        ${nearChanges(lineDiff(before, after)).map((line) => this.#line(line))}
      </ol>`;
  }

  #line({ kind, text }: DiffLine): TemplateResult {
    const { words } = this;
    if (kind === 'same') return html`<li>  ${text}</li>`;
    if (kind === 'added') return html`<li><ins aria-label="${words.lineAdded}: ${text}">+ ${text}</ins></li>`;
    return html`<li><del aria-label="${words.lineRemoved}: ${text}">− ${text}</del></li>`;
  }
}

/** A page without plain text is compared by its text. */
function textOf(mail: Email): string {
  return textOfMail(withPlainText(mail)).replace(/\r/g, '').trimEnd();
}

function filesOf(files: readonly { readonly name: string | null; readonly size: number }[]): string {
  return files.map(({ name, size }) => `${name ?? ''} (${size})`).join('\n');
}

function nearChanges(lines: readonly DiffLine[]): DiffLine[] {
  return lines.filter((_, at) =>
    lines.slice(Math.max(0, at - contextLines), at + contextLines + 1).some(({ kind }) => kind !== 'same'),
  );
}

customElements.define('mail-difference', MailDifference);
