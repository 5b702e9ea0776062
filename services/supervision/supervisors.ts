/**
 * Who supervises a mail: whom its rules name, or the leader over whoever's mail it is. Out of the states that decide,
 * when the mail is taken over, so that nothing of it is judged again. Nobody supervises what they sent themselves.
 */
import type { Verdict } from '../../policies/rule-language/verdict.ts';
import {
  joinedCopies,
  leaderOffice,
  type SupervisionWanted,
  supervisionWanted,
} from '../../policies/supervision-terms.ts';
import { sealable } from '../accepted-facts.ts';
import { afterWorkingHours, businessCalendar } from '../approvals/working-time.ts';
import type { Directory } from '../directory/directory.ts';
import type { Dispatcher } from '../dispatch.ts';
import { account } from '../domain/account.ts';
import { leadersOver } from '../domain/departments.ts';
import { organisation } from '../domain/organisation.ts';
import type { SupervisedCopy } from '../domain/supervision.ts';
import type { Uuid } from '../domain/values.ts';

/** What the intake asks. */
export interface MailSupervision {
  /** Empty where no rule asks for a copy, and where nobody is above whoever's mail it is. */
  copiesOf(verdict: Verdict, submitter: Uuid | null, nowMs: number): Promise<SupervisedCopy[]>;
}

export interface SupervisorsParts {
  readonly dispatcher: Pick<Dispatcher, 'load'>;
  readonly directory: Pick<Directory, 'resolve'>;
  readonly organisation: Uuid;
}

/** Of one rule; an append holds 500 events, of which the mail needs some itself. */
export const maxSupervisors = 200;

/** A supervisor, and the people whose mail it is that they look at. */
type Supervised = readonly [supervisor: Uuid, people: readonly Uuid[]];

export class Supervisors implements MailSupervision {
  readonly #parts: SupervisorsParts;

  constructor(parts: SupervisorsParts) {
    this.#parts = parts;
  }

  async copiesOf(verdict: Verdict, submitter: Uuid | null, nowMs: number): Promise<SupervisedCopy[]> {
    const wanted = supervisionWanted(verdict);
    if (wanted.length === 0) return [];
    const copies: SupervisedCopy[] = [];
    for (const each of wanted) {
      const dueAtMs = await this.#dueAt(each, nowMs);
      const { rule, version, reason, sealedBecause } = each;
      const rules = [{ rule, version, reason: sealable(reason) }];
      for (const [supervisor, people] of await this.#supervisorsOf(each, submitter))
        copies.push({ supervisor, people, copies: rules, dueAtMs, sealedBecause });
    }
    return joinedCopies(copies);
  }

  /** Whether a rule may name somebody so: `leader`, or an address that leads to people here. */
  async isKnown(name: string): Promise<boolean> {
    if (name === leaderOffice) return true;
    const { kind } = await this.#parts.directory.resolve(name);
    return kind === 'local' || kind === 'frozen';
  }

  /** To how many people these names lead now. */
  async countOf(names: readonly string[]): Promise<number> {
    const people = new Set<Uuid>();
    for (const name of names) for (const each of await this.#named(name, null)) people.add(each);
    return people.size;
  }

  /** Who supervises from here on, where somebody has left; null while they are here, and where nobody is above. */
  async successorOf(supervisor: Uuid, people: readonly Uuid[], submitter: Uuid | null): Promise<Uuid | null> {
    if (await this.#isActive(supervisor)) return null;
    const { departments } = (await this.#organisation()).state;
    for (const leader of [supervisor, ...people].flatMap((each) => leadersOver(departments, each)))
      if (leader !== submitter && (await this.#isActive(leader))) return leader;
    return null;
  }

  async #dueAt({ reviewWithinHours }: SupervisionWanted, nowMs: number): Promise<number | null> {
    if (reviewWithinHours === null) return null;
    const { calendar } = (await this.#organisation()).state;
    return afterWorkingHours(nowMs, reviewWithinHours, businessCalendar(calendar));
  }

  /** Whoever is named and gone, or sent the mail, gives way to the leader. */
  async #supervisorsOf(
    { to, people }: SupervisionWanted,
    submitter: Uuid | null,
  ): Promise<readonly Supervised[]> {
    const found: Supervised[] = [];
    for (const name of to) {
      const named = name === leaderOffice ? [] : await this.#named(name, submitter);
      if (named.length > 0) found.push(...named.map((each): Supervised => [each, people]));
      else found.push(...(await this.#leaders(people, submitter)));
    }
    return found;
  }

  async #named(name: string, submitter: Uuid | null): Promise<Uuid[]> {
    const resolution = await this.#parts.directory.resolve(name);
    if (resolution.kind !== 'local') return [];
    return resolution.recipients.map((each) => each.account).filter((each) => each !== submitter);
  }

  async #leaders(people: readonly Uuid[], submitter: Uuid | null): Promise<Supervised[]> {
    const { departments } = (await this.#organisation()).state;
    const found: Supervised[] = [];
    for (const person of people) {
      for (const leader of leadersOver(departments, person)) {
        if (leader === submitter || !(await this.#isActive(leader))) continue;
        found.push([leader, [person]]);
        break;
      }
    }
    return found;
  }

  async #isActive(id: Uuid): Promise<boolean> {
    return (await this.#parts.dispatcher.load(account, id)).state.status === 'active';
  }

  #organisation() {
    return this.#parts.dispatcher.load(organisation, this.#parts.organisation);
  }
}
