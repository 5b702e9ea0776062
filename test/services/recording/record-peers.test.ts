import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { uuidOf } from '../../support/given-when-then.ts';
import { nowMs, recorder, setNowMs, stored, types, wang } from '../recorder-house.ts';

describe('record: peers without a login', () => {
  const mail = {
    accounts: [wang],
    reason: 'overQuota',
    sender: 'x@outside.example',
    peer: '198.51.100.7',
  } as const;

  test('mail for people here one by one up to a rate per network, then counted', async () => {
    for (let i = 0; i < 35; i++) recorder.mailRefused({ ...mail, peer: `198.51.100.${i}` });
    recorder.mailRefused({ ...mail, peer: '203.0.113.1' });
    await recorder.flush();
    const events = await stored();
    assert.equal(events.filter(({ type }) => type === 'MailRefused').length, 31);
    assert.equal(events.find(({ type }) => type === 'PeersRefused')!.data['count'], 5);
    assert.deepEqual(events[0]!.personal, { sender: 'x@outside.example', peer: '198.51.100.0' });
    assert.equal(events[0]!.actor, 'peer');
    setNowMs(nowMs + 60_000);
    recorder.mailRefused(mail);
    await recorder.flush();
    assert.equal((await types()).at(-1), 'MailRefused');
  });

  test('refusals are counted per network, reason, protocol and minute', async () => {
    for (let i = 0; i < 100; i++) recorder.peerRefused('smtp', `198.51.100.${i}`, 'relayDenied');
    recorder.peerRefused('smtp', '198.51.100.1', 'recipientUnknown');
    recorder.peerRefused('imap', '198.51.100.1', 'relayDenied');
    recorder.peerRefused('smtp', '2001:db8:1:2::1', 'relayDenied');
    setNowMs(nowMs + 60_000);
    recorder.peerRefused('smtp', '198.51.100.1', 'relayDenied');
    await recorder.flush();
    assert.deepEqual(
      (await stored()).map(({ data, personal }) => [
        data['protocol'],
        data['reason'],
        data['count'],
        personal!['network'],
      ]),
      [
        ['smtp', 'relayDenied', 100, '198.51.100.0/24'],
        ['smtp', 'recipientUnknown', 1, '198.51.100.0/24'],
        ['imap', 'relayDenied', 1, '198.51.100.0/24'],
        ['smtp', 'relayDenied', 1, '2001:db8:1::/48'],
        ['smtp', 'relayDenied', 1, '198.51.100.0/24'],
      ],
    );
  });

  test('a flood from everywhere takes bounded room, and every refusal is counted', async () => {
    const peers = 6000;
    for (let i = 0; i < peers; i++) recorder.peerRefused('smtp', `10.${i >> 8}.${i & 255}.1`, 'relayDenied');
    await recorder.flush();
    const counts = (await stored()).map(({ data }) => data['count'] as number);
    assert.equal(
      counts.reduce((a, b) => a + b),
      peers,
    );
    assert.ok(counts.length <= 5001, `${counts.length} facts`);
  });

  test('many recipients are divided', async () => {
    recorder.mailRefused({ ...mail, accounts: Array.from({ length: 1200 }, (_, i) => uuidOf(i)) });
    await recorder.flush();
    assert.deepEqual(
      (await stored()).map(({ data }) => (data['accounts'] as string[]).length),
      [500, 500, 200],
    );
  });

  test('a stream a day', async () => {
    recorder.mailRefused(mail);
    await recorder.flush();
    setNowMs(nowMs + 24 * 3_600_000);
    recorder.mailRefused(mail);
    await recorder.flush();
    assert.equal(new Set((await stored()).map(({ stream }) => stream)).size, 2);
  });
});
