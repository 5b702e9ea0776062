/**
 * A file of a mail looked at without saving it: pictures and PDF in a frame that may do nothing else, text as text.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import '../elements/choice-dialog.ts';
import type { ChoiceDialog } from '../elements/choice-dialog.ts';
import { PageElement } from '../elements/page-element.ts';
import type { BodyPart } from './email.ts';
import type { FileSource } from './file-source.ts';
import { JmapFailure } from './jmap.ts';
import { fileName } from './mail-files.ts';

export type PreviewKind = 'picture' | 'text' | 'pdf';

/** More is for a download. */
const maxTextOctets = 500_000;
const pictures = /^image\/(?:png|jpe?g|gif|webp|bmp|avif)$/;
const texts = /^(?:text\/(?!html)|application\/(?:json|xml|x-yaml)\b|message\/(?!rfc822))/;

/** Null: the browser shows no such thing safely. */
export function previewKindOf({ type, name }: Pick<BodyPart, 'type' | 'name'>): PreviewKind | null {
  if (pictures.test(type)) return 'picture';
  if (type === 'application/pdf') return 'pdf';
  const isText = texts.test(type) || /\.(?:txt|md|csv|log|json|xml|ya?ml)$/i.test(name ?? '');
  return isText && type !== 'text/html' ? 'text' : null;
}

export class FilePreview extends PageElement {
  static override properties = { files: { attribute: false }, file: { state: true }, text: { state: true } };
  static override styles = [
    PageElement.styles,
    css`
      iframe {
        width: 100%;
        height: 70vh;
        margin-top: var(--gap-3);
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: #fff;
      }
      pre {
        max-height: 70vh;
        margin: var(--gap-3) 0 0;
        padding: var(--gap-3);
        overflow: auto;
        border-radius: var(--radius);
        background: var(--page);
        font: var(--size-small) / 1.5 var(--font-mono);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
    `,
  ];
  declare files: FileSource;
  declare file: BodyPart | null;
  /** Null: being fetched. */
  declare text: string | null;
  #url: string | null = null;

  constructor() {
    super();
    this.file = null;
    this.text = null;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#forget();
  }

  show(file: BodyPart): void {
    this.#forget();
    this.file = file;
    this.text = null;
    if (previewKindOf(file) === 'text') void this.#fetchText(file);
    void this.updateComplete.then(() => this.renderRoot.querySelector<ChoiceDialog>('choice-dialog')?.show());
  }

  async #fetchText(file: BodyPart): Promise<void> {
    const octets = await this.#fetch(file);
    if (octets === null || this.file !== file) return;
    const buffer = await octets.slice(0, maxTextOctets).arrayBuffer();
    this.text = decoded(buffer, file.charset ?? null);
  }

  /** The frame's own page is there: the picture goes into it. */
  async #fill(event: Event): Promise<void> {
    const { file } = this;
    const inside = (event.target as HTMLIFrameElement).contentDocument;
    if (!file || !inside) return;
    const octets = await this.#fetch(file);
    if (octets === null || this.file !== file) return;
    this.#url = URL.createObjectURL(octets);
    const picture = inside.createElement('img');
    picture.alt = file.name ?? '';
    picture.src = this.#url;
    Object.assign(picture.style, { display: 'block', maxWidth: '100%', margin: 'auto' });
    inside.body.replaceChildren(picture);
  }

  async #fetch({ blobId, type }: BodyPart): Promise<Blob | null> {
    try {
      return await this.files.download(blobId ?? '', type);
    } catch (error) {
      if (!(error instanceof JmapFailure)) throw error;
      this.files.say(this.words.serverUnreachable, null, true);
      return null;
    }
  }

  #forget(): void {
    if (this.#url) URL.revokeObjectURL(this.#url);
    this.#url = null;
    this.file = null;
  }

  override render(): TemplateResult | typeof nothing {
    const { file, words } = this;
    const name = file ? fileName(file, words) : '';
    return html`<choice-dialog isWide .heading=${name} @close=${this.#forget}>
      ${file ? this.#content(file, name) : nothing}
    </choice-dialog>`;
  }

  #content(file: BodyPart, name: string): TemplateResult {
    const { words } = this;
    switch (previewKindOf(file)) {
      case 'picture':
        return html`<iframe title=${name} sandbox="allow-same-origin" src="/mail-frame" @load=${this.#fill}></iframe>`;
      case 'pdf':
        return html`<iframe title=${name} src=${this.files.viewUrl(file.blobId ?? '', name)}></iframe>`;
      default:
        return html`<pre tabindex="0">${this.text ?? words.loadingFile}</pre>`;
    }
  }
}

/** As it says, or UTF-8 where it is that, or else as Chinese programs write it. */
function decoded(octets: ArrayBuffer, charset: string | null): string {
  for (const label of [charset, 'utf-8', 'gb18030']) {
    if (label === null) continue;
    try {
      return new TextDecoder(label, { fatal: label !== 'gb18030' }).decode(octets);
    } catch {
      // The next one.
    }
  }
  return '';
}

customElements.define('file-preview', FilePreview);
