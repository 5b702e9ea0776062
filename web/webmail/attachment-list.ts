/** The files of a mail, each to be looked at or downloaded. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { type IconName, icon } from '../elements/icon.ts';
import { PageElement } from '../elements/page-element.ts';
import { sizeText } from '../i18n/dates.ts';
import type { BodyPart, Email } from './email.ts';
import './file-preview.ts';
import { type FilePreview, previewKindOf } from './file-preview.ts';
import type { FileSource } from './file-source.ts';
import { fileName, filesOf } from './mail-files.ts';
import { htmlOfMail } from './writing/answer.ts';

export class AttachmentList extends PageElement {
  static override properties = { files: { attribute: false }, mail: { attribute: false } };
  static override styles = [
    PageElement.styles,
    css`
      h2 {
        margin: var(--gap-4) 0 var(--gap-2);
        font-size: var(--size-small);
        font-weight: 600;
        color: var(--ink-soft);
      }
      ul {
        display: flex;
        flex-wrap: wrap;
        gap: var(--gap-2);
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        min-width: 0;
        max-width: 100%;
      }
      .file {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
        align-items: center;
        gap: 0 var(--gap-3);
        width: 17rem;
        max-width: 100%;
        padding: var(--gap-1) var(--gap-1) var(--gap-1) var(--gap-3);
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface-raised);
      }
      .file:hover {
        border-color: var(--accent);
      }
      a,
      button.name {
        color: var(--ink);
        text-decoration: none;
      }
      button.name {
        justify-content: stretch;
        min-height: 2.5rem;
        padding: 0;
        border: 0;
        background: transparent;
        text-align: start;
      }
      .save {
        display: grid;
        place-content: center;
        width: 2.25rem;
        height: 2.5rem;
        border-radius: var(--radius);
      }
      .save:hover {
        background: var(--hover);
      }
      svg {
        color: var(--ink-soft);
      }
      small {
        color: var(--ink-soft);
      }
      .name {
        display: grid;
        min-width: 0;
        line-height: 1.35;
      }
    `,
  ];
  declare files: FileSource;
  declare mail: Email;

  override render(): TemplateResult | typeof nothing {
    const listed = filesOf(this.mail, htmlOfMail(this.mail) ?? '');
    if (listed.length === 0) return nothing;
    return html`<h2>${this.words.attachments(listed.length)}</h2>
      <ul>
        ${listed.map((file) => html`<li>${this.#file(file)}</li>`)}
      </ul>
      <file-preview .files=${this.files}></file-preview>`;
  }

  #file(file: BodyPart): TemplateResult {
    const { words } = this;
    const { blobId, type, size } = file;
    const shown = fileName(file, words);
    const picture: IconName = type.startsWith('image/') ? 'picture' : 'file';
    const about = html`<span class="cut">${shown}</span><small>${sizeText(size)}</small>`;
    const url = this.files.downloadUrl(blobId ?? '', shown, type);
    return html`<span class="file" title=${shown}>
      ${icon(picture)}
      ${
        previewKindOf(file) === null
          ? html`<a class="name" href=${url} download=${shown} tabindex="-1">${about}</a>`
          : html`<button class="name" @click=${() => this.#preview(file)}>
            <span class="only-spoken">${words.preview(shown)}</span>
            <span class="cut" aria-hidden="true">${shown}</span><small>${sizeText(size)}</small>
          </button>`
      }
      <a class="save" href=${url} download=${shown} aria-label=${words.download(shown)} title=${words.download(shown)}>
        ${icon('download')}
      </a>
    </span>`;
  }

  #preview(file: BodyPart): void {
    this.renderRoot.querySelector<FilePreview>('file-preview')?.show(file);
  }
}

customElements.define('attachment-list', AttachmentList);
