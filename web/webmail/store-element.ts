/** An element that shows something of the store, and does so anew when it changes. */
import { PageElement } from '../elements/page-element.ts';
import type { MailStore } from './mail-store.ts';

export abstract class StoreElement extends PageElement {
  static override properties: Record<string, object> = { store: { attribute: false } };
  declare store: MailStore;
  readonly #onChange = (): void => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    this.store.addEventListener('change', this.#onChange);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.store.removeEventListener('change', this.#onChange);
  }
}
