/** Turning the second factor on: the secret as a QR code, and the code that proves that the telephone has it. */
import { css, html, nothing, type TemplateResult } from 'lit';
import '../elements/qr-code.ts';
import { type Answered, ask } from '../api/calls.ts';
import { ConsoleElement } from './console-element.ts';
import { dialogLook } from './dialog-look.ts';
import { problemText, wrongFields } from './problem-words.ts';

type Offered = Answered<'POST /api/own/second-factor/secret'>;

export class SecondFactorSetUp extends ConsoleElement {
  static override properties = {
    offered: { state: true },
    fault: { state: true },
    wrong: { state: true },
    isBusy: { state: true },
  };
  static override styles = [
    ...ConsoleElement.styles,
    dialogLook,
    css`
      p {
        margin: 0;
      }
      qr-code {
        justify-self: center;
      }
      code {
        overflow-wrap: anywhere;
        user-select: all;
      }
    `,
  ];
  declare offered: Offered | null;
  declare fault: string;
  /** Names of fields. */
  declare wrong: readonly string[];
  declare isBusy: boolean;

  constructor() {
    super();
    this.offered = null;
    this.fault = '';
    this.wrong = [];
    this.isBusy = false;
  }

  async open(offered: Offered): Promise<void> {
    this.offered = offered;
    this.fault = '';
    this.wrong = [];
    await this.updateComplete;
    this.#dialog?.showModal();
    this.renderRoot.querySelector('input')?.focus();
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector('dialog');
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (this.isBusy) return;
    const form = new FormData(event.target as HTMLFormElement);
    const proof = { password: String(form.get('password')), code: String(form.get('code')).trim() };
    this.wrong = (['code', 'password'] as const).filter((name) => proof[name] === '');
    this.fault = this.wrong.length > 0 ? this.say.requiredField : '';
    this.isBusy = true;
    try {
      if (this.wrong.length === 0) await this.#prove(proof);
    } catch (error) {
      this.fault = problemText(error, this.say);
      this.wrong = wrongFields(error);
    } finally {
      this.isBusy = false;
      this.renderRoot.querySelector<HTMLElement>(`[name="${this.wrong[0]}"]`)?.focus();
    }
  }

  /** Tells with `turned-on` which recovery codes there are. */
  async #prove(body: { readonly password: string; readonly code: string }): Promise<void> {
    const { recoveryCodes } = await ask('PUT /api/own/second-factor', { body });
    this.#dialog?.close();
    this.dispatchEvent(new CustomEvent('turned-on', { detail: recoveryCodes }));
  }

  override render(): TemplateResult {
    const { offered, say, words } = this;
    return html`<dialog
      aria-labelledby="heading"
      @close=${() => {
        this.offered = null;
      }}
    >
      ${
        offered
          ? html`<form novalidate @submit=${this.#submit}>
              <h2 id="heading">${say.secondFactor}</h2>
              <p>${say.scanCode}</p>
              <qr-code .text=${offered.uri} .label=${say.scanCodeLabel}></qr-code>
              <p class="soft">${say.typeSecret} <code translate="no">${offered.secret}</code></p>
              <p class="fault" role="alert" ?hidden=${this.fault === ''}>${this.fault}</p>
              <label>
                ${say.code}
                <input
                  name="code"
                  inputmode="numeric"
                  autocomplete="one-time-code"
                  maxlength="40"
                  aria-invalid=${this.wrong.includes('code')}
                />
              </label>
              <label>
                ${say.currentPassword}
                <input
                  name="password"
                  type="password"
                  autocomplete="current-password"
                  aria-invalid=${this.wrong.includes('password')}
                />
              </label>
              <footer>
                <button type="button" @click=${() => this.#dialog?.close()}>${words.cancel}</button>
                <button class="primary" ?disabled=${this.isBusy}>
                  ${this.isBusy ? say.isWorking : say.turnOnSecondFactor}
                </button>
              </footer>
            </form>`
          : nothing
      }
    </dialog>`;
  }
}

customElements.define('second-factor-set-up', SecondFactorSetUp);
