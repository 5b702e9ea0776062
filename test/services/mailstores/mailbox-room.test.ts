import assert from 'node:assert/strict';
import { test } from 'node:test';
import { account } from '../../../services/domain/account.ts';
import type { MailstoreState } from '../../../services/domain/mailstore-state.ts';
import { QuotaRoom } from '../../../services/mailstores/mailbox-room.ts';
import { uuidOf } from '../../support/given-when-then.ts';

function roomOf(quotaOctets: number, ...sizes: number[]): QuotaRoom {
  const mailboxes = new Map(sizes.map((sizeOctets, i) => [uuidOf(i), { sizeOctets }]));
  const state = { ...account.initial(), quotaOctets };
  return new QuotaRoom(
    { load: async () => ({ state: state as never, revision: 0 }) },
    { open: async () => ({ mailboxes }) as unknown as MailstoreState },
  );
}

test('octets left of a quota: none of it is unlimited, and never less than nothing', async () => {
  assert.equal(await roomOf(1000, 300, 200).octetsLeft(uuidOf(1)), 500);
  assert.equal(await roomOf(1000, 1000).octetsLeft(uuidOf(1)), 0);
  assert.equal(await roomOf(1000, 900, 900).octetsLeft(uuidOf(1)), 0);
  assert.equal(await roomOf(0, 1e15).octetsLeft(uuidOf(1)), Number.POSITIVE_INFINITY);
});
