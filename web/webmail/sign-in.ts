/** Address and password, then a code where the account has a second factor; what is wrong is said in words, beside the form. */
import { css, html, type TemplateResult } from 'lit';
import { icon } from '../elements/icon.ts';
import '../elements/language-choice.ts';
import { PageElement } from '../elements/page-element.ts';
import type { Messages } from '../i18n/en.ts';
import { type SignInOutcome, signIn } from './session.ts';

const saidOf: Readonly<Record<Exclude<SignInOutcome, 'signedIn' | 'codeNeeded'>, keyof Messages>> = {
  codeWrong: 'signInCodeWrong',
  wrong: 'signInWrong',
  tooOften: 'signInTooOften',
  frozen: 'signInFrozen',
  unreachable: 'serverUnreachable',
  failed: 'serverFailed',
};

interface Proved {
  readonly login: string;
  readonly password: string;
}

export class SignIn extends PageElement {
  static override properties = {
    said: {},
    fault: { state: true },
    isBusy: { state: true },
    isPasswordShown: { state: true },
    proved: { state: true },
  };
  static override styles = [
    PageElement.styles,
    css`
      :host {
        display: grid;
        grid-template-rows: 1fr auto;
        justify-items: center;
        min-height: 100%;
        padding: var(--gap-6) var(--gap-4);
        background:
          radial-gradient(60rem 30rem at 50% -10rem, var(--selected), transparent),
          var(--page);
      }
      main {
        align-self: center;
        width: min(25rem, 100%);
      }
      .brand {
        display: flex;
        align-items: center;
        gap: var(--gap-3);
        margin: 0 0 var(--gap-6);
      }
      .brand img {
        width: 2.75rem;
        height: 2.75rem;
      }
      .brand strong {
        display: block;
        font-size: var(--size-large);
        line-height: 1.2;
        color: var(--ink);
        letter-spacing: -0.01em;
      }
      .brand span {
        color: var(--ink-soft);
      }
      form {
        display: grid;
        gap: var(--gap-4);
        padding: var(--gap-6);
        border: 1px solid var(--line);
        border-radius: var(--radius-large);
        background: var(--surface);
        box-shadow: var(--shadow);
      }
      h1 {
        margin: 0;
        font-size: 1.25rem;
      }
      label {
        display: grid;
        gap: var(--gap-1);
        font-weight: 600;
      }
      .field {
        margin-top: var(--gap-1);
        position: relative;
        display: grid;
      }
      input {
        width: 100%;
        min-height: 2.75rem;
        padding: 0 var(--gap-3);
        border: 1px solid var(--line-strong);
        border-radius: var(--radius);
        background: var(--surface);
        font-weight: 400;
      }
      input[name='password'] {
        padding-right: 3rem;
      }
      .field button {
        position: absolute;
        top: 0.25rem;
        right: 0.25rem;
      }
      button.primary {
        min-height: 2.75rem;
      }
      .about {
        margin: 0;
        color: var(--ink-soft);
      }
      button.else {
        justify-self: start;
      }
      .fault {
        margin: 0;
        padding: var(--gap-3);
        border-radius: var(--radius);
        background: var(--danger-surface);
        color: var(--danger);
      }
      footer {
        width: min(25rem, 100%);
        padding-top: var(--gap-6);
      }
    `,
  ];
  /** Said before anything was tried. */
  declare said: string;
  declare fault: keyof Messages | null;
  declare isBusy: boolean;
  declare isPasswordShown: boolean;
  /** The password was right, and a code is asked for. */
  declare proved: Proved | null;

  constructor() {
    super();
    this.said = '';
    this.fault = null;
    this.isBusy = false;
    this.isPasswordShown = false;
    this.proved = null;
  }

  override firstUpdated(): void {
    this.renderRoot.querySelector('input')?.focus();
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const typed = (name: string): string => String(form.get(name) ?? '');
    const { login, password } = this.proved ?? {
      login: typed('login').trim(),
      password: typed('password'),
    };
    const code = typed('code').trim();
    if (login === '' || password === '') this.fault = 'signInEmpty';
    else if (this.proved !== null && code === '') this.fault = 'signInCodeEmpty';
    else await this.#try({ login, password }, code);
  }

  async #try(given: Proved, code: string): Promise<void> {
    this.isBusy = true;
    this.fault = null;
    const outcome = await signIn(given.login, given.password, code);
    this.isBusy = false;
    if (outcome === 'signedIn') this.dispatchEvent(new Event('signed-in'));
    else if (outcome === 'codeNeeded') await this.#begin(given);
    else this.fault = saidOf[outcome];
    // The password was changed while the code was looked for.
    if (outcome === 'wrong') await this.#begin(null);
  }

  /** The second step, or with null the first one again. */
  async #begin(proved: Proved | null): Promise<void> {
    if (proved === null && this.proved === null) return;
    this.proved = proved;
    await this.updateComplete;
    this.renderRoot.querySelector('input')?.focus();
  }

  override render(): TemplateResult {
    const { words } = this;
    const fault = this.fault === null ? this.said : String(words[this.fault]);
    return html`
      <main>
        <p class="brand">
          <img src=${new URL('../elements/seal.svg', import.meta.url).href} alt="" />
          <span><strong>Muniment</strong>${words.signInPromise}</span>
        </p>
        <form novalidate @submit=${this.#submit}>
          <h1>${words.signInTitle}</h1>
          <p class="fault" role="alert" ?hidden=${fault === ''}>${fault}</p>
          ${this.proved === null ? this.#credentials() : this.#code()}
          <button class="primary" ?disabled=${this.isBusy}>${this.isBusy ? words.signingIn : words.signIn}</button>
        </form>
      </main>
      <footer><language-choice></language-choice></footer>
    `;
  }

  #credentials(): TemplateResult {
    const { words } = this;
    const eyeLabel = this.isPasswordShown ? words.hidePassword : words.showPassword;
    return html`
      <label>
        ${words.address}
        <input name="login" type="email" autocomplete="username" autocapitalize="none" spellcheck="false" />
      </label>
      <div>
        <label for="password">${words.password}</label>
        <span class="field">
          <input
            id="password"
            name="password"
            type=${this.isPasswordShown ? 'text' : 'password'}
            autocomplete="current-password"
          />
          <button
            type="button"
            class="plain icon"
            aria-label=${eyeLabel}
            title=${eyeLabel}
            aria-pressed=${this.isPasswordShown}
            @click=${() => {
              this.isPasswordShown = !this.isPasswordShown;
            }}
          >
            ${icon('eye')}
          </button>
        </span>
      </div>
    `;
  }

  #code(): TemplateResult {
    const { words } = this;
    return html`
      <p class="about">${words.signInCodeAbout}</p>
      <label>
        ${words.signInCode}
        <input name="code" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" maxlength="40" />
      </label>
      <button type="button" class="plain else" @click=${() => {
        this.fault = null;
        void this.#begin(null);
      }}>${words.signInElse}</button>
    `;
  }
}

customElements.define('sign-in', SignIn);
