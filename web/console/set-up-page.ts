/** The beginning: a domain, an administrator, and the records for the DNS to copy. */
import { css, html, type TemplateResult } from 'lit';
import '../elements/language-choice.ts';
import { type Answered, ask } from '../api/calls.ts';
import type { ConsoleMessages } from '../i18n/console-en.ts';
import { signIn } from '../webmail/session.ts';
import { ConsoleElement } from './console-element.ts';
import './first-steps.ts';
import { problemText, wrongFields } from './problem-words.ts';

type Done = Answered<'POST /api/set-up'>;

export class SetUpPage extends ConsoleElement {
  static override properties = {
    secret: { attribute: false },
    done: { state: true },
    fault: { state: true },
    wrong: { state: true },
    copied: { state: true },
    isSignedIn: { state: true },
    isBusy: { state: true },
  };
  static override styles = [
    ...ConsoleElement.styles,
    css`
      :host {
        display: grid;
        grid-template-rows: 1fr auto;
        justify-items: center;
        gap: var(--gap-6);
        min-height: 100%;
        padding: var(--gap-6) var(--gap-4);
      }
      main,
      footer {
        width: min(44rem, 100%);
      }
      main {
        align-self: center;
      }
      .brand {
        display: flex;
        align-items: center;
        gap: var(--gap-3);
        margin: 0 0 var(--gap-4);
      }
      .brand img {
        width: 2.5rem;
        height: 2.5rem;
      }
      code {
        font-family: var(--font-mono);
        font-size: var(--size-small);
        overflow-wrap: anywhere;
      }
      p {
        margin: 0;
      }
    `,
  ];
  /** Of the link. */
  declare secret: string;
  declare done: Done | null;
  declare fault: string;
  declare wrong: readonly string[];
  /** The record that was copied last. */
  declare copied: string;
  declare isBusy: boolean;
  /** The records have been seen: people and a first rule follow. */
  declare isSignedIn: boolean;
  #password = '';

  constructor() {
    super();
    this.secret = '';
    this.done = null;
    this.fault = '';
    this.wrong = [];
    this.copied = '';
    this.isBusy = false;
    this.isSignedIn = false;
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const given = (name: string): string => String(form.get(name) ?? '').trim();
    this.#password = String(form.get('password') ?? '');
    this.wrong = ['domain', 'password'].filter((name) => given(name) === '');
    this.fault = this.wrong.length > 0 ? this.say.requiredField : '';
    if (this.wrong.length > 0) return;
    this.isBusy = true;
    try {
      this.done = await ask('POST /api/set-up', {
        body: {
          token: this.secret,
          domain: given('domain'),
          realName: given('realName'),
          password: this.#password,
        },
      });
    } catch (error) {
      this.fault = problemText(error, this.say);
      this.wrong = wrongFields(error);
    }
    this.isBusy = false;
  }

  async #copy(value: string): Promise<void> {
    await navigator.clipboard.writeText(value);
    this.copied = value;
  }

  async #goOn(): Promise<void> {
    await signIn(this.done!.administrator, this.#password, '');
    this.isSignedIn = true;
  }

  override render(): TemplateResult {
    const { say } = this;
    if (this.isSignedIn)
      return html`<main>
          <first-steps
            .owner=${this.done!.administrator}
            @ended=${() => this.dispatchEvent(new Event('set-up'))}
          ></first-steps>
        </main>
        <footer><language-choice></language-choice></footer>`;
    return html`
      <main class="stack">
        <div>
          <p class="brand">
            <img src=${new URL('../elements/seal.svg', import.meta.url).href} alt="" />
            <strong>Muniment</strong>
          </p>
          <h1>${this.done ? say.setUpDone : say.setUpTitle}</h1>
          <p class="about">${this.done ? say.signInAs(this.done.administrator) : say.setUpAbout}</p>
        </div>
        ${this.done ? this.#records(this.done) : this.#form()}
      </main>
      <footer><language-choice></language-choice></footer>
    `;
  }

  #form(): TemplateResult {
    const { say, isBusy, wrong } = this;
    return html`<form class="panel padded stack" novalidate @submit=${this.#submit}>
      <p class="fault" role="alert" ?hidden=${this.fault === ''}>${this.fault}</p>
      <label>
        ${say.domainLabel}
        <input name="domain" placeholder="acme.example" autocapitalize="none" spellcheck="false" translate="no" aria-invalid=${wrong.includes('domain')} />
        <span class="hint">${say.domainHint}</span>
      </label>
      <label>${say.administratorName}<input name="realName" autocomplete="name" /></label>
      <label>
        ${say.administratorPassword}
        <input name="password" type="password" autocomplete="new-password" aria-invalid=${wrong.includes('password')} />
      </label>
      <div><button class="primary" ?disabled=${isBusy}>${isBusy ? say.isWorking : say.setUpNow}</button></div>
    </form>`;
  }

  #records({ records }: Done): TemplateResult {
    const { say } = this;
    return html`<section class="panel">
        <div class="padded stack">
          <h2>${say.recordsTitle}</h2>
          <p class="soft">${say.recordsAbout}</p>
        </div>
        <table>
          <tbody>
            ${records.map(
              ({ purpose, name, type, value }) => html`<tr>
                <td><strong>${purposeText(purpose, say)}</strong><small translate="no">${type}</small></td>
                <td translate="no"><code>${name}</code><small><code>${value}</code></small></td>
                <td class="acts">
                  <button @click=${() => this.#copy(value)}>${this.copied === value ? say.copied : say.copy}</button>
                </td>
              </tr>`,
            )}
          </tbody>
        </table>
      </section>
      <div><button class="primary" data-what="go-on" @click=${() => this.#goOn()}>${say.goOnPeople}</button></div>`;
  }
}

function purposeText(purpose: Done['records'][number]['purpose'], say: ConsoleMessages): string {
  return { mx: say.recordMx, spf: say.recordSpf, dkim: say.recordDkim, dmarc: say.recordDmarc }[purpose];
}

customElements.define('set-up-page', SetUpPage);
