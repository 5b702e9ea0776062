/** The text of a mail: plain, or HTML in a frame in which nothing runs and, until asked for, nothing is loaded. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { icon } from '../elements/icon.ts';
import { type CleanMail, cleanMail } from './clean-html.ts';
import type { BodyPart, Email } from './email.ts';
import { paper } from './mail-paper.ts';
import { plainText } from './plain-text.ts';
import { StoreElement } from './store-element.ts';

export class MailBody extends StoreElement {
  static override properties = {
    ...StoreElement.properties,
    mail: { attribute: false },
    arePicturesShown: { state: true },
    clean: { state: true },
  };
  static override styles = [
    StoreElement.styles,
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
      .none {
        color: var(--ink-soft);
      }
    `,
  ];
  declare mail: Email;
  declare arePicturesShown: boolean;
  /** Null until the frame shows it. */
  declare clean: CleanMail | null;
  readonly #urls: string[] = [];
  readonly #resized = new ResizeObserver(() => this.#fit());

  constructor() {
    super();
    this.arePicturesShown = false;
    this.clean = null;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
    for (const url of this.#urls.splice(0)) URL.revokeObjectURL(url);
  }

  get #part(): BodyPart | undefined {
    return this.mail.htmlBody?.find(({ type }) => type.startsWith('text/')) ?? this.mail.textBody?.[0];
  }

  #htmlText(): string | null {
    const part = this.#part;
    if (part?.type !== 'text/html' || part.partId === null) return null;
    return this.mail.bodyValues?.[part.partId]?.value ?? null;
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
    this.clean = cleanMail(text, frame, this.arePicturesShown);
    const { root, hasOwnColours } = this.clean;
    const style = inside.createElement('style');
    style.textContent = paper(getComputedStyle(this), hasOwnColours);
    const own = this.#ownPictures(root);
    inside.head.append(style, ...root.querySelectorAll('style'));
    inside.body.replaceWith(root.querySelector('body') ?? inside.createElement('body'));
    void this.#showOwnPictures(own);
    this.#resized.disconnect();
    this.#resized.observe(inside.body);
    this.#fit();
  }

  #fit(): void {
    const frame = this.#frame;
    const body = frame?.contentDocument?.body;
    if (frame && body) frame.style.height = `${Math.max(body.scrollHeight, body.offsetHeight)}px`;
  }

  /** Pictures that the mail brings along, `cid:` (RFC 2392), by their id. */
  #ownPictures(root: HTMLElement): Map<HTMLImageElement, string> {
    const found = new Map<HTMLImageElement, string>();
    for (const picture of root.querySelectorAll<HTMLImageElement>('img[src^="cid:" i]')) {
      found.set(picture, (picture.getAttribute('src') ?? '').slice('cid:'.length));
      picture.removeAttribute('src');
    }
    return found;
  }

  async #showOwnPictures(pictures: ReadonlyMap<HTMLImageElement, string>): Promise<void> {
    for (const [picture, cid] of pictures) {
      const part = this.mail.attachments?.find((each) => each.cid === cid);
      if (!part?.blobId || !part.type.startsWith('image/')) continue;
      const url = URL.createObjectURL(await this.store.download(part.blobId, part.type));
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
    const texts = (mail.textBody ?? []).flatMap(({ partId }) => mail.bodyValues?.[partId ?? '']?.value ?? []);
    const text = texts.join('\n').trimEnd();
    return text === ''
      ? html`<p class="none">${words.noText}</p>`
      : html`<div class="text">${plainText(text)}</div>`;
  }
}

customElements.define('mail-body', MailBody);
