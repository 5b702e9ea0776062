/** Recipients elsewhere become deliveries, once each, however often the reaction runs. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkDraft } from '../../services/domain/check-draft.ts';
import { deliveryId } from '../../services/domain/delivery.ts';
import type { CommandContext, DraftEvent, LoggedEvent } from '../../services/domain/event.ts';
import { nilUuid } from '../../services/domain/message.ts';
import { uuidPattern } from '../../services/domain/values.ts';
import {
  type ExpectedRevision,
  UnknownOutcome,
  WrongExpectedRevision,
} from '../../services/event-store/event-store.ts';
import { QueueRemotely } from '../../services/workflows/queue-remotely.ts';
import { uuidOf } from '../support/given-when-then.ts';

class StreamsInMemory {
  readonly streams = new Map<string, { draft: DraftEvent; context: CommandContext }>();
  failAt = -1;

  async appendResolved(
    stream: string,
    expected: ExpectedRevision,
    drafts: readonly DraftEvent[],
    context: CommandContext,
  ): Promise<LoggedEvent[]> {
    assert.equal(expected, 'absent');
    assert.equal(drafts.length, 1);
    if (this.streams.has(stream)) throw new WrongExpectedRevision(stream, 'absent', 0);
    if (this.streams.size === this.failAt) throw new UnknownOutcome('the log is away');
    this.streams.set(stream, { draft: drafts[0]!, context });
    return [];
  }
}

function resolved(
  accounts: readonly string[],
  addresses: readonly string[] | null,
  firstOrdinal = 0,
): LoggedEvent {
  const data = { accounts, firstOrdinal, held: [], sizeOctets: 123 };
  const place = {
    position: 5,
    epoch: 1,
    stream: `message-${uuidOf(9)}`,
    revision: 1,
    id: uuidOf(8),
    cause: null,
  };
  const personal = addresses && { addresses };
  return {
    ...place,
    type: 'RecipientsResolved',
    version: 1,
    at: 77,
    actor: 'peer',
    data,
    key: null,
    personal,
    record: new Uint8Array(),
  };
}

describe('QueueRemotely', () => {
  test('queues those elsewhere, by their ordinals', async () => {
    const log = new StreamsInMemory();
    await new QueueRemotely(log, 1000).handle([
      resolved([uuidOf(1), nilUuid, nilUuid], ['li@acme.example', 'x@other.example', 'y@other.example'], 500),
      resolved([uuidOf(1)], ['li@acme.example']),
    ]);
    const wanted = [501, 502].map((ordinal) => `delivery-${deliveryId(uuidOf(9), ordinal)}`);
    assert.deepEqual([...log.streams.keys()], wanted);
    const { draft, context } = log.streams.get(wanted[1]!)!;
    assert.deepEqual(checkDraft('delivery', draft), []);
    assert.deepEqual(draft.data, { message: uuidOf(9), ordinal: 502, sizeOctets: 123, expiresAt: 1077 });
    assert.deepEqual(draft.personal, { recipient: 'y@other.example' });
    assert.deepEqual(context, { actor: 'system', cause: uuidOf(8), now: 77 });
  });

  test('a repeat after a failure in the middle queues the rest and nothing twice', async () => {
    const log = new StreamsInMemory();
    const many = resolved(
      Array(300).fill(nilUuid),
      Array.from({ length: 300 }, (_, i) => `r${i}@other.example`),
    );
    log.failAt = 150;
    const reaction = new QueueRemotely(log, 1000);
    await assert.rejects(reaction.handle([many]), UnknownOutcome);
    const before = new Map(log.streams);
    log.failAt = -1;
    await reaction.handle([many]);
    assert.equal(log.streams.size, 300);
    for (const [stream, kept] of before) assert.equal(log.streams.get(stream), kept);
  });

  test('one mail does not wait for the append of another', async () => {
    const appends: string[] = [];
    const reply = Promise.withResolvers<LoggedEvent[]>();
    const log = {
      appendResolved: (stream: string) => {
        appends.push(stream);
        return reply.promise;
      },
    };
    const mails = ['x@other.example', 'y@other.example'].map((to, n) => resolved([nilUuid], [to], n));
    const handled = new QueueRemotely(log, 1000).handle(mails);
    assert.equal(appends.length, 2);
    reply.resolve([]);
    await handled;
  });

  test('an erased mail is sent to nobody', async () => {
    const log = new StreamsInMemory();
    await new QueueRemotely(log, 1000).handle([resolved([nilUuid], null)]);
    assert.equal(log.streams.size, 0);
  });

  test('ids are UUIDs, the same for the same recipient and no other', () => {
    const ids = Array.from({ length: 100 }, (_, i) => deliveryId(uuidOf(i % 10), Math.floor(i / 10)));
    assert.equal(new Set(ids).size, 100);
    for (const id of ids) assert.match(id, uuidPattern);
    assert.equal(deliveryId(uuidOf(3), 4), deliveryId(uuidOf(3), 4));
    assert.equal(deliveryId(uuidOf(3), 4)[14], '8');
  });
});
