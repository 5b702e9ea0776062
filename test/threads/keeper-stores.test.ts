/** Log, keys and volumes behind the real keeper, and what a start makes of what a kill left. */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { DraftEvent } from '../../services/domain/event.ts';
import { StorageFull } from '../../services/event-store/event-store.ts';
import { newEventId } from '../../services/identifiers.ts';
import { makeFrame } from '../contracts/blob-store.contract.ts';
import { type KeptStores, openKeptStores } from '../support/kept-stores.ts';

let root: string;
let data: string;
let copies = 0;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'muniment-keeper-'));
  data = join(root, 'data');
});
afterEach(() => rmSync(root, { recursive: true }));

/** The data folder as a kill at this moment would leave it. */
function asKilledNow(): string {
  const left = join(root, `killed-${++copies}`);
  cpSync(data, left, { recursive: true });
  return left;
}

async function append(stores: KeptStores, stream: string, draft: DraftEvent): Promise<void> {
  const context = { ids: [newEventId()], epoch: 1, at: Date.now(), actor: 'system', cause: null } as const;
  await stores.events.appendDrafts(stream, 'absent', [draft], context);
}

async function openedLog(): Promise<KeptStores> {
  const stores = await openKeptStores(data);
  const logId = randomUUID();
  await append(stores, `ledger-${logId}`, { type: 'LogOpened', version: 1, data: { logId }, personal: null });
  return stores;
}

interface Mail {
  readonly message: string;
  readonly frame: string;
  readonly octets: Buffer;
}

/** What acceptance does, up to the event. */
async function keep({ blobs, keys }: KeptStores): Promise<Mail> {
  const { sealed, key, octets } = makeFrame(Buffer.from(`mail ${randomUUID()}`));
  const message = newEventId();
  await blobs.put(sealed);
  await keys.holdFrame(sealed.frame, message, key);
  return { message, frame: sealed.frame, octets };
}

async function accept(stores: KeptStores, { message, frame }: Mail): Promise<void> {
  const personal = { subject: `about ${message}` };
  await append(stores, `message-${message}`, {
    type: 'MessageAccepted',
    version: 1,
    data: { frame },
    personal,
  });
}

async function assertKept({ events, blobs }: KeptStores, mails: readonly Mail[]): Promise<void> {
  for (const { message, frame, octets } of mails) {
    const [accepted] = await events.readStream(`message-${message}`, 0, 1);
    await events.prepare([accepted!]);
    assert.deepEqual(accepted!.personal, { subject: `about ${message}` });
    assert.deepEqual(Buffer.from(await blobs.read(frame, 0, 1e6)), octets);
  }
}

describe('log, keys and volumes behind one keeper', () => {
  test('an acknowledged event has its key and its frame at any moment of a kill', async () => {
    const stores = await openedLog();
    const mails: Mail[] = [];
    for (let i = 0; i < 3; i++) {
      const mail = await keep(stores);
      await accept(stores, mail);
      mails.push(mail);
      const left = await openKeptStores(asKilledNow());
      await assertKept(left, mails);
      assert.equal(left.keeper.recovery?.cutOctets, 0);
      // What was known to be on disk when the keys of the last mail were committed: the events before it.
      assert.equal(await left.keys.lastLogPosition(), i);
      await left.close();
    }
    await stores.close();
  });

  test('an append that did not wait for its frame is refused with it, and the next one is not', async () => {
    const stores = await openedLog();
    const frame = makeFrame(randomBytes(100)).sealed;
    const broken = stores.blobs.put({ ...frame, content: { bytes: randomBytes(100) } });
    const accepted = accept(stores, { message: randomUUID(), frame: frame.frame, octets: Buffer.alloc(0) });
    await Promise.all([assert.rejects(broken), assert.rejects(accepted, StorageFull)]);
    const mail = await keep(stores);
    await accept(stores, mail);
    await assertKept(stores, [mail]);
    await stores.close();
  });

  test('a start cuts the frames that no event names, held or not, and keeps those before', async () => {
    const stores = await openedLog();
    const mail = await keep(stores);
    await accept(stores, mail);
    const held = await keep(stores);
    const refused = makeFrame(Buffer.from('refused after it was kept'));
    await stores.blobs.put(refused.sealed);
    await append(stores, `rule-${randomUUID()}`, { type: 'Any', version: 1, data: {}, personal: null });
    const left = await openKeptStores(asKilledNow());
    assert.equal(left.keeper.recovery?.cutOctets, held.octets.length + refused.octets.length);
    assert.deepEqual(left.keeper.recovery?.damages, []);
    await assertKept(left, [mail]);
    for (const frame of [held.frame, refused.sealed.frame])
      await assert.rejects(async () => left.blobs.read(frame, 0, 1));
    await left.close();
    await stores.close();
  });

  test('an old copy of the key store makes no start cut what newer events name', async () => {
    const stores = await openedLog();
    await accept(stores, await keep(stores));
    const oldKeys = asKilledNow();
    const later = await keep(stores);
    await accept(stores, later);
    await stores.close();
    const left = asKilledNow();
    cpSync(join(oldKeys, 'keys'), join(left, 'keys'), { recursive: true, force: true });
    const reopened = await openKeptStores(left);
    assert.equal(reopened.keeper.recovery?.cutOctets, 0);
    assert.deepEqual(Buffer.from(await reopened.blobs.read(later.frame, 0, 1e6)), later.octets);
    await reopened.close();
  });

  test('a wrong root key refuses to start, by its name', async () => {
    await (await openedLog()).close();
    writeFileSync(join(data, 'keys/root.key'), `${'00'.repeat(32)}\n`);
    await assert.rejects(openKeptStores(data), { name: 'RootKeyRefused' });
  });
});
