/** Rich text with its toolbar. The editor itself is a frame's, loaded when this element is first shown. */
import { css, html, type TemplateResult } from 'lit';
import '../../elements/choice-dialog.ts';
import type { ChoiceDialog } from '../../elements/choice-dialog.ts';
import { type IconName, icon } from '../../elements/icon.ts';
import { PageElement } from '../../elements/page-element.ts';
import { hasColours } from '../clean-html.ts';
import { paper } from '../mail-paper.ts';
import type { Format, RichText } from './rich-text.ts';

const retryMs = 50;

interface Tool {
  readonly format: Format;
  readonly picture: IconName;
  readonly label: string;
}

export class RichEditor extends PageElement {
  static override properties = { pictureOf: { attribute: false }, active: { state: true }, label: {} };
  static override styles = [
    PageElement.styles,
    css`
      :host {
        display: grid;
        grid-template-rows: minmax(0, 1fr) auto;
        min-height: 0;
      }
      iframe {
        width: 100%;
        height: 100%;
        min-height: 8rem;
        border: 0;
        color-scheme: light;
      }
      .tools {
        display: flex;
        gap: var(--gap-1);
        padding: var(--gap-1) var(--gap-3);
        overflow-x: auto;
        border-top: 1px solid var(--line);
        scrollbar-width: none;
      }
      .tools button {
        width: 2rem;
        min-height: 2rem;
      }
      .tools button[aria-pressed='true'] {
        background: var(--selected);
        color: var(--accent-strong);
      }
    `,
  ];
  /** Where a picture of the text is to be had. */
  declare pictureOf: (cid: string) => Promise<string | null>;
  declare active: ReadonlySet<Format>;
  declare label: string;
  #text: RichText | null = null;

  constructor() {
    super();
    this.pictureOf = async () => null;
    this.active = new Set();
    this.label = '';
  }

  /** Null until the frame is there: `ready` is fired then. */
  get text(): RichText | null {
    return this.#text;
  }

  /** On the paper that its colours want. */
  write(text: string): void {
    this.#dress(hasColours(text));
    this.#text?.write(text);
  }

  #begin(): void {
    const frame = this.renderRoot.querySelector('iframe');
    const opened = frame?.contentWindow?.openRichText;
    if (this.#text) return;
    if (!opened) {
      // The page is there before its script where the machine is slow.
      if (this.isConnected) window.setTimeout(() => this.#begin(), retryMs);
      return;
    }
    this.#text = opened({
      changed: () => this.dispatchEvent(new Event('changed')),
      formatsHere: (active) => {
        this.active = active;
      },
      pictureOf: (cid) => this.pictureOf(cid),
      filesGiven: (files) => this.dispatchEvent(new CustomEvent('files', { detail: files })),
      keyPressed: (event) => this.#passOn(event),
    });
    this.#dress(false);
    this.dispatchEvent(new Event('ready'));
  }

  #dress(hasOwnColours: boolean): void {
    this.#text?.dress(`${paper(getComputedStyle(this), hasOwnColours)}
      html, body { height: 100%; overflow: visible; }
      body { padding: 0; }
      #text { box-sizing: border-box; min-height: 100%; padding: 12px 16px; outline: none; }
      ul, ol { padding-left: 1.75em; }`);
  }

  /** The window's keys are heard out of the frame as well. */
  #passOn(event: KeyboardEvent): void {
    const { key, ctrlKey, metaKey } = event;
    const isWindows = key === 'Escape' || (key === 'Enter' && (ctrlKey || metaKey));
    if (!isWindows || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    this.dispatchEvent(
      new KeyboardEvent('keydown', { key, ctrlKey, metaKey, bubbles: true, composed: true }),
    );
  }

  get #address(): HTMLInputElement | null {
    return this.renderRoot.querySelector('#link input');
  }

  #askLink(): void {
    if (this.#address) this.#address.value = '';
    this.renderRoot.querySelector<ChoiceDialog>('#link')?.show();
    this.#address?.focus();
  }

  /** An empty address takes the link away. */
  #link(): void {
    const given = this.#address?.value.trim() ?? '';
    const isWhole = /^(?:https?:|mailto:|tel:)/i.test(given);
    this.#text?.link(given === '' ? null : isWhole ? given : `https://${given}`);
  }

  override render(): TemplateResult {
    const { words } = this;
    const tools: readonly Tool[] = [
      { format: 'bold', picture: 'bold', label: words.bold },
      { format: 'italic', picture: 'italic', label: words.italic },
      { format: 'underline', picture: 'underline', label: words.underline },
      { format: 'strikethrough', picture: 'strike', label: words.strikethrough },
      { format: 'unorderedList', picture: 'bullets', label: words.bulletList },
      { format: 'orderedList', picture: 'numbers', label: words.numberList },
      { format: 'quote', picture: 'quote', label: words.quoteBlock },
    ];
    return html`
      <iframe src="/writing-frame" title=${this.label} @load=${this.#begin}></iframe>
      <div class="tools" role="toolbar" aria-label=${words.formatting}>
        ${tools.map((tool) => this.#tool(tool))}
        <button class="plain icon" data-what="link" aria-label=${words.link} title=${words.link} @click=${this.#askLink}>
          ${icon('link')}
        </button>
        ${this.#tool({ format: 'removeFormatting', picture: 'clear', label: words.clearFormatting })}
      </div>
      <choice-dialog id="link" .heading=${words.link} .text=${words.linkNext} .confirm=${words.apply} isHarmless @confirm=${this.#link}>
        <input class="field" aria-label=${words.linkAddress} placeholder="https://" />
      </choice-dialog>
    `;
  }

  #tool({ format, picture, label }: Tool): TemplateResult {
    return html`<button
      class="plain icon"
      data-format=${format}
      aria-label=${label}
      title=${label}
      aria-pressed=${this.active.has(format)}
      @click=${() => this.#text?.apply(format)}
    >
      ${icon(picture)}
    </button>`;
  }
}

customElements.define('rich-editor', RichEditor);
