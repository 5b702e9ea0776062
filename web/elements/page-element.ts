/** What every element of the pages is: shown anew when the language changes, with the look that all share. */
import { type CSSResultGroup, LitElement } from 'lit';
import type { Messages } from '../i18n/en.ts';
import { onLanguage, words } from '../i18n/language.ts';
import { sharedLook } from './shared-look.ts';

export abstract class PageElement extends LitElement {
  static override styles: CSSResultGroup = [sharedLook];
  #stop: () => void = () => {};

  get words(): Messages {
    return words();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stop = onLanguage(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop();
  }
}
