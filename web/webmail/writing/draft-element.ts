/** An element that shows something of the draft, and does so anew when it changes. */
import { PageElement } from '../../elements/page-element.ts';
import type { WritingDesk } from './writing-desk.ts';

export abstract class DraftElement extends PageElement {
  static override properties: Record<string, object> = { desk: { attribute: false } };
  declare desk: WritingDesk;

  override connectedCallback(): void {
    super.connectedCallback();
    this.desk.addEventListener('change', this.#onChange);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.desk.removeEventListener('change', this.#onChange);
  }

  readonly #onChange = (): void => this.draftChanged();

  protected draftChanged(): void {
    this.requestUpdate();
  }
}
