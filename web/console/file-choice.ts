/** A file is chosen by a button in the reader's language: the browser's own speaks that of the browser. */
import { css, html, type TemplateResult } from 'lit';
import { ConsoleElement } from './console-element.ts';

/** A file was chosen. */
export class FileChosen extends CustomEvent<File> {
  constructor(file: File) {
    super('chosen', { detail: file });
  }
}

export class FileChoice extends ConsoleElement {
  static override properties = { label: {}, hint: {}, accepts: {}, name: { state: true } };
  static override styles = [
    ...ConsoleElement.styles,
    css`
      :host {
        display: grid;
        gap: var(--gap-1);
      }
      .choice {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--gap-3);
      }
      .name {
        overflow-wrap: anywhere;
      }
    `,
  ];
  declare label: string;
  declare hint: string;
  /** Endings and media types, as the browser's own input takes them. */
  declare accepts: string;
  /** Of the file that was chosen; empty before. */
  declare name: string;

  constructor() {
    super();
    this.label = '';
    this.hint = '';
    this.accepts = '';
    this.name = '';
  }

  #chosen(event: Event): void {
    const input = event.target as HTMLInputElement;
    const file = input.files?.[0];
    if (!file) return;
    this.name = file.name;
    this.dispatchEvent(new FileChosen(file));
    // The same file may be chosen again, after it was mended.
    input.value = '';
  }

  override render(): TemplateResult {
    return html`
      <span class="label">${this.label}</span>
      <div class="choice">
        <button type="button" @click=${() => this.renderRoot.querySelector('input')!.click()}>
          ${this.say.chooseFile}
        </button>
        <span class="name soft" translate="no">${this.name}</span>
      </div>
      <span class="hint soft">${this.hint}</span>
      <input type="file" hidden accept=${this.accepts} aria-label=${this.label} @change=${this.#chosen} />
    `;
  }
}

customElements.define('file-choice', FileChoice);
