/**
 * The script of the frame in which rich text is written. It is a page of its own: what a quoted mail brings along has
 * its styles there, and a policy under which nothing of it could run or load even if the cleaning missed it.
 */
import Squire from 'squire-rte';
import { cleanFragment } from './clean-quote.ts';
import { textOfDom } from './dom-text.ts';
import type { Format, RichText, RichTextHost } from './rich-text.ts';

const tagOf: Readonly<Partial<Record<Format, string>>> = {
  bold: 'B',
  italic: 'I',
  underline: 'U',
  strikethrough: 'S',
  unorderedList: 'UL',
  orderedList: 'OL',
  quote: 'BLOCKQUOTE',
};

class WritingFrame implements RichText {
  readonly #host: RichTextHost;
  readonly #root: HTMLElement;
  readonly #editor: Squire;
  readonly #style = document.createElement('style');

  constructor(host: RichTextHost, root: HTMLElement) {
    this.#host = host;
    this.#root = root;
    document.head.append(this.#style);
    root.role = 'textbox';
    root.ariaMultiLine = 'true';
    this.#editor = new Squire(root, {
      blockTag: 'DIV',
      tagAttributes: { blockquote: { type: 'cite' } },
      sanitizeToDOMFragment: (html: string) => cleanFragment(html),
    });
    this.#listen();
  }

  #listen(): void {
    const editor = this.#editor;
    editor.addEventListener('input', () => this.#host.changed());
    for (const name of ['pathChange', 'select', 'cursor'])
      editor.addEventListener(name, () => this.#tellFormats());
    editor.addEventListener('pasteImage', (event: Event) => {
      const { clipboardData } = (event as CustomEvent<{ clipboardData: DataTransfer }>).detail;
      this.#host.filesGiven([...clipboardData.files]);
    });
    document.addEventListener('keydown', (event) => this.#host.keyPressed(event), true);
    document.addEventListener('dragover', (event) => event.preventDefault());
    document.addEventListener(
      'drop',
      (event) => {
        const files = [...(event.dataTransfer?.files ?? [])];
        if (files.length === 0) return;
        event.preventDefault();
        event.stopPropagation();
        this.#host.filesGiven(files);
      },
      true,
    );
  }

  #tellFormats(): void {
    const active = Object.entries(tagOf).filter(([, tag]) => this.#editor.hasFormat(tag));
    this.#host.formatsHere(new Set(active.map(([format]) => format as Format)));
  }

  write(html: string): void {
    this.#editor.setHTML(html);
    this.#editor.moveCursorToStart();
    for (const picture of this.#root.querySelectorAll<HTMLImageElement>('img[data-cid]'))
      void this.#show(picture);
  }

  async #show(picture: HTMLImageElement): Promise<void> {
    const url = await this.#host.pictureOf(picture.dataset['cid'] ?? '');
    if (url !== null) picture.src = url;
  }

  html(): string {
    const copy = document.createElement('template');
    copy.innerHTML = this.#editor.getHTML();
    for (const picture of copy.content.querySelectorAll('img')) restoreAddress(picture);
    return copy.innerHTML.replaceAll('\u200b', '');
  }

  text(): string {
    return textOfDom(this.#root);
  }

  apply(format: Format): void {
    const editor = this.#editor;
    const isOn = tagOf[format] !== undefined && editor.hasFormat(tagOf[format]);
    switch (format) {
      case 'bold':
        isOn ? editor.removeBold() : editor.bold();
        break;
      case 'italic':
        isOn ? editor.removeItalic() : editor.italic();
        break;
      case 'underline':
        isOn ? editor.removeUnderline() : editor.underline();
        break;
      case 'strikethrough':
        isOn ? editor.removeStrikethrough() : editor.strikethrough();
        break;
      case 'unorderedList':
        isOn ? editor.removeList() : editor.makeUnorderedList();
        break;
      case 'orderedList':
        isOn ? editor.removeList() : editor.makeOrderedList();
        break;
      case 'quote':
        isOn ? editor.decreaseQuoteLevel() : editor.increaseQuoteLevel();
        break;
      case 'removeFormatting':
        editor.removeAllFormatting();
    }
    editor.focus();
    this.#tellFormats();
  }

  link(url: string | null): void {
    if (url === null) this.#editor.removeLink();
    else this.#editor.makeLink(url);
    this.#editor.focus();
  }

  insertPicture(cid: string, url: string, name: string): void {
    this.#editor.insertImage(url, { 'data-cid': cid, alt: name });
  }

  sign(html: string): void {
    const old = this.#root.querySelector('.signature');
    const block = document.createElement('div');
    block.className = 'signature';
    block.append(cleanFragment(html));
    if (old && html) old.replaceWith(block);
    else if (old) old.remove();
    else if (html) this.#beforeQuote(block);
  }

  /** One writes above the signature, and it stands above what is quoted. */
  #beforeQuote(block: HTMLElement): void {
    const first = this.#root.firstElementChild;
    if (first) first.after(block);
    else this.#root.append(this.#editor.createDefaultBlock(), block);
  }

  focus(): void {
    this.#editor.focus();
  }

  dress(style: string): void {
    this.#style.textContent = style;
  }
}

function restoreAddress(picture: HTMLImageElement): void {
  const { cid, remote } = picture.dataset;
  if (cid !== undefined) picture.setAttribute('src', `cid:${cid}`);
  else if (remote !== undefined) picture.setAttribute('src', remote);
  delete picture.dataset['cid'];
  delete picture.dataset['remote'];
}

window.openRichText = (host) => new WritingFrame(host, document.querySelector<HTMLElement>('#text')!);
