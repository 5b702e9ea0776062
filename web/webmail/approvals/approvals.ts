/** Held mail, for whoever decides and for who sent it: how many wait is known always, the rest while the desk is open. */
import { type Answered, ApiProblem, ask } from '../../api/calls.ts';
import { words } from '../../i18n/language.ts';
import { DeskState, maxListed, type Unopened } from '../desk/desk-state.ts';
import { type ApprovalPlace, approvalPlaceText, parseApprovalPlace } from './approval-place.ts';
import { type OpenApproval, openHeld, openRecord } from './held-mail.ts';

export type Approval = Answered<'GET /api/approvals'>['items'][number];
export type Decision = 'approve' | 'return';

export class Approvals extends DeskState<Approval, OpenApproval, ApprovalPlace> {
  /** The log of all people, for those who may. */
  ofEverybody = false;

  override idOf({ approval }: Approval): string {
    return approval;
  }

  override linkTo(open: string | null): string {
    return approvalPlaceText(this.place?.tab ?? 'waiting', open);
  }

  protected override placeOf(hash: string): ApprovalPlace | null {
    return parseApprovalPlace(hash);
  }

  showEverybody(ofEverybody: boolean): void {
    this.ofEverybody = ofEverybody;
    void this.fetchItems();
  }

  /** Each by itself; false where nothing was done. */
  decide(items: readonly Approval[], decision: Decision, comment: string): Promise<boolean> {
    return this.decideOnce(async () => {
      const approvals = items.map(({ approval, octets }) => ({ approval, octets }));
      const { done, refused } = await ask('POST /api/approvals/decisions', {
        body: { approvals, decision, comment },
      });
      this.#tellOutcome(decision, done.length, refused.length);
      return new Set(done);
    });
  }

  async withdraw(approval: string): Promise<void> {
    try {
      await ask('POST /api/approvals/:approval/withdrawal', { params: { approval } });
      this.host.say(words().takenBack);
    } catch (error) {
      if (!(error instanceof ApiProblem && error.code === 'approvalEnded')) this.fail(error);
      else this.host.say(words().takeBackLate, null, true);
    }
    await this.refresh();
  }

  #tellOutcome(decision: Decision, done: number, refused: number): void {
    const { mailsApproved, mailsReturned, mailsNotDecided } = words();
    if (refused > 0) this.host.say(mailsNotDecided(refused), null, true);
    else this.host.say(decision === 'approve' ? mailsApproved(done) : mailsReturned(done));
  }

  protected override async fetchCount(): Promise<void> {
    this.waiting = (await ask('GET /api/approvals/count', {})).waiting;
  }

  protected override async fetchList({ tab }: ApprovalPlace): Promise<readonly Approval[]> {
    if (tab === 'waiting') return (await ask('GET /api/approvals', { query: { limit: maxListed } })).items;
    const everybody = tab === 'log' && this.ofEverybody;
    const query = { limit: maxListed, ...(everybody && { everybody }) };
    const { items } = await ask('GET /api/approval-log', { query });
    if (tab === 'own') return items.filter(({ isOwn }) => isOwn);
    return items.filter(({ isOwn, state }) => everybody || (!isOwn && state !== 'waiting'));
  }

  protected override fetchOne(approval: string, { tab }: ApprovalPlace): Promise<OpenApproval | Unopened> {
    return tab === 'waiting' ? openHeld(approval) : openRecord(approval);
  }

  protected override staysOpen(item: Approval | undefined): boolean {
    return item?.state === 'waiting' && this.opened?.kind === 'held';
  }
}
