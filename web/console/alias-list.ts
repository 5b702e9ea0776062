/** The aliases and whom they lead to. */
import { html, nothing, type TemplateResult } from 'lit';
import { type Answered, ask } from '../api/calls.ts';
import './form-dialog.ts';
import { type FormDialog, type FormPlan, textOf } from './form-dialog.ts';
import { LoadingElement } from './loading-element.ts';
import { problemText } from './problem-words.ts';

type Alias = Answered<'GET /api/aliases'>['items'][number];

export class AliasList extends LoadingElement {
  static override properties = { ...LoadingElement.properties, isAdministrator: { type: Boolean } };
  declare isAdministrator: boolean;
  #aliases: readonly Alias[] = [];

  constructor() {
    super();
    this.isAdministrator = false;
  }

  protected override async fetch(): Promise<void> {
    this.#aliases = (await ask('GET /api/aliases', {})).items;
  }

  #done(): void {
    this.tell(this.say.saved);
    void this.load();
  }

  #addPlan(): FormPlan {
    const { say } = this;
    return {
      heading: say.addAlias,
      confirm: say.addAlias,
      fields: [
        { name: 'alias', label: say.alias, kind: 'email', isRequired: true },
        { name: 'address', label: say.leadsTo, kind: 'email', hint: say.ruleOwnerHint, isRequired: true },
      ],
      perform: async (filled) => {
        await ask('POST /api/aliases', {
          body: { alias: textOf(filled, 'alias'), address: textOf(filled, 'address') },
        });
        this.#done();
      },
    };
  }

  async #remove(alias: string): Promise<void> {
    try {
      await ask('DELETE /api/aliases/:alias', { params: { alias } });
      this.#done();
    } catch (error) {
      this.tell(problemText(error, this.say));
    }
  }

  protected override content(): TemplateResult {
    const { say, isAdministrator } = this;
    const add = html`<button
      class="primary"
      data-what="add"
      ?hidden=${!isAdministrator}
      @click=${() => this.renderRoot.querySelector<FormDialog>('form-dialog')!.open(this.#addPlan())}
    >
      ${say.addAlias}
    </button>`;
    if (this.#aliases.length === 0)
      return html`<div class="tools"></div>
        <div class="panel">
          <empty-state picture="person" .heading=${say.noAliases} .text=${say.noAliasesNext}>${add}</empty-state>
        </div>
        <form-dialog></form-dialog>`;
    return html`<div class="tools">${add}</div>
      <div class="panel">
        <table>
          <thead>
            <tr>
              <th>${say.alias}</th>
              <th>${say.leadsTo}</th>
              <th><span class="only-spoken">${say.remove}</span></th>
            </tr>
          </thead>
          <tbody>
            ${this.#aliases.map(
              ({ alias, address }) => html`<tr>
                <td><strong>${alias}</strong></td>
                <td data-label=${say.leadsTo}>${address}</td>
                <td class="acts">
                  ${isAdministrator ? html`<button @click=${() => this.#remove(alias)}>${say.remove}</button>` : nothing}
                </td>
              </tr>`,
            )}
          </tbody>
        </table>
      </div>
      <form-dialog></form-dialog>`;
  }
}

customElements.define('alias-list', AliasList);
