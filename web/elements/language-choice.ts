/** The three languages, each under its own name, and the look of the pages. */
import { css, html, type TemplateResult } from 'lit';
import { type Language, language, languages, useLanguage } from '../i18n/language.ts';
import { PageElement } from './page-element.ts';
import { type Theme, theme, useTheme } from './theme.ts';

export class LanguageChoice extends PageElement {
  static override styles = [
    PageElement.styles,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        gap: var(--gap-3);
      }
      label {
        display: grid;
        flex: 1 1 8rem;
        gap: var(--gap-1);
        color: var(--ink-soft);
        font-size: var(--size-small);
      }
      select {
        min-height: 2.25rem;
        padding: 0 var(--gap-2);
        border: 1px solid var(--line-strong);
        border-radius: var(--radius);
        background: var(--surface-raised);
        color: var(--ink);
        font-size: var(--size-text);
      }
    `,
  ];

  #chosen(event: Event): string {
    return (event.target as HTMLSelectElement).value;
  }

  override render(): TemplateResult {
    const { language: languageLabel, theme: themeLabel, themeSystem, themeLight, themeDark } = this.words;
    const looks: readonly [Theme, string][] = [
      ['system', themeSystem],
      ['light', themeLight],
      ['dark', themeDark],
    ];
    return html`
      <label>
        ${languageLabel}
        <select data-what="language" @change=${(event: Event) => useLanguage(this.#chosen(event) as Language)}>
          ${Object.entries(languages).map(
            ([name, { languageName }]) =>
              html`<option value=${name} lang=${name} ?selected=${name === language()}>${languageName}</option>`,
          )}
        </select>
      </label>
      <label>
        ${themeLabel}
        <select data-what="theme" @change=${(event: Event) => useTheme(this.#chosen(event) as Theme)}>
          ${looks.map(([name, label]) => html`<option value=${name} ?selected=${name === theme()}>${label}</option>`)}
        </select>
      </label>
    `;
  }
}

customElements.define('language-choice', LanguageChoice);
