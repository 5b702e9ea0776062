/** The second factor of one's own account: turned on, turned off, new recovery codes. */
import { html, type TemplateResult } from 'lit';
import { type Answered, ask } from '../api/calls.ts';
import { SignedOut } from './console-element.ts';
import './form-dialog.ts';
import { type Field, type Filled, type FormDialog, textOf } from './form-dialog.ts';
import { LoadingElement } from './loading-element.ts';
import { problemText } from './problem-words.ts';
import './second-factor-set-up.ts';
import type { SecondFactorSetUp } from './second-factor-set-up.ts';
import './shown-once.ts';
import type { ShownOnce } from './shown-once.ts';

export class SecondFactorPanel extends LoadingElement {
  #state: Answered<'GET /api/own/second-factor'> = { isOn: false, recoveryCodesLeft: 0 };

  protected override async fetch(): Promise<void> {
    this.#state = await ask('GET /api/own/second-factor', {});
  }

  async #setUp(): Promise<void> {
    try {
      const offered = await ask('POST /api/own/second-factor/secret', {});
      await this.renderRoot.querySelector<SecondFactorSetUp>('second-factor-set-up')!.open(offered);
    } catch (error) {
      this.tell(problemText(error, this.say));
    }
  }

  /** All sessions have ended by now, so that what is shown is all that one can still see here. */
  async #turnedOn({ detail }: CustomEvent<readonly string[]>): Promise<void> {
    await this.#showCodes(detail);
    this.dispatchEvent(new SignedOut(this.say.secondFactorTurnedOn));
  }

  async #showCodes(secrets: readonly string[]): Promise<void> {
    const { say } = this;
    const shown = { heading: say.recoveryCodes, text: say.recoveryCodesAbout, secrets, isPrinted: true };
    await this.renderRoot.querySelector<ShownOnce>('shown-once')!.open(shown);
  }

  #proofFields(): Field[] {
    const { say } = this;
    return [
      { name: 'password', label: say.currentPassword, kind: 'password', isRequired: true },
      { name: 'code', label: say.code, kind: 'text', hint: say.codeHint, isRequired: true },
    ];
  }

  #renew(): void {
    const { say } = this;
    void this.#form.open({
      heading: say.renewRecoveryCodes,
      text: say.renewRecoveryCodesAbout,
      confirm: say.renewRecoveryCodes,
      fields: this.#proofFields(),
      perform: async (filled) => {
        const path = 'POST /api/own/second-factor/recovery-codes';
        const { recoveryCodes } = await ask(path, { body: proofOf(filled) });
        void this.#showCodes(recoveryCodes).then(() => this.load());
      },
    });
  }

  #turnOff(): void {
    const { say } = this;
    void this.#form.open({
      heading: say.turnOffSecondFactor,
      text: say.turnOffSecondFactorAbout,
      confirm: say.turnOffSecondFactor,
      isDanger: true,
      fields: this.#proofFields(),
      perform: async (filled) => {
        await ask('POST /api/own/second-factor/turn-off', { body: proofOf(filled) });
        this.dispatchEvent(new SignedOut(say.secondFactorTurnedOff));
      },
    });
  }

  get #form(): FormDialog {
    return this.renderRoot.querySelector<FormDialog>('form-dialog')!;
  }

  protected override content(): TemplateResult {
    const { say } = this;
    const { isOn, recoveryCodesLeft } = this.#state;
    return html`<section class="panel padded stack">
        <h2>${say.secondFactor}</h2>
        <span class="soft">${
          isOn
            ? html`${say.secondFactorIsOn} ${say.recoveryCodesLeft(recoveryCodesLeft)}`
            : say.secondFactorAbout
        }</span>
        <div>
          ${
            isOn
              ? html`<button data-what="renew-codes" @click=${() => this.#renew()}>${say.renewRecoveryCodes}</button>
                  <button data-what="turn-off" @click=${() => this.#turnOff()}>${say.turnOffSecondFactor}</button>`
              : html`<button data-what="turn-on" @click=${() => this.#setUp()}>${say.turnOnSecondFactor}</button>`
          }
        </div>
      </section>
      <second-factor-set-up @turned-on=${this.#turnedOn}></second-factor-set-up>
      <form-dialog></form-dialog>
      <shown-once></shown-once>`;
  }
}

function proofOf(filled: Filled): { readonly password: string; readonly code: string } {
  return { password: textOf(filled, 'password'), code: textOf(filled, 'code') };
}

customElements.define('second-factor-panel', SecondFactorPanel);
