/** The passwords of one's own mail programs: made and shown once, seen when they were used, revoked. */
import { html, nothing, type TemplateResult } from 'lit';
import { type Answered, ask } from '../api/calls.ts';
import { dayText, momentText } from '../i18n/dates.ts';
import './form-dialog.ts';
import { type FormDialog, textOf } from './form-dialog.ts';
import { LoadingElement } from './loading-element.ts';
import { problemText } from './problem-words.ts';
import './shown-once.ts';
import type { ShownOnce } from './shown-once.ts';

type Passwords = Answered<'GET /api/own/application-passwords'>['items'];

export class ApplicationPasswords extends LoadingElement {
  #passwords: Passwords = [];

  protected override async fetch(): Promise<void> {
    this.#passwords = (await ask('GET /api/own/application-passwords', {})).items;
  }

  #add(): void {
    const { say } = this;
    void this.renderRoot.querySelector<FormDialog>('form-dialog')!.open({
      heading: say.addApplicationPassword,
      confirm: say.addApplicationPassword,
      fields: [
        { name: 'name', label: say.programName, kind: 'text', hint: say.programNameHint, isRequired: true },
        { name: 'current', label: say.currentPassword, kind: 'password', isRequired: true },
      ],
      perform: async (filled) => {
        const body = { name: textOf(filled, 'name'), current: textOf(filled, 'current') };
        const { password } = await ask('POST /api/own/application-passwords', { body });
        void this.#show(body.name, password);
      },
    });
  }

  async #show(name: string, password: string): Promise<void> {
    const text = this.say.applicationPasswordShown;
    const dialog = this.renderRoot.querySelector<ShownOnce>('shown-once')!;
    await dialog.open({ heading: name, text, secrets: [password], isPrinted: false });
    await this.load();
  }

  async #revoke(applicationPassword: string): Promise<void> {
    const { say } = this;
    try {
      const params = { applicationPassword };
      await ask('DELETE /api/own/application-passwords/:applicationPassword', { params });
      this.tell(say.revoked);
    } catch (error) {
      this.tell(problemText(error, say));
    }
    await this.load();
  }

  protected override content(): TemplateResult {
    const { say } = this;
    return html`<section class="panel">
        <div class="padded stack">
          <h2>${say.applicationPasswords}</h2>
          <span class="soft">${say.applicationPasswordsAbout}</span>
          <div>
            <button data-what="add-program" @click=${() => this.#add()}>${say.addApplicationPassword}</button>
          </div>
          ${this.#passwords.length === 0 ? html`<span class="soft">${say.noApplicationPasswords}</span>` : nothing}
        </div>
        <table ?hidden=${this.#passwords.length === 0}>
          <tbody>
            ${this.#passwords.map((each) => this.#row(each))}
          </tbody>
        </table>
      </section>
      <form-dialog></form-dialog>
      <shown-once></shown-once>`;
  }

  #row({ applicationPassword, name, madeAtMs, usedAtMs }: Passwords[number]): TemplateResult {
    const { say } = this;
    return html`<tr>
      <td><strong translate="no">${name}</strong><small>${say.madeAt(momentText(madeAtMs))}</small></td>
      <td>${usedAtMs === null ? say.neverUsed : say.usedOn(dayText(usedAtMs))}</td>
      <td class="acts"><button @click=${() => this.#revoke(applicationPassword)}>${say.revoke}</button></td>
    </tr>`;
  }
}

customElements.define('application-passwords', ApplicationPasswords);
