/** The whole page: signing in, or what one has signed in to. */
import { css, html, type TemplateResult } from 'lit';
import '../elements/empty-state.ts';
import { PageElement } from '../elements/page-element.ts';
import './mail-screen.ts';
import './sign-in.ts';
import { MailStore } from './mail-store.ts';
import { forgetSession, signedInPerson, signOut } from './session.ts';

type Stage = 'opening' | 'signIn' | 'mail' | 'unreachable';

export class MunimentApp extends PageElement {
  static override properties = { stage: { state: true }, said: { state: true } };
  static override styles = [
    PageElement.styles,
    css`
      :host {
        display: block;
        height: 100%;
      }
      empty-state {
        height: 100%;
      }
    `,
  ];
  declare stage: Stage;
  /** Why one has to sign in again; empty at first. */
  declare said: string;
  #store: MailStore | null = null;

  constructor() {
    super();
    this.stage = 'opening';
    this.said = '';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#enter();
  }

  async #enter(): Promise<void> {
    this.stage = 'opening';
    try {
      const person = await signedInPerson();
      if (person === null) {
        this.stage = 'signIn';
        return;
      }
      this.#store = await MailStore.open(person);
      this.#store.addEventListener('signed-out', () => this.#leave(this.words.signedOut));
      this.said = '';
      this.stage = 'mail';
    } catch {
      this.stage = 'unreachable';
    }
  }

  #leave(said: string): void {
    this.#store?.close();
    this.#store = null;
    forgetSession();
    this.said = said;
    this.stage = 'signIn';
  }

  async #signOut(): Promise<void> {
    await signOut();
    this.#leave('');
  }

  override render(): TemplateResult {
    const { words } = this;
    switch (this.stage) {
      case 'signIn':
        return html`<sign-in .said=${this.said} @signed-in=${() => this.#enter()}></sign-in>`;
      case 'mail':
        return html`<mail-screen .store=${this.#store!} @sign-out=${() => this.#signOut()}></mail-screen>`;
      case 'unreachable':
        return html`<empty-state picture="envelope" .heading=${words.serverUnreachable}>
          <button class="primary" @click=${() => this.#enter()}>${words.tryAgain}</button>
        </empty-state>`;
      default:
        return html`<empty-state picture="envelope" isBusy .heading=${words.loadingMails}></empty-state>`;
    }
  }
}

customElements.define('muniment-app', MunimentApp);
