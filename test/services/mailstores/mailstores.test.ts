/** The queue of one account: what is batched, what waits, what survives conflicts and lost answers. */
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { Dispatcher } from '../../../services/dispatch.ts';
import type { LoggedEvent } from '../../../services/domain/event.ts';
import type { Filing } from '../../../services/domain/mailstore-messages.ts';
import { emptyMailstore, inboxOf } from '../../../services/domain/mailstore-state.ts';
import { isRefusal } from '../../../services/domain/refusals.ts';
import { newEventId } from '../../../services/identifiers.ts';
import { type MailstoreOutcome, Mailstores } from '../../../services/mailstores/mailstores.ts';
import { PreparedLog } from '../../../services/start/prepared-log.ts';
import { FaultyLog } from '../../support/faulty-log.ts';
import { uuidOf } from '../../support/given-when-then.ts';

const account = uuidOf(7);
const context = { actor: 'system', cause: null, now: 1_700_000_000_000 } as const;

let faulty: FaultyLog;

function openMailstores(epoch = 1): Mailstores {
  const sealed = faulty.open();
  const dispatcher = new Dispatcher(sealed, { epoch, retryDelaysMs: [1, 1] });
  const prepared = new PreparedLog(sealed);
  return new Mailstores(
    {
      readPage: (stream, from) => prepared.readPage(stream, from),
      append: (stream, expected, drafts, given, causes) =>
        dispatcher.appendResolved(stream, expected, drafts, given, { causes }),
    },
    { load: (id) => emptyMailstore(id, () => assert.fail('nothing is stored')) },
    epoch,
  );
}

let position = 0;
function filing(): Filing {
  return {
    message: newEventId(),
    mailbox: null,
    sizeOctets: 100,
    dateMs: 1,
    flags: 0,
    thread: newEventId(),
    causeEpoch: 1,
    causePosition: ++position,
  };
}

async function done(outcome: Promise<MailstoreOutcome | { refused: string }>): Promise<MailstoreOutcome> {
  const settled = await outcome;
  assert.ok(!isRefusal(settled));
  return settled as MailstoreOutcome;
}

const file = (mailstores: Mailstores) =>
  done(mailstores.execute(account, { kind: 'file', filings: [filing()] }, context));

describe('mailstores', () => {
  beforeEach(() => {
    faulty = new FaultyLog();
  });

  test('filings that wait together become one append, in the order of their causes', async () => {
    const mailstores = openMailstores();
    await mailstores.open(account);
    const before = faulty.tries;
    await Promise.all(Array.from({ length: 50 }, () => file(mailstores)));
    // The first goes alone; what came meanwhile goes together.
    assert.equal(faulty.tries - before, 2);
    const inbox = inboxOf(await mailstores.open(account))!;
    assert.deepEqual(
      [...inbox.rows.allUids()],
      Array.from({ length: 50 }, (_, i) => i + 1),
    );
  });

  test('a listener sees each event once, after the state has it', async () => {
    const mailstores = openMailstores();
    const seen: [number, number][] = [];
    const stop = mailstores.watch(account, (event, state) => seen.push([event.revision, state.revision]));
    await file(mailstores);
    await file(mailstores);
    stop();
    await file(mailstores);
    assert.deepEqual(
      seen.slice(-2).map(([event, state]) => state - event),
      [0, 0],
    );
    assert.equal(new Set(seen.map(([event]) => event)).size, seen.length);
  });

  test('a lost answer files once', async () => {
    const mailstores = openMailstores();
    await mailstores.open(account);
    faulty.faults.push('lost-after', 'lost-before', 'none');
    await file(mailstores);
    await file(mailstores);
    assert.equal(inboxOf(await mailstores.open(account))!.exists, 2);
    assert.equal(inboxOf(await openMailstores().open(account))!.exists, 2);
  });

  test('two processes on one account take turns, and both end with the same state', async () => {
    const [one, other] = [openMailstores(), openMailstores()];
    await Promise.all([one.open(account), other.open(account)]);
    const told: LoggedEvent[] = [];
    one.watch(account, (event) => told.push(event));
    for (let i = 0; i < 5; i++) {
      await done(one.execute(account, { kind: 'createMailbox', path: `one ${i}`, role: 'none' }, context));
      await done(
        other.execute(account, { kind: 'createMailbox', path: `other ${i}`, role: 'none' }, context),
      );
    }
    await done(one.execute(account, { kind: 'createMailbox', path: 'last', role: 'none' }, context));
    const names = async (mailstores: Mailstores) =>
      [...(await mailstores.open(account)).mailboxes.values()].map(({ name }) => name);
    assert.deepEqual(await names(one), await names(openMailstores()));
    assert.equal((await names(one)).length, 6 + 11);
    // Foreign events reach the listeners too, without a gap.
    assert.deepEqual(
      told.map(({ revision }) => revision),
      told.map((_, i) => told[0]!.revision + i),
    );
    const taken = await other.execute(
      account,
      { kind: 'createMailbox', path: 'last', role: 'none' },
      context,
    );
    assert.deepEqual(isRefusal(taken) && taken.refused, 'mailboxExists');
  });

  test('what another process has made is found before it is said not to be there', async () => {
    const [one, other] = [openMailstores(), openMailstores()];
    await Promise.all([one.open(account), other.open(account)]);
    await done(one.execute(account, { kind: 'createMailbox', path: 'Made', role: 'none' }, context));
    const gone = await done(other.execute(account, { kind: 'deleteMailbox', path: 'Made' }, context));
    assert.equal(gone.events.length, 1);
    const none = await other.execute(account, { kind: 'deleteMailbox', path: 'Made' }, context);
    assert.ok(isRefusal(none));
  });

  test('an append that fails fails those behind it, shows nothing, and leaves the account usable', async () => {
    const mailstores = openMailstores();
    await mailstores.open(account);
    faulty.beforeAppend = () => {
      throw new Error('no disk');
    };
    const failing = [file(mailstores), file(mailstores), file(mailstores)];
    for (const each of failing) await assert.rejects(each);
    assert.equal(inboxOf(await mailstores.open(account))!.exists, 0);
    faulty.beforeAppend = () => {};
    await file(mailstores);
    assert.deepEqual([...inboxOf(await mailstores.open(account))!.rows.allUids()], [1]);
  });

  test('after a restore no mailbox is shown before it has a new UIDVALIDITY, and once is enough', async () => {
    const mailstores = openMailstores();
    await file(mailstores);
    await done(mailstores.execute(account, { kind: 'createMailbox', path: 'a/b', role: 'none' }, context));
    const validities = ({ mailboxes }: { mailboxes: ReadonlyMap<string, { uidValidity: number }> }) =>
      [...mailboxes.values()].map(({ uidValidity }) => uidValidity);
    const before = validities(await mailstores.open(account));
    const restored = await openMailstores(2).open(account);
    const after = validities(restored);
    assert.equal(after.length, before.length);
    assert.ok(Math.min(...after) > Math.max(...before), `${after} after ${before}`);
    assert.equal(new Set(after).size, after.length);
    assert.deepEqual([...inboxOf(restored)!.rows.allUids()], [1]);
    assert.ok(inboxOf(restored)!.changedModseq > 2 * 2 ** 32);
    const { revision } = restored;
    const again = openMailstores(2);
    assert.deepEqual(validities(await again.open(account)), after);
    assert.equal((await again.open(account)).revision, revision);
    assert.ok(Math.min(...validities(await openMailstores(3).open(account))) > Math.max(...after));
  });

  test('filing waits for the new UIDVALIDITYs as well, and a lost answer renews once', async () => {
    await file(openMailstores());
    faulty.faults.push('lost-after');
    const restored = openMailstores(2);
    const { events } = await file(restored);
    assert.equal(events.at(-1)!.type, 'MessagesFiled');
    const types = (await faulty.open().readStream(`mailstore-${account}`, 0, 100)).map(({ type }) => type);
    assert.deepEqual(types.slice(-2), ['UidValiditiesRenewed', 'MessagesFiled']);
    assert.equal(types.filter((type) => type === 'UidValiditiesRenewed').length, 1);
  });

  test('a mailstore that begins in a later epoch needs no renewal', async () => {
    const first = openMailstores(4);
    await first.open(account);
    const { revision } = await openMailstores(4).open(account);
    assert.equal(revision, (await first.open(account)).revision);
  });

  test('an event from the subscription that is known already changes nothing', async () => {
    const mailstores = openMailstores();
    const { events } = await file(mailstores);
    await mailstores.apply(events[0]!);
    await mailstores.apply(events[0]!);
    assert.equal(inboxOf(await mailstores.open(account))!.exists, 1);
  });
});
