import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, test } from 'node:test';
import type { StoredRecord } from '../../services/event-store/event-store.ts';
import { PushedSubscription, type PushingStream } from '../../services/event-store/pushed-subscription.ts';

/** A stream that delivers these positions at once; null is an event without a record. */
class Scripted extends EventEmitter implements PushingStream<number | 'nothing'> {
  readonly behind: number;
  unsubscribed = false;
  readonly #events: (number | 'nothing')[];

  constructor(
    behind: number,
    events: readonly (number | 'nothing')[],
    end: 'error' | 'end' | 'close' | null,
  ) {
    super();
    this.behind = behind;
    this.#events = [...events];
    setImmediate(() => this.emit('readable'));
    if (end !== null) setTimeout(() => this.emit(end, new Error('gone')), 2);
  }

  read(): number | 'nothing' | null {
    return this.#events.shift() ?? null;
  }

  async unsubscribe(): Promise<void> {
    this.unsubscribed = true;
    throw new Error('the connection is gone');
  }
}

function stored(position: number): StoredRecord {
  return { position, id: '', stream: 'a-1', revision: position, record: new Uint8Array(), sealed: null };
}

type Script = [events: readonly (number | 'nothing')[], end: 'error' | 'end' | 'close' | null];

/** Delivers the scripts' streams one after the other, until the last position came. */
async function delivered(afterPosition: number, scripts: readonly Script[], last: number) {
  const opened: Scripted[] = [];
  const positions: number[] = [];
  let done = () => {};
  const reached = new Promise<void>((resolve) => {
    done = resolve;
  });
  const subscription = new PushedSubscription<number | 'nothing'>({
    afterPosition,
    handler: (batch) => {
      positions.push(...batch.map(({ position }) => position));
      if (positions.at(-1) === last) done();
    },
    open: (behind) => {
      const stream = new Scripted(behind, ...scripts[opened.length]!);
      opened.push(stream);
      return stream;
    },
    recordOf: (event) => (event === 'nothing' ? null : stored(event)),
    maxPauseMs: 2,
  });
  await reached;
  await subscription.close();
  return { positions, opened };
}

describe('pushed subscription', () => {
  test('what is delivered again is not delivered again', async () => {
    const { positions } = await delivered(3, [[[3, 4, 'nothing', 5, 5, 4, 7, 6, 9], null]], 9);
    assert.deepEqual(positions, [4, 5, 7, 9]);
  });

  test('each stream begins behind the last record that was processed, however the one before it ended', async () => {
    const scripts: Script[] = [
      [[1, 2], 'error'],
      [[], 'end'],
      [[2, 3], 'close'],
      [[4], null],
    ];
    const { positions, opened } = await delivered(-1, scripts, 4);
    assert.deepEqual(positions, [1, 2, 3, 4]);
    assert.deepEqual(
      opened.map(({ behind }) => behind),
      [-1, 2, 2, 3],
    );
    assert.ok(opened.every(({ unsubscribed }) => unsubscribed));
  });
});
