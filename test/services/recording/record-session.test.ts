import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecordQueue, recordDefaults } from '../../../services/recording/record-queue.ts';
import { RecordedSession } from '../../../services/recording/record-session.ts';
import { uuidOf } from '../../support/given-when-then.ts';

/** Somebody else's facts have come in since a waiting session was woken. */
class BusyAgain extends RecordQueue {
  override mayReveal(): boolean {
    return false;
  }

  override untilMayReveal(): Promise<boolean> {
    return Promise.resolve(true);
  }
}

test('who was woken is not turned away for facts that came since', async () => {
  const log = { appendResolved: async () => [] };
  const queue = new BusyAgain(log, recordDefaults);
  const session = new RecordedSession(
    { account: uuidOf(1), protocol: 'imap', peer: '192.0.2.1', program: '' },
    queue,
  );
  assert.equal(await session.untilMayReveal(), true);
  queue.stop();
});
