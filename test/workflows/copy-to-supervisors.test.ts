/** A supervised mail gets one copy for each supervisor, however often the reaction runs. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Dispatcher } from '../../services/dispatch.ts';
import type { DraftEvent } from '../../services/domain/event.ts';
import {
  copyOf,
  type SupervisedCopy,
  supervision,
  supervisionId,
} from '../../services/domain/supervision.ts';
import { MemoryEventStore } from '../../services/event-store/memory-event-store.ts';
import { SealedEventStore } from '../../services/event-store/sealed-event-store.ts';
import { MemoryKeyStore } from '../../services/key-store/memory-key-store.ts';
import { CopyToSupervisors } from '../../services/workflows/copy-to-supervisors.ts';
import { uuidOf } from '../support/given-when-then.ts';

const [message, wang, li, chen] = [1, 2, 3, 4].map(uuidOf) as [string, string, string, string];

function required(supervisor: string, changed: Partial<SupervisedCopy> = {}): DraftEvent {
  const copies = [{ rule: uuidOf(11), version: 2, reason: '合同监督' }];
  const { clear, personal } = copyOf({
    ...{ supervisor, people: [wang], copies, dueAtMs: 5, sealedBecause: null },
    ...changed,
  });
  return { type: 'SupervisionRequired', version: 1, data: clear, personal };
}

describe('CopyToSupervisors', () => {
  const sealed = new SealedEventStore(new MemoryEventStore(), new MemoryKeyStore());
  const dispatcher = new Dispatcher(sealed, { epoch: 1 });
  const reaction = new CopyToSupervisors(dispatcher);

  test('a copy for each supervisor, which says what the mail says; a repeat makes none', async () => {
    const drafts = [required(li), required(chen, { sealedBecause: 'an inquiry', dueAtMs: null })];
    const events = await dispatcher.appendResolved(`message-${message}`, 'absent', drafts, {
      actor: 'system',
      cause: null,
      now: 1000,
    });
    await reaction.handle(events);
    await new CopyToSupervisors(new Dispatcher(sealed, { epoch: 1 })).handle(events);
    for (const [i, supervisor] of [li, chen].entries()) {
      const stream = `supervision-${supervisionId(message, supervisor)}`;
      const made = await sealed.readStream(stream, 0, 10);
      await sealed.prepare(made);
      assert.equal(made.length, 1);
      assert.deepEqual(made[0]!.data, { message, ...drafts[i]!.data });
      assert.deepEqual(made[0]!.personal, drafts[i]!.personal);
      assert.equal(made[0]!.cause, events[i]!.id);
    }
  });

  test('a repeat after the review leaves the review as it is', async () => {
    const id = supervisionId(message, li);
    const context = { actor: 'system', cause: null, now: 2000 } as const;
    await dispatcher.dispatch(
      supervision,
      id,
      { kind: 'review', by: li, outcome: 'inOrder', note: '' },
      context,
    );
    const events = await sealed.readStream(`message-${message}`, 0, 10);
    await sealed.prepare(events);
    await reaction.handle(events);
    assert.equal((await dispatcher.load(supervision, id)).state.outcome, 'inOrder');
    assert.equal((await sealed.readStream(`supervision-${id}`, 0, 10)).length, 2);
  });
});
