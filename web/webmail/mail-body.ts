/** The text of a mail: plain, or HTML in a frame in which nothing runs and, until asked for, nothing is loaded. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { icon } from '../elements/icon.ts';
import { PageElement } from '../elements/page-element.ts';
import { type CleanMail, cleanMail } from './clean-html.ts';
import { foundRanges, type Hit, markedText } from './desk/found-text.ts';
import { markFound } from './desk/mark-found.ts';
import type { BodyPart, Email } from './email.ts';
import type { FileSource } from './file-source.ts';
import { partShownAt, withLocations } from './mail-files.ts';
import { paper } from './mail-paper.ts';
import { plainText } from './plain-text.ts';
import { htmlOfMail } from './writing/answer.ts';

export class MailBody extends PageElement {
  static override properties = {
    files: { attribute: false },
    mail: { attribute: false },
    hits: { attribute: false },
    arePicturesShown: { state: true },
    clean: { state: true },
  };
  static override styles = [
    PageElement.styles,
    css`
      :host {
        display: block;
        margin-top: var(--gap-2);
      }
      .note {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--gap-2) var(--gap-3);
        margin-bottom: var(--gap-3);
        padding: var(--gap-2) var(--gap-3);
        border-radius: var(--radius);
        background: var(--notice-surface);
        font-size: var(--size-small);
      }
      .note span {
        flex: 1 1 12rem;
      }
      .note svg {
        flex: none;
      }
      iframe {
        display: block;
        width: 100%;
        height: 6rem;
        border: 0;
        border-radius: var(--radius);
        color-scheme: light;
      }
      .text {
        margin: 0;
        font: inherit;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      .quoted {
        margin: var(--gap-3) 0;
        padding-left: var(--gap-3);
        border-left: 3px solid var(--line);
        color: var(--ink-soft);
      }
      mark {
        border-radius: 0.1875rem;
        background: light-dark(#ffe28a, #6b5312);
        color: inherit;
      }
      .none {
        color: var(--ink-soft);
      }
    `,
  ];
  declare files: FileSource;
  declare mail: Email;
  /** What rules have found in its texts is marked. */
  declare hits: readonly Hit[];
  declare arePicturesShown: boolean;
  /** Null until the frame shows it. */
  declare clean: CleanMail | null;
  readonly #urls: string[] = [];
  readonly #resized = new ResizeObserver(() => this.#fit());

  constructor() {
    super();
    this.hits = [];
    this.arePicturesShown = false;
    this.clean = null;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
    for (const url of this.#urls.splice(0)) URL.revokeObjectURL(url);
  }

  /** The text is there: what waits for it sees so. */
  override updated(): void {
    if (this.#htmlText() === null || this.clean !== null) this.dataset['shown'] = '';
  }

  #htmlText(): string | null {
    return htmlOfMail(this.mail);
  }

  get #frame(): HTMLIFrameElement | null {
    return this.renderRoot.querySelector('iframe');
  }

  /** The frame's own page is there: the mail goes into it. */
  #fill(): void {
    const inside = this.#frame?.contentDocument;
    const frame = inside?.defaultView;
    const text = this.#htmlText();
    if (!inside || !frame || text === null) return;
    const pictures = new Map<HTMLImageElement, BodyPart>();
    this.clean = cleanMail(
      withLocations(text, this.mail),
      frame,
      this.arePicturesShown,
      (picture, address) => {
        const part = partShownAt(this.mail, address);
        if (part) pictures.set(picture, part);
      },
    );
    const { root, hasOwnColours } = this.clean;
    const style = inside.createElement('style');
    style.textContent = paper(getComputedStyle(this), hasOwnColours);
    inside.head.append(style, ...root.querySelectorAll('style'));
    inside.body.replaceWith(root.querySelector('body') ?? inside.createElement('body'));
    if (this.hits.length > 0) {
      const founds = this.hits.map(({ found }) => found);
      markFound(inside.body, founds);
    }
    void this.#showOwnPictures(pictures);
    this.#resized.disconnect();
    this.#resized.observe(inside.body);
    this.#fit();
  }

  #fit(): void {
    const frame = this.#frame;
    const body = frame?.contentDocument?.body;
    if (frame && body) frame.style.height = `${Math.max(body.scrollHeight, body.offsetHeight)}px`;
  }

  /** Pictures that the mail brings along. */
  async #showOwnPictures(pictures: ReadonlyMap<HTMLImageElement, BodyPart>): Promise<void> {
    for (const [picture, { blobId, type }] of pictures) {
      const url = URL.createObjectURL(await this.files.download(blobId!, type));
      this.#urls.push(url);
      picture.src = url;
    }
  }

  override render(): TemplateResult {
    const { words, mail } = this;
    if (this.#htmlText() !== null) {
      const isNoted = this.clean?.hasRemotePictures === true && !this.arePicturesShown;
      return html`
        ${
          isNoted
            ? html`<p class="note">
              ${icon('picture')}<span>${words.picturesOff}</span>
              <button
                data-what="pictures"
                @click=${() => {
                  this.arePicturesShown = true;
                }}
              >
                ${words.showPictures}
              </button>
            </p>`
            : nothing
        }
        <iframe
          title=${words.mailText}
          sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
          src=${this.arePicturesShown ? '/mail-frame-with-pictures' : '/mail-frame'}
          @load=${this.#fill}
        ></iframe>
      `;
    }
    const texts = (mail.textBody ?? []).flatMap(({ partId }) => {
      const value = mail.bodyValues?.[partId ?? '']?.value;
      return value === undefined ? [] : [{ value, hits: this.hits.filter(({ part }) => part === partId) }];
    });
    const text = texts
      .map(({ value }) => value)
      .join('\n')
      .trimEnd();
    if (text === '') return html`<p class="none">${words.noText}</p>`;
    if (this.hits.length === 0) return html`<div class="text">${plainText(text)}</div>`;
    return html`${texts.map(({ value, hits }) => html`<p class="text">${markedText(value, foundRanges(value, hits))}</p>`)}`;
  }
}

customElements.define('mail-body', MailBody);
