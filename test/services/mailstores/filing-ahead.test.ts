/** Mail is filed together with its acceptance, in the order of acceptance, and never twice. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setImmediate as nextLoopTurn } from 'node:timers/promises';
import { Dispatcher } from '../../../services/dispatch.ts';
import type { LoggedEvent } from '../../../services/domain/event.ts';
import { standardMailboxes } from '../../../services/domain/mailstore.ts';
import { emptyMailstore, inboxOf } from '../../../services/domain/mailstore-state.ts';
import { acceptMessage, noJudgements } from '../../../services/domain/message.ts';
import { CauseMissing, WrongExpectedRevision } from '../../../services/event-store/event-store.ts';
import { newEventId } from '../../../services/identifiers.ts';
import { FilingAhead } from '../../../services/mailstores/filing-ahead.ts';
import { Mailstores } from '../../../services/mailstores/mailstores.ts';
import { PreparedLog } from '../../../services/start/prepared-log.ts';
import { FileLocally } from '../../../services/workflows/file-locally.ts';
import { uuidOf } from '../../support/given-when-then.ts';
import { type KeptStores, openKeptStores } from '../../support/kept-stores.ts';

const [wang, li] = [uuidOf(1), uuidOf(2)];
const now = 1_700_000_000_000;
const context = { actor: 'peer', cause: null, now } as const;

let folder: string;
let stores: KeptStores;
let dispatcher: Dispatcher;
let mailstores: Mailstores;
let ahead: FilingAhead;
/** Appends to mailstores that are refused, one after another. */
let refusals: number;
let whileRefusing: () => void;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muniment-ahead-'));
  stores = await openKeptStores(folder);
  dispatcher = new Dispatcher(stores.events, { epoch: 1 });
  refusals = 0;
  whileRefusing = () => {};
  mailstores = openMailstores();
  ahead = new FilingAhead(mailstores);
  for (const account of [wang, li]) await mailstores.open(account);
});
afterEach(async () => {
  await stores.close();
  rmSync(folder, { recursive: true });
});

function openMailstores(): Mailstores {
  const prepared = new PreparedLog(stores.events);
  return new Mailstores(
    {
      readPage: (stream, from) => prepared.readPage(stream, from),
      append: async (stream, expected, drafts, given, causes) => {
        if (causes.length > 0 && refusals-- > 0) {
          await nextLoopTurn(); // those behind it are waiting by then
          whileRefusing();
          throw new CauseMissing('for a test');
        }
        return dispatcher.appendResolved(stream, expected, drafts, given, { causes });
      },
    },
    { load: (account) => emptyMailstore(account, () => assert.fail('nothing is stored')) },
  );
}

async function accept(message: string, ...accounts: readonly string[]): Promise<LoggedEvent[]> {
  const drafts = acceptMessage({
    source: 'smtp',
    frame: uuidOf(9),
    address: '0'.repeat(64),
    blobOctets: 100,
    traceText: '',
    thread: uuidOf(8),
    submitter: null,
    normalised: false,
    recipients: accounts.map((account) => ({ account, address: 'a@acme.example' })),
    mailbox: null,
    flags: 0,
    internalDateMs: now,
    verdict: noJudgements,
    personal: {},
  });
  let withdraw = () => {};
  return dispatcher
    .appendResolved(`message-${message}`, 'absent', drafts, context, {
      onSend: (events) => {
        withdraw = ahead.sending(events);
      },
    })
    .catch((error) => {
      withdraw();
      throw error;
    });
}

/** What the reaction is shown, in the log's order. */
async function react(): Promise<void> {
  const events = await stores.events.readAll(-1, 1000);
  const reaction = new FileLocally(mailstores, ahead);
  await reaction.handle(events.filter(({ type }) => type === 'RecipientsResolved'));
}

async function filedIn(account: string): Promise<string[]> {
  const inbox = inboxOf(await mailstores.open(account))!;
  return [...inbox.rows.between(1, inbox.uidNext)].map((place) => inbox.rows.messageAt(place));
}

const messages = (count: number): string[] => Array.from({ length: count }, () => newEventId());

describe('filing ahead', () => {
  test('one commit: the mail is filed when it is accepted, and the reaction finds it done', async () => {
    ahead.open();
    const [one] = messages(1);
    await accept(one!, wang, li);
    for (const account of [wang, li]) assert.deepEqual(await filedIn(account), [one]);
    const filed = (await stores.events.readAll(-1, 1000)).filter(({ type }) => type === 'MessagesFiled');
    const { position } = (await stores.events.readStream(`message-${one}`, 1, 1))[0]!;
    assert.deepEqual(
      filed.map(({ data, position: at }) => [data['causePosition'], at]),
      [
        [position, position + 1],
        [position, position + 2],
      ],
    );
    await react();
    for (const account of [wang, li]) assert.deepEqual(await filedIn(account), [one]);
  });

  test('mails that come at once are filed in the order of acceptance', async () => {
    ahead.open();
    const many = messages(50);
    await Promise.all(many.map((message) => accept(message, wang)));
    await react();
    assert.deepEqual(await filedIn(wang), many);
  });

  test('before the reaction has come up everything is left to it, and then all that is behind', async () => {
    const [one, two, three] = messages(3);
    await accept(one!, wang);
    ahead.open();
    await accept(two!, wang, li);
    await nextLoopTurn();
    assert.deepEqual([await filedIn(wang), await filedIn(li)], [[], [two]]);
    await react();
    assert.deepEqual([await filedIn(wang), await filedIn(li)], [[one, two], [two]]);
    await accept(three!, wang);
    assert.deepEqual(await filedIn(wang), [one, two, three]);
  });

  test('nothing is filed ahead of what is being released', async () => {
    ahead.open();
    const [released, two, three] = messages(3);
    ahead.releasing([wang], released!);
    await accept(released!, wang); // in the place of the release: an event that names the account
    await accept(two!, wang);
    await nextLoopTurn();
    assert.deepEqual(await filedIn(wang), []);
    await react();
    await accept(three!, wang);
    assert.deepEqual(await filedIn(wang), [released, two, three]);
  });

  test('where one cannot be filed ahead, those behind it wait for the reaction, and other commands do not', async () => {
    ahead.open();
    const many = messages(6);
    refusals = 1;
    const create = { kind: 'createMailbox', path: 'Made', role: 'none' } as const;
    const made = new Promise((resolve) => {
      whileRefusing = () => resolve(mailstores.execute(wang, create, { ...context, actor: 'system' }));
    });
    await Promise.all(many.map((message) => accept(message, wang)));
    await made;
    assert.deepEqual(await filedIn(wang), []);
    assert.equal((await mailstores.open(wang)).mailboxes.size, standardMailboxes.length + 1);
    await react();
    assert.deepEqual(await filedIn(wang), many);
    const [last] = messages(1);
    await accept(last!, wang);
    assert.deepEqual(await filedIn(wang), [...many, last]);
  });

  test('a mail that is not accepted is not filed, and is not waited for', async () => {
    ahead.open();
    const [one, two, three, four] = messages(4);
    await accept(one!, wang);
    const repeated = accept(one!, wang, li);
    const behind = accept(two!, wang, li);
    await assert.rejects(repeated, WrongExpectedRevision);
    await behind;
    await nextLoopTurn();
    // The place at which the second one was expected has moved: the reaction files it.
    assert.deepEqual([await filedIn(wang), await filedIn(li)], [[one], []]);
    await accept(three!, li);
    await react();
    assert.deepEqual(
      [await filedIn(wang), await filedIn(li)],
      [
        [one, two],
        [two, three],
      ],
    );
    await accept(four!, wang, li);
    assert.deepEqual(await filedIn(li), [two, three, four]);
  });

  test('a restart goes on where it was, whatever was filed ahead', async () => {
    ahead.open();
    const many = messages(5);
    for (const [i, message] of many.entries()) {
      refusals = i === 3 ? 1 : 0;
      await accept(message, wang);
    }
    assert.deepEqual(await filedIn(wang), many.slice(0, 3));
    mailstores = openMailstores();
    ahead = new FilingAhead(mailstores);
    await react();
    assert.deepEqual(await filedIn(wang), many);
  });
});
