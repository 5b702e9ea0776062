/** The files of the draft: how far each is on its way, and a way to take it out. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { icon } from '../../elements/icon.ts';
import { PageElement } from '../../elements/page-element.ts';
import { sizeText } from '../../i18n/dates.ts';
import type { DraftFile } from './draft.ts';
import { DraftElement } from './draft-element.ts';

export class DraftFileList extends DraftElement {
  static override styles = [
    PageElement.styles,
    css`
      ul {
        display: flex;
        flex-wrap: wrap;
        gap: var(--gap-2);
        max-height: 8.5rem;
        margin: 0;
        padding: var(--gap-2) var(--gap-4);
        overflow-y: auto;
        border-top: 1px solid var(--line);
        list-style: none;
      }
      li {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
        align-items: center;
        gap: 0 var(--gap-2);
        width: 15rem;
        max-width: 100%;
        padding: var(--gap-1) var(--gap-1) var(--gap-1) var(--gap-2);
        border: 1px solid var(--line);
        border-radius: var(--radius);
        line-height: 1.3;
      }
      li.failed {
        border-color: var(--danger);
        background: var(--danger-surface);
      }
      li > svg {
        color: var(--ink-soft);
      }
      .about {
        display: grid;
        min-width: 0;
      }
      small {
        color: var(--ink-soft);
      }
      .failed small {
        color: var(--danger);
      }
      progress {
        width: 100%;
        height: 0.375rem;
        accent-color: var(--accent);
      }
    `,
  ];

  override render(): TemplateResult | typeof nothing {
    const files = (this.desk.draft?.files ?? []).filter(({ cid }) => cid === null);
    if (files.length === 0) return nothing;
    return html`<ul aria-label=${this.words.attachments(files.length)}>
      ${files.map((file) => this.#file(file))}
    </ul>`;
  }

  /** Where the button was that had the focus: the next one has it, or else the text. */
  async #remove(key: string): Promise<void> {
    this.desk.files.remove(key);
    await this.updateComplete;
    const next = this.renderRoot.querySelector('button');
    if (next) next.focus();
    else this.dispatchEvent(new Event('emptied'));
  }

  #file({ key, name, type, size }: DraftFile): TemplateResult {
    const { words } = this;
    const { files } = this.desk;
    const part = files.partDone(key);
    const failure = files.failure(key);
    return html`<li class=${failure ? 'failed' : ''} title=${name}>
      ${icon(type.startsWith('image/') ? 'picture' : 'file')}
      <span class="about">
        <span class="cut">${name}</span>
        ${
          part !== null
            ? html`<progress max="1" .value=${part} aria-label=${words.uploading(name)}></progress>`
            : html`<small class="cut" role=${failure ? 'alert' : nothing}>${failure ?? sizeText(size)}</small>`
        }
      </span>
      <button
        class="plain icon"
        data-what="remove-file"
        aria-label=${part === null ? words.removeFile(name) : words.stopUpload(name)}
        title=${part === null ? words.removeFile(name) : words.stopUpload(name)}
        @click=${() => this.#remove(key)}
      >
        ${icon('close')}
      </button>
    </li>`;
  }
}

customElements.define('draft-file-list', DraftFileList);
