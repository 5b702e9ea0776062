/**
 * Who decides on held mail: whom a rule names, or whoever stands in for them. Out of the states that decide. Nobody
 * decides on their own mail, and whoever is frozen or gone gives way to the leader of the department.
 */
import { isReviewingOffice } from '../../policies/rule-language/rule-actions.ts';
import type { Directory } from '../directory/directory.ts';
import type { Dispatcher } from '../dispatch.ts';
import { isAway } from '../domain/absence.ts';
import { type AccountState, account, type GrantedRole } from '../domain/account.ts';
import { leadersOver } from '../domain/departments.ts';
import { organisation } from '../domain/organisation.ts';
import type { Reviewer } from '../domain/reviewer.ts';
import type { Uuid } from '../domain/values.ts';

export interface ReviewersParts {
  readonly dispatcher: Pick<Dispatcher, 'load'>;
  readonly directory: Pick<Directory, 'accountOfLogin'>;
  readonly organisation: Uuid;
}

const rolePrefix = 'role:';
const reviewingRoles: readonly GrantedRole[] = ['supervisor', 'auditor', 'administrator'];
/** Where nobody else is left. */
const lastResort: Reviewer = { reviewer: null, reviewerRole: 'administrator', deputy: null };

export class Reviewers {
  readonly #parts: ReviewersParts;

  constructor(parts: ReviewersParts) {
    this.#parts = parts;
  }

  /** `name` and `deputy` as a rule says them. */
  async named(name: string, deputy: string | null, submitter: Uuid | null): Promise<Reviewer> {
    const role = roleOf(name);
    if (role !== null) return { reviewer: null, reviewerRole: role, deputy: null };
    const wanted = name === 'leader' ? null : await this.#parts.directory.accountOfLogin(name);
    const found =
      wanted !== null && (await this.#mayReview(wanted, submitter))
        ? { reviewer: wanted, reviewerRole: null, deputy: null }
        : await this.#standIn(wanted, submitter);
    const second = deputy === null ? null : await this.#parts.directory.accountOfLogin(deputy);
    const isFit = second !== null && second !== found.reviewer && (await this.#mayReview(second, submitter));
    return isFit ? { ...found, deputy: second } : found;
  }

  /** Whether a rule may name somebody so. */
  async isKnown(name: string): Promise<boolean> {
    if (isReviewingOffice(name)) return true;
    return (await this.#parts.directory.accountOfLogin(name)) !== null;
  }

  /** Who decides from here on, where the reviewer has left; null while they are here. */
  async successorOf(current: Reviewer, submitter: Uuid | null): Promise<Reviewer | null> {
    const { reviewer, deputy } = current;
    if (reviewer === null || (await this.isActive(reviewer))) return null;
    const found = await this.#standIn(reviewer, submitter);
    const keepsDeputy = deputy !== null && deputy !== found.reviewer && (await this.isActive(deputy));
    return keepsDeputy ? { ...found, deputy } : found;
  }

  async isActive(id: Uuid): Promise<boolean> {
    return (await this.#account(id)).status === 'active';
  }

  /** By the absence calendar. */
  async isAway(id: Uuid | null, atMs: number): Promise<boolean> {
    return id !== null && isAway((await this.#account(id)).absences, atMs);
  }

  /** The leader over whoever was named, else over the sender. */
  async #standIn(wanted: Uuid | null, submitter: Uuid | null): Promise<Reviewer> {
    const { departments } = (await this.#parts.dispatcher.load(organisation, this.#parts.organisation)).state;
    const over = [wanted, submitter].flatMap((each) => (each === null ? [] : leadersOver(departments, each)));
    for (const leader of over) {
      if (leader !== wanted && (await this.#mayReview(leader, submitter)))
        return { reviewer: leader, reviewerRole: null, deputy: null };
    }
    return lastResort;
  }

  async #mayReview(id: Uuid, submitter: Uuid | null): Promise<boolean> {
    return id !== submitter && (await this.isActive(id));
  }

  async #account(id: Uuid): Promise<AccountState> {
    return (await this.#parts.dispatcher.load(account, id)).state;
  }
}

function roleOf(name: string): GrantedRole | null {
  if (!name.startsWith(rolePrefix)) return null;
  return reviewingRoles.find((role) => role === name.slice(rolePrefix.length)) ?? null;
}
