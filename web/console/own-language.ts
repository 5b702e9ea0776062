/** The language in which the server writes to oneself: notices and reports; that of the pages is each browser's own. */
import { html, nothing, type TemplateResult } from 'lit';
import { type Answered, ask } from '../api/calls.ts';
import { languages } from '../i18n/language.ts';
import { LoadingElement } from './loading-element.ts';
import { problemText } from './problem-words.ts';

type Chosen = NonNullable<Answered<'GET /api/session'>['language']>;

export class OwnLanguage extends LoadingElement {
  #chosen: Chosen | null = null;

  protected override async fetch(): Promise<void> {
    this.#chosen = (await ask('GET /api/session', {})).language;
  }

  async #choose(language: Chosen): Promise<void> {
    const { say } = this;
    try {
      await ask('PUT /api/own/language', { body: { language } });
      this.tell(say.saved);
    } catch (error) {
      this.tell(problemText(error, say));
    }
    await this.load();
  }

  protected override content(): TemplateResult {
    const { say } = this;
    return html`<section class="panel padded stack">
      <h2>${say.serverLanguage}</h2>
      <label>
        ${say.serverLanguageAbout}
        <select
          data-what="server-language"
          @change=${(event: Event) => this.#choose((event.target as HTMLSelectElement).value as Chosen)}
        >
          ${
            this.#chosen === null
              ? html`<option value="" selected disabled>${say.serverLanguageNone}</option>`
              : nothing
          }
          ${Object.entries(languages).map(
            ([name, { languageName }]) =>
              html`<option value=${name} lang=${name} ?selected=${name === this.#chosen}>${languageName}</option>`,
          )}
        </select>
      </label>
    </section>`;
  }
}

customElements.define('own-language', OwnLanguage);
