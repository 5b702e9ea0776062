import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Actor, DraftEvent } from '../../services/domain/event.ts';
import { keyNameFor } from '../../services/event-store/key-names.ts';

const li = '6f1ed002-ab7d-4a0c-9c3e-7d0a7a4f2b11';
const wang = 'a2d6c0de-0000-4000-8000-00000000000a';
const session = 'session-01931b2c-7a3f-7000-8000-000000000001';

function draft(data: DraftEvent['data'] = {}): DraftEvent {
  return { type: 'Any', version: 1, data, personal: { text: 'x' } };
}

function nameFor(
  stream: string,
  event: DraftEvent,
  actor: Actor,
  at = Date.UTC(2026, 0, 31, 23, 59, 59, 999),
): string {
  return keyNameFor(stream, event, { actor, at });
}

test('a stream names its own key', () => {
  for (const stream of ['message-1', 'mailstore-2', 'account-3', 'domain-4', 'ledger-5', 'sessions-6']) {
    assert.equal(nameFor(stream, draft({ account: wang }), `account-${li}`), stream);
  }
});

test('sessions share a key by account and month in UTC', () => {
  assert.equal(nameFor(session, draft({ account: wang }), `account-${li}`), `access-${wang}-202601`);
  assert.equal(nameFor(session, draft(), `account-${li}`), `access-${li}-202601`);
  assert.equal(nameFor(session, draft(), `account-${li}`, Date.UTC(2026, 1, 1)), `access-${li}-202602`);
});

test('a session stream without an account has its own key', () => {
  assert.equal(nameFor(session, draft({ accounts: [wang] }), 'peer'), session);
});
