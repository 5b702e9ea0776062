/** The whole console: signing in, or what one has signed in to. */
import { css, html, type TemplateResult } from 'lit';
import '../elements/empty-state.ts';
import { forgetSession, type Person, signedInPerson, signOut } from '../webmail/session.ts';
import '../webmail/sign-in.ts';
import { ConsoleElement, type SignedOut } from './console-element.ts';
import './console-screen.ts';
import { go } from './places.ts';
import './set-up-page.ts';

type Stage = 'setUp' | 'opening' | 'signIn' | 'there' | 'unreachable';

export class MunimentConsole extends ConsoleElement {
  static override properties = { stage: { state: true }, said: { state: true } };
  static override styles = [
    ...ConsoleElement.styles,
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
  #person: Person | null = null;

  constructor() {
    super();
    this.stage = 'opening';
    this.said = '';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#enter();
  }

  /** Of the link that the server printed; null where it is no such link. */
  get #setUpSecret(): string | null {
    return /^#\/set-up\/([\w-]+)$/.exec(location.hash)?.[1] ?? null;
  }

  async #enter(): Promise<void> {
    if (this.#setUpSecret !== null) {
      this.stage = 'setUp';
      return;
    }
    this.stage = 'opening';
    try {
      this.#person = await signedInPerson();
      this.stage = this.#person === null ? 'signIn' : 'there';
    } catch {
      this.stage = 'unreachable';
    }
  }

  #leave(said: string): void {
    forgetSession();
    this.said = said;
    this.stage = 'signIn';
  }

  async #signOut(): Promise<void> {
    await signOut();
    this.#leave('');
  }

  override render(): TemplateResult {
    const { words, say } = this;
    switch (this.stage) {
      case 'signIn':
        return html`<sign-in .said=${this.said} @signed-in=${() => this.#enter()}></sign-in>`;
      case 'setUp':
        return html`<set-up-page
          .secret=${this.#setUpSecret ?? ''}
          @set-up=${() => {
            go('people');
            void this.#enter();
          }}
        ></set-up-page>`;
      case 'there':
        return html`<console-screen
          .person=${this.#person!}
          @sign-out=${() => this.#signOut()}
          @signed-out=${({ detail }: SignedOut) => this.#leave(detail)}
        ></console-screen>`;
      case 'unreachable':
        return html`<empty-state picture="junk" .heading=${words.serverUnreachable}>
          <button class="primary" @click=${() => this.#enter()}>${words.tryAgain}</button>
        </empty-state>`;
      default:
        return html`<empty-state picture="more" isBusy .heading=${say.loading}></empty-state>`;
    }
  }
}

customElements.define('muniment-console', MunimentConsole);
