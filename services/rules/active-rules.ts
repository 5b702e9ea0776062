/**
 * The rules in force, compiled. They follow from the states of the rules' streams, never from a projection, which only
 * tells at the start which rules there are; from then on each event of a rule is followed.
 */
import { parseRuleText } from '../../policies/rule-language/parse-rule.ts';
import { type PublishedRule, RuleSet } from '../../policies/rule-language/rule-set.ts';
import type { Dispatcher } from '../dispatch.ts';
import { idOf } from '../domain/event.ts';
import { rule } from '../domain/rule.ts';
import type { Uuid } from '../domain/values.ts';

interface Kept extends PublishedRule {
  readonly startMs: number;
  readonly endMs: number;
}

/** A set, and the time in which it is the one. */
interface Compiled {
  readonly set: RuleSet;
  readonly fromMs: number;
  readonly untilMs: number;
}

export class ActiveRules {
  readonly #dispatcher: Pick<Dispatcher, 'load' | 'onEvent'>;
  readonly #kept = new Map<Uuid, Kept>();
  /** Published, and of a text that this version does not understand. */
  readonly #unreadable = new Set<Uuid>();
  readonly #onTrouble: (error: unknown) => void;
  #compiled: Compiled | null = null;
  #isLoaded = false;

  constructor(dispatcher: Pick<Dispatcher, 'load' | 'onEvent'>, onTrouble: (error: unknown) => void) {
    this.#dispatcher = dispatcher;
    this.#onTrouble = onTrouble;
    dispatcher.onEvent('rule', ({ stream }) => {
      // What was published by another process is asked for from its next mail on.
      void this.refresh(idOf(stream)).catch(onTrouble);
    });
  }

  /** All rules that were ever published, as of some moment; later ones come by their events. */
  async load(rules: readonly Uuid[]): Promise<void> {
    for (const id of rules) await this.refresh(id);
    this.#isLoaded = true;
  }

  /** Takes in what the rule says now. */
  async refresh(id: Uuid): Promise<void> {
    const { state } = await this.#dispatcher.load(rule, id);
    const parsed = parseRuleText(state.text ?? '');
    this.#kept.delete(id);
    this.#unreadable.delete(id);
    this.#compiled = null;
    if (state.status !== 'published') return;
    if ('problems' in parsed) {
      this.#unreadable.add(id);
      this.#onTrouble(
        new Error(`the rule ${id} cannot be read: mail waits until it is withdrawn or published anew`),
      );
      return;
    }
    const { version, startMs, endMs } = state;
    this.#kept.set(id, {
      id,
      version,
      rule: parsed.rule,
      startMs: startMs ?? Number.NEGATIVE_INFINITY,
      endMs: endMs ?? Number.POSITIVE_INFINITY,
    });
  }

  /** Null while it is not known which rules there are, or one of them cannot be read. */
  at(nowMs: number): RuleSet | null {
    if (!this.#isLoaded || this.#unreadable.size > 0) return null;
    const known = this.#compiled;
    if (known && nowMs >= known.fromMs && nowMs < known.untilMs) return known.set;
    this.#compiled = this.#compile(nowMs);
    return this.#compiled.set;
  }

  /** The set that there would be with that version beside the others; throws `LexiconFull`. */
  with(published: PublishedRule): RuleSet {
    return new RuleSet([...[...this.#kept.values()].filter(({ id }) => id !== published.id), published]);
  }

  #compile(nowMs: number): Compiled {
    const kept = [...this.#kept.values()];
    const borders = kept.flatMap(({ startMs, endMs }) => [startMs, endMs]);
    const inForce = kept.filter(({ startMs, endMs }) => nowMs >= startMs && nowMs < endMs);
    return {
      set: new RuleSet(inForce),
      fromMs: Math.max(Number.NEGATIVE_INFINITY, ...borders.filter((border) => border <= nowMs)),
      untilMs: Math.min(Number.POSITIVE_INFINITY, ...borders.filter((border) => border > nowMs)),
    };
  }
}
