/** The keys of where one is, shown on `?`. */
import { css, html, type TemplateResult } from 'lit';
import '../elements/choice-dialog.ts';
import type { ChoiceDialog } from '../elements/choice-dialog.ts';
import { PageElement } from '../elements/page-element.ts';
import { type KeyLine, keyTable } from './keys.ts';

export class KeysDialog extends PageElement {
  static override properties = { table: { attribute: false } };
  static override styles = [
    PageElement.styles,
    css`
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: var(--gap-2) var(--gap-4);
        margin: var(--gap-4) 0 0;
      }
      dd {
        margin: 0;
      }
      kbd {
        display: inline-block;
        min-width: 1.75rem;
        margin-right: var(--gap-1);
        padding: 0 var(--gap-2);
        border: 1px solid var(--line-strong);
        border-bottom-width: 2px;
        border-radius: 0.375rem;
        font: var(--size-small) / 1.6 var(--font-mono);
        text-align: center;
      }
    `,
  ];
  declare table: readonly KeyLine<string>[];

  constructor() {
    super();
    this.table = keyTable;
  }

  get isOpen(): boolean {
    return this.renderRoot.querySelector<ChoiceDialog>('choice-dialog')?.isOpen === true;
  }

  show(): void {
    this.renderRoot.querySelector<ChoiceDialog>('choice-dialog')?.show();
  }

  override render(): TemplateResult {
    const { words } = this;
    return html`<choice-dialog .heading=${words.keys}>
      <dl class="keys">
        ${this.table.map(
          ({ keys, word }) =>
            html`<dt>${keys.map((key) => html`<kbd>${key}</kbd>`)}</dt>
              <dd>${words[word]}</dd>`,
        )}
        <dt><kbd>Ctrl</kbd><kbd>Enter</kbd></dt>
        <dd>${words.keySend}</dd>
        <dt><kbd>Esc</kbd></dt>
        <dd>${words.closeDraft}</dd>
      </dl>
    </choice-dialog>`;
  }
}

customElements.define('keys-dialog', KeysDialog);
