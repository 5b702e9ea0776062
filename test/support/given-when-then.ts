/** Given events, when a command, then events or a refusal: for every pure decision. */
import assert from 'node:assert/strict';
import { checkDraft } from '../../services/domain/check-draft.ts';
import type { DraftEvent } from '../../services/domain/event.ts';
import type { Aggregate } from '../../services/domain/fact.ts';
import { isRefusal, type RefusalCode } from '../../services/domain/refusals.ts';

/** The state after commands that must all be accepted; every event is held against the catalogue. */
export function stateAfter<S, C>(aggregate: Aggregate<S, C>, commands: readonly NoInfer<C>[]): S {
  let state = aggregate.initial();
  for (const command of commands) {
    const decided = aggregate.decide(state, command);
    assert.ok(!isRefusal(decided), `given: ${JSON.stringify(decided)} to ${JSON.stringify(command)}`);
    for (const event of decided.events) {
      assert.deepEqual(checkDraft(aggregate.category, event), []);
      state = aggregate.evolve(state, event);
    }
  }
  return state;
}

/** The events of `when`, after `given`; fails where it is refused. */
export function decided<S, C>(
  aggregate: Aggregate<S, C>,
  given: readonly NoInfer<C>[],
  when: NoInfer<C>,
): readonly DraftEvent[] {
  const decision = aggregate.decide(stateAfter(aggregate, given), when);
  assert.ok(!isRefusal(decision), JSON.stringify(decision));
  for (const event of decision.events) assert.deepEqual(checkDraft(aggregate.category, event), []);
  return decision.events;
}

export function assertRefused<S, C>(
  aggregate: Aggregate<S, C>,
  given: readonly NoInfer<C>[],
  when: NoInfer<C>,
  code: RefusalCode,
): void {
  const decision = aggregate.decide(stateAfter(aggregate, given), when);
  assert.equal(isRefusal(decision) ? decision.refused : JSON.stringify(decision), code);
}

/** `018f0000-0000-7000-8000-00000000000n`. */
export function uuidOf(n: number): string {
  return `018f0000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
}

export function tagOf(n: number): string {
  return n.toString(16).padStart(32, '0');
}
