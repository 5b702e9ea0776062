/** An element that shows what the server answers: loading, failed with a way to try again, or there. */
import { html, type TemplateResult } from 'lit';
import '../elements/empty-state.ts';
import { ConsoleElement } from './console-element.ts';
import { problemText } from './problem-words.ts';

export abstract class LoadingElement extends ConsoleElement {
  static override properties = { stage: { state: true }, problem: { state: true } };
  declare stage: 'loading' | 'there' | 'failed';
  declare problem: string;

  constructor() {
    super();
    this.stage = 'loading';
    this.problem = '';
  }

  /** Asks the server and keeps what it answers. */
  protected abstract fetch(): Promise<void>;
  protected abstract content(): TemplateResult;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  /** What is shown stays until the new answer is there. */
  async load(): Promise<void> {
    try {
      await this.fetch();
      this.stage = 'there';
    } catch (error) {
      this.problem = problemText(error, this.say);
      if (this.stage === 'there') this.tell(this.problem);
      else this.stage = 'failed';
    }
    this.requestUpdate();
  }

  override render(): TemplateResult {
    const { say, words } = this;
    if (this.stage === 'there') return this.content();
    if (this.stage === 'loading')
      return html`<empty-state picture="more" isBusy .heading=${say.loading}></empty-state>`;
    return html`<empty-state picture="junk" .heading=${say.loadFailed} .text=${this.problem}>
      <button class="primary" @click=${() => this.load()}>${words.tryAgain}</button>
    </empty-state>`;
  }
}
