import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as nextLoopTurn } from 'node:timers/promises';
import type { DraftEvent } from '../../services/domain/event.ts';
import { newEventId } from '../../services/identifiers.ts';
import { folder, house, log, restarted, setHouse, turns } from './mailbox-files.ts';
import { MailboxHouse } from './mailbox-house.ts';

describe('poison', () => {
  const nonsense: DraftEvent = {
    type: 'MessagesExpunged',
    version: 1,
    data: { mailbox: newEventId(), uids: [1, 1] },
    personal: null,
  };

  test('an account whose events make no sense is left out; the others go on, and health turns red', async () => {
    const [good, bad] = [newEventId(), newEventId()];
    await house.file(good, 3);
    await house.file(bad, 3);
    await house.settled();
    await restarted();
    log.append(`mailstore-${bad}`, nonsense);
    await house.file(good, 3);
    await house.settled();
    assert.deepEqual(
      house.projector.poison().map(({ stream }) => stream),
      [`mailstore-${bad}`],
    );
    assert.equal((await house.projector.health()).state, 'red');
    assert.equal(house.model.revision(good), log.lastRevision(`mailstore-${good}`));
    assert.deepEqual((await house.projector.rebuild()).differing, []);
  });

  test('a hundred such accounts stop it', async () => {
    const good = newEventId();
    for (let n = 0; n < 100; n++) log.append(`mailstore-${newEventId()}`, nonsense);
    while ((await house.projector.health()).phase !== 'stopped') await nextLoopTurn();
    assert.equal(house.projector.poison().length, 100);
    await house.file(good, 1);
    await turns(20);
    assert.equal(house.model.revision(good), -1);
    await restarted();
    assert.equal((await house.projector.health()).phase, 'stopped');
    await assert.rejects(house.projector.rebuild(), { name: 'TooManyPoisonedStreams' });
  });

  test('one that has stopped is rebuilt for the next start', async () => {
    const good = newEventId();
    await house.file(good, 3);
    await house.settled();
    // As a program with a fault would have left it.
    for (let n = 0; n < 100; n++)
      house.model.file.recordPoison({ stream: `mailstore-${n}`, position: 0 }, 'fault');
    await restarted();
    assert.equal((await house.projector.health()).phase, 'stopped');
    await house.file(good, 3);
    const { differing, switched } = await house.projector.rebuild();
    assert.deepEqual([differing, switched], [null, false]);
    await restarted();
    await house.settled();
    assert.equal((await house.projector.health()).state, 'ok');
    assert.equal((await house.mailbox(good, 'INBOX')).exists, 6);
    assert.deepEqual(await house.digestOfFile(good), await house.digestOfMemory(good));
  });

  test('a log that cannot be read for a moment is none', async () => {
    const account = newEventId();
    await house.file(account, 3);
    await house.settled();
    await restarted();
    log.append(`mailstore-${account}`, {
      ...nonsense,
      type: 'MailboxSubscribed',
      data: { ...(await subscription(account)) },
    });
    log.streamFault = new Error('the log is away');
    await turns(20);
    log.streamFault = null;
    await house.settled();
    assert.deepEqual(house.projector.poison(), []);
    assert.equal(house.model.revision(account), log.lastRevision(`mailstore-${account}`));
  });

  async function subscription(account: string): Promise<DraftEvent['data']> {
    const [mailbox] = house.model.load(account).mailboxes.keys();
    return { mailbox: mailbox!, subscribed: false };
  }
});

test('a file that is ahead of its log is dropped', async () => {
  const account = newEventId();
  await house.file(account, 3);
  const kept = log.events.length;
  await house.file(account, 3);
  await house.settled();
  await house.close();
  log.truncate(kept);
  setHouse(await MailboxHouse.open(log, folder));
  assert.equal((await house.mailbox(account, 'INBOX')).exists, 3);
  await house.settled();
  assert.equal(house.model.checkpoint.position, log.position);
});
