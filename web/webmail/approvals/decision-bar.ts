/** Deciding on one held mail or on several, with a comment. */
import { html, type TemplateResult } from 'lit';
import { icon } from '../../elements/icon.ts';
import { NoteBar } from '../desk/note-bar.ts';
import type { Approval, Decision } from './approvals.ts';

export class DecisionBar extends NoteBar<Decision> {
  static override properties = { ...NoteBar.properties, items: { attribute: false } };
  declare items: readonly Approval[];

  constructor() {
    super();
    this.items = [];
  }

  protected override get said(): readonly [string, string, string] {
    const { comment, commentNext, commentMissing } = this.words;
    return [comment, commentNext, commentMissing];
  }

  /** What goes back, and what leaves quarantine, wants a reason. */
  protected override wantsText(decision: Decision): boolean {
    return decision === 'return' || this.items.some(({ kind }) => kind === 'quarantine');
  }

  protected override carryOut(decision: Decision, comment: string): Promise<boolean> {
    return this.store.approvals.decide(this.items, decision, comment);
  }

  protected override buttons(): TemplateResult {
    const { words } = this;
    const { isDeciding } = this.store.approvals;
    return html`
      <button data-what="return" ?disabled=${isDeciding} @click=${() => this.act('return')}>
        ${icon('reply')}${words.returnMail}
      </button>
      <button class="primary" data-what="approve" ?disabled=${isDeciding} @click=${() => this.act('approve')}>
        ${icon('check')}${isDeciding ? words.deciding : words.approve}
      </button>
    `;
  }
}

customElements.define('decision-bar', DecisionBar);
