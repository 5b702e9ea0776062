/** Mail that the reader supervises: how much is to be reviewed is known always, the rest while the desk is open. */
import { type Answered, ask } from '../../api/calls.ts';
import { words } from '../../i18n/language.ts';
import { DeskState, maxListed, type Unopened } from '../desk/desk-state.ts';
import { type OpenSupervised, openSupervised } from './supervised-mail.ts';
import { parseSupervisionPlace, type SupervisionPlace, supervisionPlaceText } from './supervision-place.ts';

export type Supervised = Answered<'GET /api/supervision'>['items'][number];
export type ReviewOutcome = NonNullable<Supervised['outcome']>;
export type SupervisionChoices = Answered<'GET /api/supervision/choices'>;

/** By what the list is narrowed; empty: by nothing. */
export interface SupervisionNarrowing {
  /** Address of whose mail it is. */
  readonly person: string;
  readonly rule: string;
}

/** A timer takes no longer time. */
const longestPauseMs = 24 * 60 * 60 * 1000;

export class Supervision extends DeskState<Supervised, OpenSupervised, SupervisionPlace> {
  overdue = 0;
  /** Something is or was theirs to review. */
  isSupervisor = false;
  narrowing: SupervisionNarrowing = { person: '', rule: '' };
  choices: SupervisionChoices = { people: [], rules: [] };
  #dueTimer: number | undefined;
  #isClosed = false;

  /** Nothing is looked at any more. */
  close(): void {
    this.#isClosed = true;
    window.clearTimeout(this.#dueTimer);
  }

  get isNarrowed(): boolean {
    return this.narrowing.person !== '' || this.narrowing.rule !== '';
  }

  override idOf({ supervision }: Supervised): string {
    return supervision;
  }

  override linkTo(open: string | null): string {
    return supervisionPlaceText(this.place?.tab ?? 'waiting', open);
  }

  narrow(narrowing: Partial<SupervisionNarrowing>): void {
    this.narrowing = { ...this.narrowing, ...narrowing };
    this.listAnew();
    this.goTo(null);
  }

  /** Each by itself; false where nothing was done. */
  review(items: readonly Supervised[], outcome: ReviewOutcome, note: string): Promise<boolean> {
    return this.decideOnce(async () => {
      const supervisions = items.map(({ supervision }) => supervision);
      const { done, refused } = await ask('POST /api/supervision/reviews', {
        body: { supervisions, outcome, note },
      });
      const { mailsReviewed, mailsNotReviewed } = words();
      if (refused.length > 0) this.host.say(mailsNotReviewed(refused.length), null, true);
      else this.host.say(mailsReviewed(done.length));
      return new Set(done);
    });
  }

  protected override placeOf(hash: string): SupervisionPlace | null {
    return parseSupervisionPlace(hash);
  }

  protected override async fetchCount(): Promise<void> {
    const { waiting, overdue, nextDueAtMs, isSupervisor } = await ask('GET /api/supervision/count', {});
    Object.assign(this, { waiting, overdue, isSupervisor });
    this.#lookAgainAt(nextDueAtMs);
  }

  /** What becomes overdue does so without anything happening. */
  #lookAgainAt(atMs: number | null): void {
    window.clearTimeout(this.#dueTimer);
    if (atMs === null || this.#isClosed) return;
    const pauseMs = Math.min(Math.max(atMs - Date.now(), 0) + 1000, longestPauseMs);
    this.#dueTimer = window.setTimeout(() => void this.refresh(), pauseMs);
  }

  protected override async fetchList({ tab }: SupervisionPlace): Promise<readonly Supervised[]> {
    const { person, rule } = this.narrowing;
    const query = {
      state: tab,
      limit: maxListed,
      ...(person !== '' && { person }),
      ...(rule !== '' && { rule }),
    };
    const [choices, { items }] = await Promise.all([
      ask('GET /api/supervision/choices', {}),
      ask('GET /api/supervision', { query }),
    ]);
    this.choices = choices;
    return items;
  }

  protected override fetchOne(supervision: string): Promise<OpenSupervised | Unopened> {
    return openSupervised(supervision);
  }

  protected override staysOpen(item: Supervised | undefined): boolean {
    return this.opened?.kind === 'supervised' && this.opened.copy.state === item?.state;
  }
}
