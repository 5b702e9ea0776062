/** What a supervisor leaves unreviewed goes to whoever is above: at the end of the account, and at a copy that comes late. */
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import type { SupervisedRow } from '../../projections/supervision-queries.ts';
import { Dispatcher } from '../../services/dispatch.ts';
import type { LoggedEvent } from '../../services/domain/event.ts';
import { supervision } from '../../services/domain/supervision.ts';
import { MemoryEventStore } from '../../services/event-store/memory-event-store.ts';
import { SealedEventStore } from '../../services/event-store/sealed-event-store.ts';
import { MemoryKeyStore } from '../../services/key-store/memory-key-store.ts';
import { HandOverSupervision } from '../../services/workflows/hand-over-supervision.ts';
import { uuidOf } from '../support/given-when-then.ts';

const [wang, li, chen] = [1, 2, 3].map(uuidOf) as [string, string, string];
const context = { actor: 'system', cause: null, now: 1000 } as const;

let dispatcher: Dispatcher;
let gone: Set<string>;
let isReached: boolean;
/** Ids of copies that wait, in the order of the list. */
let waiting: string[];
let asked: unknown[];
let reaction: HandOverSupervision;

beforeEach(() => {
  dispatcher = new Dispatcher(new SealedEventStore(new MemoryEventStore(), new MemoryKeyStore()), {
    epoch: 1,
  });
  [gone, isReached, waiting, asked] = [new Set(), true, [], []];
  reaction = new HandOverSupervision({
    supervision: {
      list: ({ supervisor } = {}) =>
        supervisor === li ? waiting.map((id) => ({ supervision: id, position: 1 }) as SupervisedRow) : [],
    },
    supervisors: {
      successorOf: async (supervisor, people, submitter) => {
        asked.push([supervisor, people, submitter]);
        return gone.has(supervisor) ? chen : null;
      },
    },
    reached: async () => isReached,
    dispatcher,
    first: async () => ({ data: { submitter: wang } }) as unknown as LoggedEvent,
  });
});

/** A copy for 李; its event. */
async function put(number: number): Promise<LoggedEvent> {
  const id = uuidOf(200 + number);
  const copy = { supervisor: li, people: [wang], copies: [], dueAtMs: null, sealedBecause: null };
  const made = await dispatcher.dispatch(
    supervision,
    id,
    { kind: 'copy', message: uuidOf(100 + number), copy },
    context,
  );
  waiting.push(id);
  return (made as { events: readonly LoggedEvent[] }).events[0]!;
}

const supervisorOf = async (number: number) =>
  (await dispatcher.load(supervision, uuidOf(200 + number))).state.copy!.supervisor;

const frozen = { type: 'AccountFrozen', stream: `account-${li}`, position: 9, id: uuidOf(9), at: 2000 };

describe('HandOverSupervision', () => {
  test('all that waits, when the account ends; once', async () => {
    for (const number of [1, 2]) await put(number);
    gone.add(li);
    for (let times = 0; times < 2; times++) await reaction.handle([frozen as LoggedEvent]);
    for (const number of [1, 2]) assert.equal(await supervisorOf(number), chen);
    assert.deepEqual(asked[0], [li, [wang], wang]);
  });

  test('a copy that is made after its supervisor has left', async () => {
    gone.add(li);
    await reaction.handle([await put(1)]);
    assert.equal(await supervisorOf(1), chen);
  });

  test('nothing while the supervisor is here, and nothing of what has been reviewed', async () => {
    await reaction.handle([await put(1)]);
    assert.equal(await supervisorOf(1), li);
    const review = { kind: 'review', by: li, outcome: 'inOrder', note: '' } as const;
    await dispatcher.dispatch(supervision, uuidOf(201), review, context);
    gone.add(li);
    await reaction.handle([frozen as LoggedEvent]);
    assert.equal(await supervisorOf(1), li);
  });

  test('it waits for the list, and does not leave the event out', async () => {
    isReached = false;
    await assert.rejects(reaction.handle([frozen as LoggedEvent]), /waits for the list/);
  });
});
