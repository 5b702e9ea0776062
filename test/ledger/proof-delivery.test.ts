// A package says of a mail that was sent on what was decided about it, what left, and what the peer answered.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import { approvalId } from '../../services/domain/approval.ts';
import { deliveryId } from '../../services/domain/delivery.ts';
import { nilUuid } from '../../services/domain/message.ts';
import { parseCheckpoint } from '../../services/ledger/checkpoint.ts';
import { openLedger } from '../../services/ledger/open-ledger.ts';
import { prove } from '../../services/ledger/prove.ts';
import { Sealer } from '../../services/ledger/sealer.ts';
import { draft } from './ledger-house.ts';
import { mailOctets } from './mail-house.ts';
import {
  assertHolds,
  assertNamed,
  proved,
  runVerifier,
  trace,
  unpack,
  verifier,
  withPython,
} from './proof-house.ts';

const sha256 = (...octets: readonly (string | Uint8Array)[]): string =>
  octets.reduce((hash, each) => hash.update(each), createHash('sha256')).digest('hex');

/** Digest of the mail as it leaves: it was accepted without a Return-Path. */
const left = sha256(trace, mailOctets(1));

interface Told {
  readonly sent: string;
  readonly decidedOn: string | null;
  readonly releasedFirst: boolean;
}

/** Proves to the operator what these records tell of a mail with one recipient elsewhere. */
async function told(t: TestContext, lie: Partial<Told> = {}) {
  const { sent = left, decidedOn = null, releasedFirst = true } = lie;
  const { house, message, sources, options } = await proved(t);
  const accepted = JSON.parse(
    house.log.records.find(({ stream }) => stream === `message-${message}`)!.record.toString(),
  );
  const { address } = accepted.data;
  const delivery = `delivery-${deliveryId(message, 1)}`;
  const approval = `approval-${approvalId(message)}`;
  const of = { message, ordinal: 1 };
  await house.add(`message-${message}`, 1, [
    draft('RecipientsReleased', { ordinals: [1, 1], accounts: [nilUuid] }),
  ]);
  await house.add(approval, 'absent', [
    draft('ApprovalRequested', { message, octets: address, ordinals: [1, 1] }),
  ]);
  const decide = () =>
    house.add(approval, 0, [
      draft('ApprovalDecided', { message, decision: 'release', octets: decidedOn ?? address, by: message }),
    ]);
  if (releasedFirst) await decide();
  await house.add(delivery, 'absent', [draft('DeliveryQueued', of, { recipient: 'buyer@outside.example' })]);
  if (!releasedFirst) await decide();
  await house.add(delivery, 0, [
    draft(
      'DeliveryCompleted',
      { ...of, attempt: 1, octets: 3, tls: 'tls13' },
      { host: 'mx [192.0.2.1]', sha256: sent, reply: '250 taken' },
    ),
  ]);
  const older = options.checkpoint;
  await new Sealer(await openLedger(house.options), { sealIntervalMs: 1_000_000 }).sealNow();
  const checkpoint = parseCheckpoint((await house.folder.head())!);
  const asked = { ...options, checkpoint, asker: { kind: 'operator' } as const };
  await prove(message, sources, asked);
  return { ...asked, older, message, sources, reader: options.asker };
}

describe('evidence of a mail that was sent on', withPython, () => {
  test('the decision, what left, the peer and its answer', async (t) => {
    const { file } = await told(t);
    const { exit, said } = await runVerifier(verifier, file);
    assert.equal(exit, 0, said);
    assert.match(said, /decided on the octets that were accepted: release/);
    assert.match(said, /recipient 1, attempt 1, TLS tls13/);
    assert.match(said, /mx \[192\.0\.2\.1\] answered: 250 taken/);
    assert.match(said, /what it took is mail\.eml without Return-Path\n/);
  });

  test('other octets than were accepted, decided on or sent, are named; and what left too early', async (t) => {
    const cases: [RegExp, Partial<Told>][] = [
      [/what was sent is not the mail that was accepted/, { sent: sha256('another mail') }],
      [/it is about other octets than were accepted/, { decidedOn: sha256('another mail') }],
      [/it was to leave before it was released/, { releasedFirst: false }],
    ];
    for (const [says, lie] of cases) await assertNamed(says, (await told(t, lie)).file);
  });

  test('who got the mail is not told that it went elsewhere too', async (t) => {
    const { message, sources, reader, ...options } = await told(t);
    await prove(message, sources, { ...options, asker: reader });
    await assertHolds(options.file);
    const records = [...(await unpack(options.file))].filter(([name]) => name.startsWith('records/'));
    assert.ok(records.every(([, octets]) => octets.includes(`"stream":"message-${message}"`)));
  });

  test('without the mail and the keys, the records are proved all the same', async (t) => {
    const { message, sources, reader: _, ...options } = await told(t);
    for (const key of [`message-${message}`, `delivery-${deliveryId(message, 1)}`])
      await sources.keys.destroy(key, options.nowMs);
    const { events, shown } = await prove(message, sources, options);
    assert.deepEqual([events, shown], [7, 0]);
    await assertHolds(options.file);
  });
});
