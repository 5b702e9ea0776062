/** The files of a mail, each to be downloaded. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { type IconName, icon } from '../elements/icon.ts';
import { sizeText } from '../i18n/dates.ts';
import type { BodyPart, Email } from './email.ts';
import { StoreElement } from './store-element.ts';

export class AttachmentList extends StoreElement {
  static override properties = { ...StoreElement.properties, mail: { attribute: false } };
  static override styles = [
    StoreElement.styles,
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
      a {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
        align-items: center;
        gap: 0 var(--gap-3);
        width: 17rem;
        max-width: 100%;
        padding: var(--gap-2) var(--gap-3);
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface-raised);
        color: var(--ink);
        text-decoration: none;
      }
      a:hover {
        border-color: var(--accent);
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
  declare mail: Email;

  override render(): TemplateResult | typeof nothing {
    const files = (this.mail.attachments ?? []).filter(isFile);
    if (files.length === 0) return nothing;
    return html`<h2>${this.words.attachments(files.length)}</h2>
      <ul>
        ${files.map((file) => html`<li>${this.#file(file)}</li>`)}
      </ul>`;
  }

  #file({ blobId, name, type, size }: BodyPart): TemplateResult {
    const shown = name?.trim() || this.words.unnamedFile;
    const picture: IconName = type.startsWith('image/') ? 'picture' : 'file';
    return html`<a
      href=${this.store.downloadUrl(blobId ?? '', shown, type)}
      download=${shown}
      title=${shown}
      aria-label=${this.words.download(shown)}
    >
      ${icon(picture)}<span class="name"><span class="cut">${shown}</span><small>${sizeText(size)}</small></span>${icon('download')}
    </a>`;
  }
}

/** A picture that the text shows is no file to people. */
function isFile({ blobId, disposition, cid }: BodyPart): boolean {
  return blobId !== null && (disposition !== 'inline' || cid === null);
}

customElements.define('attachment-list', AttachmentList);
