/** One's own account: password, second factor, passwords of mail programs, language, sessions to end, failed attempts. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { type Answered, ask } from '../api/calls.ts';
import type { ConsoleMessages } from '../i18n/console-en.ts';
import { momentText } from '../i18n/dates.ts';
import './application-passwords.ts';
import { SignedOut } from './console-element.ts';
import './form-dialog.ts';
import { type FormDialog, textOf } from './form-dialog.ts';
import { LoadingElement } from './loading-element.ts';
import './own-language.ts';
import { problemText } from './problem-words.ts';
import './second-factor-panel.ts';

type Logins = Answered<'GET /api/own/sessions'>;
type Refusals = Answered<'GET /api/own/refusals'>;

export class SecurityPage extends LoadingElement {
  static override styles = [
    ...LoadingElement.styles,
    css`
      section,
      own-language,
      second-factor-panel,
      application-passwords {
        display: block;
        margin-top: var(--gap-4);
      }
      section > h2 {
        padding: var(--gap-4) var(--gap-4) var(--gap-2);
      }
      section > p {
        margin: 0;
        padding: 0 var(--gap-4) var(--gap-4);
      }
    `,
  ];
  #logins: Logins = { items: [], next: null };
  #refusals: Refusals = { items: [], next: null };

  protected override async fetch(): Promise<void> {
    [this.#logins, this.#refusals] = await Promise.all([
      ask('GET /api/own/sessions', { query: { limit: 30 } }),
      ask('GET /api/own/refusals', { query: { limit: 30 } }),
    ]);
  }

  async #end(session: string): Promise<void> {
    const { say } = this;
    try {
      await ask('DELETE /api/own/sessions/:session', { params: { session } });
      this.tell(say.sessionEnded);
    } catch (error) {
      this.tell(problemText(error, say));
    }
    await this.load();
  }

  #changePassword(): void {
    const { say } = this;
    void this.renderRoot.querySelector<FormDialog>('form-dialog')!.open({
      heading: say.changePassword,
      confirm: say.changePassword,
      fields: [
        { name: 'current', label: say.currentPassword, kind: 'password', isRequired: true },
        { name: 'password', label: say.newPassword, kind: 'password', isRequired: true },
      ],
      perform: async (filled) => {
        const body = { current: textOf(filled, 'current'), password: textOf(filled, 'password') };
        await ask('PUT /api/own/password', { body });
        this.dispatchEvent(new SignedOut(say.passwordChanged));
      },
    });
  }

  protected override content(): TemplateResult {
    const { say } = this;
    return html`
      <h1>${say.security}</h1>
      <p class="about">${say.securityAbout}</p>
      <div class="tools">
        <button class="primary" data-what="password" @click=${() => this.#changePassword()}>${say.changePassword}</button>
      </div>
      <own-language></own-language>
      <second-factor-panel></second-factor-panel>
      <application-passwords></application-passwords>
      <section class="panel">
        <h2>${say.sessions}</h2>
        <table>
          <tbody>
            ${this.#logins.items.map((login) => this.#login(login))}
          </tbody>
        </table>
      </section>
      <section class="panel">
        <h2>${say.failedAttempts}</h2>
        ${
          this.#refusals.items.length === 0
            ? html`<p class="soft">${say.noAttempts}</p>`
            : html`<table>
                <tbody>
                  ${this.#refusals.items.map((attempt) => this.#attempt(attempt))}
                </tbody>
              </table>`
        }
      </section>
      <form-dialog></form-dialog>
    `;
  }

  #login({
    session,
    protocol,
    program,
    peer,
    openedAtMs,
    closedAtMs,
    isOpen,
    isThis,
  }: Logins['items'][number]): TemplateResult {
    const { say } = this;
    return html`<tr>
      <td>
        <strong translate="no">${program === '' ? say.unknownProgram : programText(program)}</strong>
        <small>${protocol.toUpperCase()} · ${say.from(peer)}</small>
      </td>
      <td>
        ${
          isOpen
            ? html`<span class="badge good">${isThis ? say.thisSession : say.sessionOpen}</span>
                <small>${say.openedAt(momentText(openedAtMs))}</small>`
            : html`${momentText(openedAtMs)}<small ?hidden=${closedAtMs === null}>${say.endedAt(momentText(closedAtMs ?? 0))}</small>`
        }
      </td>
      <td class="acts">
        ${isOpen && !isThis ? html`<button @click=${() => this.#end(session)}>${say.endSession}</button>` : nothing}
      </td>
    </tr>`;
  }

  #attempt({ atMs, protocol, reason, count, peer }: Refusals['items'][number]): TemplateResult {
    const { say } = this;
    return html`<tr>
      <td><strong>${reasonText(reason, say)}</strong><small>${protocol?.toUpperCase()} · ${say.from(peer)}</small></td>
      <td>${momentText(atMs)}<small>${say.attemptTimes(count)}</small></td>
    </tr>`;
  }
}

function reasonText(reason: string, say: ConsoleMessages): string {
  const texts: Readonly<Record<string, string>> = {
    password: say.reasonPassword,
    frozen: say.reasonFrozen,
    rate: say.reasonRate,
    code: say.reasonCode,
    program: say.reasonProgram,
  };
  return texts[reason] ?? reason;
}

/** Of a User-Agent the browser's name, which is what people know; other programs say who they are. */
function programText(program: string): string {
  const [, browser] = /\b(Firefox|Edg|OPR|HeadlessChrome|Chrome|Safari)\//.exec(program) ?? [];
  const names: Readonly<Record<string, string>> = { Edg: 'Edge', OPR: 'Opera', HeadlessChrome: 'Chromium' };
  return browser === undefined ? program : (names[browser] ?? browser);
}

customElements.define('security-page', SecurityPage);
