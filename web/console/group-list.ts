/** The groups with their members. */
import { html, nothing, type TemplateResult } from 'lit';
import { type Answered, ask } from '../api/calls.ts';
import './form-dialog.ts';
import { type FormDialog, type FormPlan, listOf, textOf } from './form-dialog.ts';
import { LoadingElement } from './loading-element.ts';
import { problemText } from './problem-words.ts';

type Group = Answered<'GET /api/groups'>['items'][number];

export class GroupList extends LoadingElement {
  static override properties = { ...LoadingElement.properties, isAdministrator: { type: Boolean } };
  declare isAdministrator: boolean;
  #groups: readonly Group[] = [];

  constructor() {
    super();
    this.isAdministrator = false;
  }

  protected override async fetch(): Promise<void> {
    this.#groups = (await ask('GET /api/groups', {})).items;
  }

  #open(plan: FormPlan): void {
    void this.renderRoot.querySelector<FormDialog>('form-dialog')!.open(plan);
  }

  #done(): void {
    this.tell(this.say.saved);
    void this.load();
  }

  #addPlan(): FormPlan {
    const { say } = this;
    return {
      heading: say.addGroup,
      confirm: say.addGroup,
      fields: [
        { name: 'group', label: say.addressLabel, kind: 'email', isRequired: true },
        { name: 'members', label: say.members, kind: 'lines', hint: say.membersHint, isRequired: true },
      ],
      perform: async (filled) => {
        await ask('POST /api/groups', {
          body: { group: textOf(filled, 'group'), members: listOf(filled, 'members') },
        });
        this.#done();
      },
    };
  }

  #membersPlan({ group, members }: Group): FormPlan {
    const { say } = this;
    const before = members.map(({ address }) => address);
    return {
      heading: group,
      confirm: say.save,
      fields: [
        {
          name: 'add',
          label: say.members,
          kind: 'lines',
          value: before.join('\n'),
          hint: say.membersHint,
          isRequired: true,
        },
      ],
      perform: async (filled) => {
        const wanted = listOf(filled, 'add');
        const add = wanted.filter((address) => !before.includes(address));
        const remove = before.filter((address) => !wanted.includes(address));
        await ask('POST /api/groups/:group/members', { params: { group }, body: { add, remove } });
        this.#done();
      },
    };
  }

  async #remove({ group }: Group): Promise<void> {
    try {
      await ask('DELETE /api/groups/:group', { params: { group } });
      this.#done();
    } catch (error) {
      this.tell(problemText(error, this.say));
    }
  }

  protected override content(): TemplateResult {
    const { say, isAdministrator } = this;
    const add = isAdministrator
      ? html`<button class="primary" data-what="add" @click=${() => this.#open(this.#addPlan())}>${say.addGroup}</button>`
      : nothing;
    if (this.#groups.length === 0)
      return html`<div class="tools"></div>
        <div class="panel">
          <empty-state picture="inbox" .heading=${say.noGroups} .text=${say.noGroupsNext}>${add}</empty-state>
        </div>
        <form-dialog></form-dialog>`;
    return html`<div class="tools">${add}</div>
      <div class="panel">
        <table>
          <thead>
            <tr>
              <th>${say.group}</th>
              <th>${say.members}</th>
              <th><span class="only-spoken">${say.edit}</span></th>
            </tr>
          </thead>
          <tbody>
            ${this.#groups.map((group) => this.#row(group))}
          </tbody>
        </table>
      </div>
      <form-dialog></form-dialog>`;
  }

  #row(group: Group): TemplateResult {
    const { say } = this;
    return html`<tr>
      <td translate="no"><strong>${group.group}</strong></td>
      <td data-label=${say.members} translate="no">${group.members.map(({ realName, address }) => realName || address).join(' · ')}</td>
      <td class="acts">
        ${
          this.isAdministrator
            ? html`<button @click=${() => this.#open(this.#membersPlan(group))}>${say.edit}</button>
                <button @click=${() => this.#remove(group)}>${say.remove}</button>`
            : nothing
        }
      </td>
    </tr>`;
  }
}

customElements.define('group-list', GroupList);
