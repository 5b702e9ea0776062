/** Reviewing one supervised mail or several, with a note. */
import { html, type TemplateResult } from 'lit';
import { icon } from '../../elements/icon.ts';
import { NoteBar } from '../desk/note-bar.ts';
import type { ReviewOutcome, Supervised } from './supervision.ts';
import { outcomePicture, outcomeWord } from './supervision-words.ts';

/** The last one is what most reviews come to. */
const outcomes: readonly ReviewOutcome[] = ['escalated', 'objection', 'inOrder'];

export class ReviewBar extends NoteBar<ReviewOutcome> {
  static override properties = { ...NoteBar.properties, items: { attribute: false } };
  declare items: readonly Supervised[];

  constructor() {
    super();
    this.items = [];
  }

  protected override get said(): readonly [string, string, string] {
    const { reviewNote, reviewNoteNext, reviewNoteMissing } = this.words;
    return [reviewNote, reviewNoteNext, reviewNoteMissing];
  }

  /** What is not in order wants a reason. */
  protected override wantsText(outcome: ReviewOutcome): boolean {
    return outcome !== 'inOrder';
  }

  protected override carryOut(outcome: ReviewOutcome, note: string): Promise<boolean> {
    return this.store.supervision.review(this.items, outcome, note);
  }

  protected override buttons(): TemplateResult {
    const { words } = this;
    const { isDeciding } = this.store.supervision;
    return html`${outcomes.map(
      (outcome) =>
        html`<button
          class=${outcome === 'inOrder' ? 'primary' : ''}
          data-what=${outcome}
          ?disabled=${isDeciding}
          @click=${() => this.act(outcome)}
        >
          ${icon(outcomePicture[outcome])}${isDeciding && outcome === 'inOrder' ? words.reviewing : outcomeWord(outcome, words)}
        </button>`,
    )}`;
  }
}

customElements.define('review-bar', ReviewBar);
