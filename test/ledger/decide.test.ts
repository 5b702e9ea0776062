import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkDraft } from '../../services/domain/check-draft.ts';
import type { DraftEvent } from '../../services/domain/event.ts';
import {
  type LedgerCommand,
  type LedgerFact,
  type LedgerState,
  ledger,
} from '../../services/domain/ledger.ts';
import { isRefusal } from '../../services/domain/refusals.ts';

const logId = '0d6a1b5c-7a53-4c0e-9f5e-3f4dbe0f7a11';
const open: LedgerCommand = { kind: 'openLog', logId, publicKey: 'A'.repeat(43) };
const head = (size: number, epoch = 1) => ({
  epoch,
  size,
  root: '0f'.repeat(32),
  sealedAt: 5,
  signature: 'B'.repeat(86),
});
const seal = (size: number): LedgerCommand => ({ kind: 'sealHead', ...head(size) });

function decided(state: LedgerState, command: LedgerCommand): readonly DraftEvent[] {
  const decision = ledger.decide(state, command);
  assert.ok(!isRefusal(decision));
  for (const event of decision.events) assert.deepEqual(checkDraft('ledger', event), []);
  return decision.events;
}

function after(commands: readonly LedgerCommand[], epoch = 1, from = ledger.initial()): LedgerState {
  return commands.reduce((state, command) => {
    const facts = decided(state, command).map((event) => ({ ...event, epoch }) as unknown as LedgerFact);
    return facts.reduce(ledger.evolve, state);
  }, from);
}

describe('decisions of the ledger', () => {
  test('a log is opened once', () => {
    const [event] = decided(ledger.initial(), open);
    assert.equal(event!.type, 'LogOpened');
    assert.equal(event!.data['format'], 1);
    assert.deepEqual(decided(after([open]), { ...open, logId: crypto.randomUUID() }), []);
    assert.deepEqual(after([open]), { logId, publicKey: 'A'.repeat(43), epoch: 1, lastHead: null });
  });

  test('heads grow: the same size or a smaller one is no news', () => {
    const state = after([open, seal(10)]);
    assert.deepEqual(state.lastHead, head(10));
    assert.deepEqual(decided(state, seal(10)), []);
    assert.deepEqual(decided(state, seal(9)), []);
    assert.equal(decided(state, seal(11)).length, 1);
  });

  test('a restore says what is lost; who and why are sealed, and its epoch stays', () => {
    const restore: LedgerCommand = { kind: 'restoreLog', old: head(50), by: 'Wang', reason: 'disk' };
    const [event] = decided(after([open, seal(10)]), restore);
    assert.deepEqual(event!.data, { oldEpoch: 1, oldSize: 50, oldRoot: '0f'.repeat(32) });
    assert.deepEqual(event!.personal, { by: 'Wang', reason: 'disk' });
    const state = after([restore, seal(12)], 2, after([open, seal(10)]));
    assert.equal(state.epoch, 2);
    assert.deepEqual(state.lastHead, head(12, 2));
  });

  test('a step of the clock is noted from more than a second on, both ways', () => {
    const state = after([open]);
    const step = (observedMs: number) =>
      decided(state, { kind: 'noteClockStep', expectedMs: 10_000, observedMs });
    assert.deepEqual([step(11_000), step(9_000), step(10_000)], [[], [], []]);
    assert.deepEqual(step(11_001)[0]!.data, { expected: 10_000, observed: 11_001 });
    assert.deepEqual(step(8_999)[0]!.data, { expected: 10_000, observed: 8_999 });
    assert.deepEqual(after([{ kind: 'noteClockStep', expectedMs: 0, observedMs: 5000 }], 1, state), state);
  });
});
