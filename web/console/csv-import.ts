/** Many people from a CSV file: looked at first, what is wrong told by line, then added. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { type Answered, ask } from '../api/calls.ts';
import { ConsoleElement } from './console-element.ts';
import './file-choice.ts';
import type { FileChosen } from './file-choice.ts';
import { base64Of } from './file-content.ts';
import { codeText, problemText } from './problem-words.ts';

type Looked = Answered<'POST /api/accounts/import'>;

export class CsvImport extends ConsoleElement {
  static override properties = { looked: { state: true }, fault: { state: true }, isBusy: { state: true } };
  static override styles = [
    ...ConsoleElement.styles,
    css`
      dialog {
        width: min(44rem, calc(100vw - 2rem));
        max-height: calc(100dvh - 2rem);
        padding: var(--gap-6);
        border: 1px solid var(--line);
        border-radius: var(--radius-large);
        background: var(--surface-raised);
        color: var(--ink);
      }
      dialog::backdrop {
        background: rgb(10 14 22 / 45%);
      }
      .lines {
        max-height: 40dvh;
        overflow-y: auto;
        border: 1px solid var(--line);
        border-radius: var(--radius);
      }
      footer {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: var(--gap-2);
      }
    `,
  ];
  declare looked: Looked | null;
  declare fault: string;
  declare isBusy: boolean;
  #csv = '';

  constructor() {
    super();
    this.looked = null;
    this.fault = '';
    this.isBusy = false;
  }

  open(): void {
    this.looked = null;
    this.fault = '';
    this.renderRoot.querySelector('dialog')?.showModal();
  }

  async #look({ detail: file }: FileChosen): Promise<void> {
    this.#csv = await base64Of(file);
    this.looked = await this.#ask('look');
  }

  async #add(): Promise<void> {
    const added = await this.#ask('addFine');
    if (!added) return;
    this.renderRoot.querySelector('dialog')?.close();
    this.tell(this.say.csvAdded(added.added));
    this.dispatchEvent(new Event('imported'));
  }

  async #ask(mode: 'look' | 'addFine'): Promise<Looked | null> {
    this.isBusy = true;
    this.fault = '';
    try {
      return await ask('POST /api/accounts/import', { body: { csv: this.#csv, mode } });
    } catch (error) {
      this.fault = problemText(error, this.say);
      return null;
    } finally {
      this.isBusy = false;
    }
  }

  override render(): TemplateResult {
    const { say, words, looked, isBusy } = this;
    const fine = looked?.fine.length ?? 0;
    return html`<dialog aria-labelledby="heading">
      <div class="stack">
        <h2 id="heading">${say.importCsv}</h2>
        <p class="fault" role="alert" ?hidden=${this.fault === ''}>${this.fault}</p>
        <file-choice
          .label=${say.csvFile}
          .hint=${say.csvHint}
          .accepts=${'.csv,text/csv'}
          @chosen=${this.#look}
        ></file-choice>
        ${looked ? this.#lines(looked) : nothing}
        <footer>
          <button @click=${() => this.renderRoot.querySelector('dialog')?.close()}>${words.cancel}</button>
          <button class="primary" ?disabled=${isBusy || fine === 0} @click=${() => this.#add()}>
            ${isBusy ? say.isWorking : fine === 0 ? say.csvLook : say.csvAdd(fine)}
          </button>
        </footer>
      </div>
    </dialog>`;
  }

  #lines({ fine, problems }: Looked): TemplateResult {
    const { say } = this;
    return html`<p role="status">
        ${say.csvFine(fine.length)}${problems.length > 0 ? html` · <strong>${say.csvWrong(problems.length)}</strong>` : nothing}
      </p>
      <div class="lines" tabindex="0">
        <table>
          <tbody>
            ${problems.map(
              ({ line, code, about }) => html`<tr>
                <td><span class="badge bad">${say.csvLine(line)}</span></td>
                <td>${codeText(code, say)}<small translate="no">${about}</small></td>
              </tr>`,
            )}
            ${fine.map(
              ({ line, address, realName }) => html`<tr>
                <td><span class="badge good">${say.csvLine(line)}</span></td>
                <td translate="no">${realName || address}<small>${address}</small></td>
              </tr>`,
            )}
          </tbody>
        </table>
      </div>`;
  }
}

customElements.define('csv-import', CsvImport);
