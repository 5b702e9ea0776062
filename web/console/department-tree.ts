/** The departments as a tree, with who leads and who belongs to each. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { type Answered, ask } from '../api/calls.ts';
import './form-dialog.ts';
import { type FormDialog, type FormPlan, listOf, textOf } from './form-dialog.ts';
import { LoadingElement } from './loading-element.ts';
import { problemText } from './problem-words.ts';

type Department = Answered<'GET /api/departments'>['items'][number];

export class DepartmentTree extends LoadingElement {
  static override properties = { ...LoadingElement.properties, isAdministrator: { type: Boolean } };
  static override styles = [
    ...LoadingElement.styles,
    css`
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: flex;
        flex-wrap: wrap;
        gap: var(--gap-2) var(--gap-4);
        align-items: center;
        padding: var(--gap-3) var(--gap-4);
        border-bottom: 1px solid var(--line);
      }
      li:last-child {
        border-bottom: 0;
      }
      li > div {
        flex: 1 1 14rem;
      }
      li p {
        margin: 0;
      }
      .level-1 {
        padding-inline-start: var(--gap-8);
      }
      .level-2 {
        padding-inline-start: calc(2 * var(--gap-8));
      }
      .level-3 {
        padding-inline-start: calc(2.5 * var(--gap-8));
      }
    `,
  ];
  declare isAdministrator: boolean;
  #departments: readonly Department[] = [];

  constructor() {
    super();
    this.isAdministrator = false;
  }

  protected override async fetch(): Promise<void> {
    this.#departments = (await ask('GET /api/departments', {})).items;
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
    const above = this.#departments.map(({ name }): [string, string] => [name, name]);
    return {
      heading: say.addDepartment,
      confirm: say.addDepartment,
      fields: [
        { name: 'name', label: say.department, kind: 'text', isRequired: true },
        { name: 'under', label: say.under, kind: 'select', options: [['', say.topLevel], ...above] },
        { name: 'leader', label: say.leader, kind: 'email', hint: say.ruleOwnerHint },
      ],
      perform: async (filled) => {
        const [name, under, leader] = [
          textOf(filled, 'name'),
          textOf(filled, 'under'),
          textOf(filled, 'leader'),
        ];
        await ask('POST /api/departments', { body: { name, under: under || null, leader: leader || null } });
        this.#done();
      },
    };
  }

  #leaderPlan({ name, leaderAddress }: Department): FormPlan {
    const { say } = this;
    const value = leaderAddress ?? '';
    return {
      heading: `${say.setLeader}: ${name}`,
      confirm: say.save,
      fields: [{ name: 'leader', label: say.leader, kind: 'email', value, hint: say.ruleOwnerHint }],
      perform: async (filled) => {
        const body = { leader: textOf(filled, 'leader') || null };
        await ask('PUT /api/departments/:name/leader', { params: { name }, body });
        this.#done();
      },
    };
  }

  #membersPlan({ name }: Department): FormPlan {
    const { say } = this;
    return {
      heading: `${say.assignMembers}: ${name}`,
      confirm: say.assignMembers,
      fields: [
        { name: 'members', label: say.members, kind: 'lines', hint: say.membersHint, isRequired: true },
      ],
      perform: async (filled) => {
        const body = { members: listOf(filled, 'members') };
        await ask('POST /api/departments/:name/members', { params: { name }, body });
        this.#done();
      },
    };
  }

  async #remove({ name }: Department): Promise<void> {
    try {
      await ask('DELETE /api/departments/:name', { params: { name } });
      this.#done();
    } catch (error) {
      this.tell(problemText(error, this.say));
    }
  }

  protected override content(): TemplateResult {
    const { say, isAdministrator } = this;
    const add = isAdministrator
      ? html`<button class="primary" data-what="add" @click=${() => this.#open(this.#addPlan())}>${say.addDepartment}</button>`
      : nothing;
    return html`
      ${this.#departments.length > 0 && isAdministrator ? html`<div class="tools">${add}</div>` : html`<div class="tools"></div>`}
      <div class="panel">
        ${
          this.#departments.length === 0
            ? html`<empty-state picture="folder" .heading=${say.noDepartments} .text=${say.noDepartmentsNext}>${add}</empty-state>`
            : html`<ul>
                ${this.#departments.map((department) => this.#row(department))}
              </ul>`
        }
      </div>
      <form-dialog></form-dialog>
    `;
  }

  #row(department: Department): TemplateResult {
    const { say, isAdministrator } = this;
    const { name, level, leaderAddress, members } = department;
    const people = members.map(({ realName, address }) => realName || address).join(' · ');
    return html`<li class="level-${Math.min(level, 3)}" data-name=${name}>
      <div>
        <p><strong translate="no">${name}</strong> <span class="soft">${leaderAddress ? say.leads(leaderAddress) : say.noLeader}</span></p>
        <p class="soft">${say.memberCount(members.length)} <span translate="no">${people}</span></p>
      </div>
      ${
        isAdministrator
          ? html`<button data-what="leader" @click=${() => this.#open(this.#leaderPlan(department))}>${say.setLeader}</button>
              <button data-what="members" @click=${() => this.#open(this.#membersPlan(department))}>${say.assignMembers}</button>
              <button ?hidden=${members.length > 0} @click=${() => this.#remove(department)}>${say.remove}</button>`
          : nothing
      }
    </li>`;
  }
}

customElements.define('department-tree', DepartmentTree);
