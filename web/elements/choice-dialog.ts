/** A question before something that cannot be taken back, or a page of words: the browser's own modal dialog. */
import { css, html, type TemplateResult } from 'lit';
import { PageElement } from './page-element.ts';

export class ChoiceDialog extends PageElement {
  static override properties = {
    heading: {},
    text: {},
    confirm: {},
    isWide: { type: Boolean },
    isHarmless: { type: Boolean },
  };
  static override styles = [
    PageElement.styles,
    css`
      dialog {
        width: min(26rem, calc(100vw - 2rem));
        padding: var(--gap-6);
        border: 1px solid var(--line);
        border-radius: var(--radius-large);
        background: var(--surface-raised);
        color: var(--ink);
        box-shadow: var(--shadow);
      }
      dialog.wide {
        width: min(56rem, calc(100vw - 2rem));
      }
      dialog::backdrop {
        background: rgb(10 14 22 / 45%);
      }
      h2 {
        margin: 0 0 var(--gap-2);
        font-size: 1.125rem;
      }
      p {
        margin: 0;
        color: var(--ink-soft);
      }
      footer {
        display: flex;
        justify-content: flex-end;
        gap: var(--gap-2);
        margin-top: var(--gap-6);
      }
    `,
  ];
  declare heading: string;
  declare text: string;
  /** What the button is called that does it; empty: there is nothing to do but close. */
  declare confirm: string;
  declare isWide: boolean;
  /** What is confirmed takes nothing away. */
  declare isHarmless: boolean;

  constructor() {
    super();
    this.heading = '';
    this.text = '';
    this.confirm = '';
    this.isWide = false;
    this.isHarmless = false;
  }

  get isOpen(): boolean {
    return this.renderRoot.querySelector('dialog')?.open === true;
  }

  show(): void {
    this.renderRoot.querySelector('dialog')?.showModal();
  }

  close(): void {
    this.renderRoot.querySelector('dialog')?.close();
  }

  #onKey(event: KeyboardEvent): void {
    const [target] = event.composedPath();
    if (event.key !== 'Enter' || event.isComposing || this.confirm === '') return;
    if (target instanceof HTMLInputElement) this.#confirm();
  }

  #confirm(): void {
    this.close();
    this.dispatchEvent(new Event('confirm'));
  }

  override render(): TemplateResult {
    const { cancel, dismiss } = this.words;
    return html`<dialog
      @close=${() => this.dispatchEvent(new Event('close'))}
      class=${this.isWide ? 'wide' : ''} aria-labelledby="heading" @keydown=${this.#onKey}>
      <h2 id="heading">${this.heading}</h2>
      <p ?hidden=${this.text === ''}>${this.text}</p>
      <slot></slot>
      <footer>
        <button @click=${this.close}>${this.confirm === '' ? dismiss : cancel}</button>
        <button class=${this.isHarmless ? 'primary' : 'danger'} data-what="confirm" ?hidden=${this.confirm === ''} @click=${this.#confirm}>${this.confirm}</button>
      </footer>
    </dialog>`;
  }
}

customElements.define('choice-dialog', ChoiceDialog);
