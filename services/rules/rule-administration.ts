/** Publishing rules: a text is read, tried on its samples and compiled beside the others before it comes into force. */
import { randomUUID } from 'node:crypto';
import { parseRuleText } from '../../policies/rule-language/parse-rule.ts';
import { type Path, type Problem, problemAt, problemText } from '../../policies/rule-language/problem.ts';
import type { Rule } from '../../policies/rule-language/rule.ts';
import type { Action } from '../../policies/rule-language/rule-actions.ts';
import { type RosterList, rosterLists } from '../../policies/rule-language/rule-facts.ts';
import { LexiconFull } from '../../policies/rule-language/rule-set.ts';
import { ruleDigest, ruleText } from '../../policies/rule-language/rule-text.ts';
import { sampleProblems } from '../../policies/rule-language/sample.ts';
import type { Reviewers } from '../approvals/reviewers.ts';
import type { Rosters } from '../directory/roster.ts';
import type { Dispatcher } from '../dispatch.ts';
import type { Actor } from '../domain/event.ts';
import { isRefusal, type RefusalCode, Refused, refuse } from '../domain/refusals.ts';
import { type RuleCommand, type RuleState, rule } from '../domain/rule.ts';
import type { Uuid } from '../domain/values.ts';
import { maxSupervisors, type Supervisors } from '../supervision/supervisors.ts';
import type { ActiveRules } from './active-rules.ts';
import type { RuleNotices } from './rule-notices.ts';

export interface Published {
  readonly rule: Uuid;
  readonly version: number;
  /** False where that text was in force already. */
  readonly isNew: boolean;
}

/** Whom actions may name. */
export interface NamedByActions {
  readonly reviewers: Pick<Reviewers, 'isKnown'>;
  readonly supervisors: Pick<Supervisors, 'isKnown' | 'countOf'>;
  readonly notified: Pick<RuleNotices, 'isKnown'>;
}

/** Every method throws `Refused` where the rule may not be. */
export class RuleAdministration {
  readonly #dispatcher: Pick<Dispatcher, 'dispatch' | 'load'>;
  readonly #active: ActiveRules;
  readonly #rosters: Rosters;
  readonly #named: NamedByActions;

  constructor(
    dispatcher: Pick<Dispatcher, 'dispatch' | 'load'>,
    active: ActiveRules,
    rosters: Rosters,
    named: NamedByActions,
  ) {
    this.#dispatcher = dispatcher;
    this.#active = active;
    this.#rosters = rosters;
    this.#named = named;
  }

  /**
   * A version of the rule `of`, or of a new one; in force when this resolves. `seenVersion`: refused where there is a
   * newer one.
   */
  async publish(
    text: string,
    of: Uuid | null,
    restores: number | null,
    actor: Actor,
    seenVersion?: number,
  ): Promise<Published> {
    const id = of ?? randomUUID();
    const { state } = await this.#dispatcher.load(rule, id);
    if (seenVersion !== undefined && seenVersion !== state.version)
      throw new Refused(refuse('changedMeanwhile'));
    if (of !== null && state.status === 'absent') throw new Refused(refuse('ruleNotFound', of));
    const nowMs = Date.now();
    const parsed = await this.#checked(text, nowMs);
    this.#compile(id, state.version + 1, parsed);
    const canonical = ruleText(parsed);
    const version = {
      text: canonical,
      digest: ruleDigest(canonical),
      startMs: parsed.start === undefined ? null : Date.parse(parsed.start),
      endMs: parsed.end === undefined ? null : Date.parse(parsed.end),
      samples: parsed.samples?.length ?? 0,
    };
    return this.#dispatch(id, { kind: 'publish', version, restores, nowMs }, actor);
  }

  async withdraw(id: Uuid, reason: string, actor: Actor): Promise<Published> {
    return this.#dispatch(id, { kind: 'withdraw', reason }, actor);
  }

  /** The rule that the text is, seen to for everything but being published: for trying it on a mail. */
  read(text: string): Rule {
    const parsed = parseRuleText(text);
    if ('problems' in parsed) throw refused('ruleMalformed', parsed.problems);
    return parsed.rule;
  }

  async #checked(text: string, nowMs: number): Promise<Rule> {
    const parsed = this.read(text);
    const failed = sampleProblems(parsed, nowMs);
    if (failed.length > 0) throw refused('ruleSampleFailed', failed);
    const unknown = await this.#unknownNames(parsed);
    if (unknown.length > 0) throw refused('ruleNameUnknown', unknown, nameIn);
    const tooMany = await this.#tooManySupervisors(parsed);
    if (tooMany.length > 0) throw refused('ruleMalformed', tooMany);
    return parsed;
  }

  #compile(id: Uuid, version: number, parsed: Rule): void {
    try {
      this.#active.with({ id, version, rule: parsed });
    } catch (error) {
      if (error instanceof LexiconFull) throw refused('ruleMalformed', [problemAt([], error.message)]);
      throw error;
    }
  }

  async #unknownNames({ owner, scope, actions }: Rule): Promise<Problem[]> {
    const names: [RosterList, string, Path][] = rosterLists.flatMap((list) =>
      (scope[list] ?? []).map((name, i): [RosterList, string, Path] => [list, name, ['scope', list, i]]),
    );
    const unknown: Problem[] = [];
    for (const [list, name, path] of [['people', owner, ['owner']] as [RosterList, string, Path], ...names]) {
      if ((await this.#rosters.membersOf(list, name)) === null) unknown.push(problemAt(path, name));
    }
    for (const [i, action] of actions.entries())
      unknown.push(...(await this.#unknownTo(action, ['actions', i])));
    return unknown;
  }

  /** Each of them is an event of the mail's own append, which has room for so many. */
  async #tooManySupervisors({ actions }: Rule): Promise<Problem[]> {
    const problems: Problem[] = [];
    for (const [i, action] of actions.entries()) {
      if (action.do !== 'copyToSupervisors') continue;
      const count = await this.#named.supervisors.countOf(action.to ?? []);
      if (count > maxSupervisors)
        problems.push(
          problemAt(['actions', i, 'to'], `leads to ${count} people: a mail has at most ${maxSupervisors}`),
        );
    }
    return problems;
  }

  async #unknownTo(action: Action, path: Path): Promise<Problem[]> {
    const { reviewers, supervisors, notified } = this.#named;
    const unknown: Problem[] = [];
    if (action.do === 'holdForApproval') {
      for (const member of ['reviewer', 'deputy'] as const) {
        const name = action[member];
        if (name !== undefined && !(await reviewers.isKnown(name)))
          unknown.push(problemAt([...path, member], name));
      }
    }
    if (action.do === 'notify') {
      for (const [i, name] of action.to.entries())
        if (!(await notified.isKnown(name))) unknown.push(problemAt([...path, 'to', i], name));
    }
    if (action.do === 'copyToSupervisors') {
      for (const [i, name] of (action.to ?? []).entries())
        if (!(await supervisors.isKnown(name))) unknown.push(problemAt([...path, 'to', i], name));
    }
    return unknown;
  }

  async #dispatch(id: Uuid, command: RuleCommand, actor: Actor): Promise<Published> {
    const outcome = await this.#dispatcher.dispatch(rule, id, command, {
      actor,
      cause: null,
      now: Date.now(),
    });
    if (isRefusal(outcome)) throw new Refused(outcome);
    await this.#active.refresh(id);
    const { version }: RuleState = outcome.state;
    return { rule: id, version, isNew: outcome.events.length > 0 };
  }
}

function refused(code: RefusalCode, problems: readonly Problem[], tell = problemText): Refused {
  return new Refused({ refused: code, detail: problems.map(tell).join('; '), problems });
}

/** Where the refusal itself says what is wrong, the name is all that is told. */
function nameIn({ says }: Problem): string {
  return says;
}
