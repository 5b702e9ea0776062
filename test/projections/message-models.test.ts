import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { deliveryId, queueDelivery } from '../../services/domain/delivery.ts';
import type { DraftEvent } from '../../services/domain/event.ts';
import { fileMessages } from '../../services/domain/mailstore-messages.ts';
import { type AcceptedMessage, acceptMessage, noJudgements } from '../../services/domain/message.ts';
import { isRefusal } from '../../services/domain/refusals.ts';
import { uuidOf } from '../support/given-when-then.ts';
import { MailstoreBench } from '../support/mailstore-bench.ts';
import { ModelsHouse } from './models-house.ts';

let house: ModelsHouse;
const [wang, li] = [uuidOf(1), uuidOf(2)];
const accepted: AcceptedMessage = {
  source: 'smtp',
  frame: uuidOf(900),
  address: 'a'.repeat(64),
  blobOctets: 1000,
  traceText: 'Return-Path: <buyer@outside.example>\r\n',
  thread: uuidOf(901),
  submitter: null,
  normalised: false,
  recipients: [{ account: wang, address: 'wang@acme.example' }],
  mailbox: null,
  flags: 0,
  internalDateMs: 1_700_000_000_000,
  verdict: noJudgements,
  personal: {
    sha256: 'b'.repeat(64),
    returnPath: 'buyer@outside.example',
    peer: '192.0.2.1',
    helo: 'mx.outside.example',
    subject: 'Offer 合同 42',
    from: ['buyer@outside.example'],
    to: ['wang@acme.example', 'li@acme.example'],
    messageId: 'abc@outside.example',
    dateMs: null,
    authentication: null,
  },
};

beforeEach(async () => {
  house = await ModelsHouse.open();
});

afterEach(() => house.close());

function accept(n: number, over: Partial<AcceptedMessage> = {}): string {
  const message = uuidOf(1000 + n);
  house.append(`message-${message}`, ...acceptMessage({ ...accepted, ...over }));
  return message;
}

const bench = new MailstoreBench();

/** As the reaction files it: in the INBOX of a mailstore that has one. */
function file(
  account: string,
  messages: readonly string[],
  at?: number,
): { mailbox: string; firstUid: number } {
  const filings = messages.map((message) => bench.filing({ message }));
  const drafts = fileMessages(bench.state, filings);
  assert.ok(!isRefusal(drafts));
  bench.take(drafts);
  const stream = `mailstore-${account}`;
  if (at === undefined) house.append(stream, ...drafts);
  else house.appendAt(at, stream, ...drafts);
  const { mailbox, firstUid } = drafts[0]!.data;
  return { mailbox: mailbox as string, firstUid: firstUid as number };
}

function queue(message: string, ordinal: number): void {
  const draft: DraftEvent = queueDelivery(message, ordinal, 1040, 2_000_000_000_000, 'them@outside.example');
  house.append(`delivery-${deliveryId(message, ordinal)}`, draft);
}

describe('the trace of one mail', () => {
  test('who it was for, where it was filed, and every event in order', async () => {
    const recipients = [
      { account: wang, address: 'wang@acme.example' },
      { account: li, address: 'sales@acme.example' },
      { account: null, address: 'them@outside.example' },
      { account: uuidOf(3), address: 'zhao@acme.example' },
      { account: null, address: 'others@outside.example' },
    ];
    const message = accept(1, { recipients });
    accept(2);
    const filed = file(li, [message], 1_700_000_123_456);
    queue(message, 2);
    await house.settled();
    const trace = house.traces.trace(message)!;
    const { recipientList, steps, ...mail } = trace;
    assert.deepEqual(mail, {
      message,
      acceptedAtMs: 1_700_000_000_000,
      source: 'smtp',
      submitter: null,
      octets: 1000 + Buffer.byteLength(accepted.traceText),
      thread: accepted.thread,
      recipients: 5,
      returnPath: 'buyer@outside.example',
      subject: 'Offer 合同 42',
      messageId: 'abc@outside.example',
      from: 'buyer@outside.example',
      to: 'wang@acme.example, li@acme.example',
      peer: '192.0.2.1',
      helo: 'mx.outside.example',
    });
    const nothing = {
      filedAtMs: null,
      mailbox: null,
      uid: null,
      queuedAtMs: null,
      delivery: null,
      hold: null,
    };
    assert.deepEqual(recipientList.slice(0, 2), [
      { ordinal: 0, account: wang, address: 'wang@acme.example', ...nothing },
      {
        ...nothing,
        ordinal: 1,
        account: li,
        address: 'sales@acme.example',
        filedAtMs: 1_700_000_123_456,
        mailbox: filed.mailbox,
        uid: filed.firstUid,
      },
    ]);
    assert.deepEqual([recipientList[3]!.filedAtMs, recipientList[4]!.delivery], [null, null]);
    const remote = recipientList[2]!;
    assert.deepEqual(
      [remote.account, remote.delivery, remote.filedAtMs],
      [null, deliveryId(message, 2), null],
    );
    assert.ok(remote.queuedAtMs! > 0);
    assert.deepEqual(
      steps.map(({ type }) => type),
      ['MessageAccepted', 'RecipientsResolved', 'MessagesFiled', 'DeliveryQueued'],
    );
    assert.deepEqual(steps[2]!.detail, { mailbox: filed.mailbox, uid: filed.firstUid });
    assert.equal(steps[2]!.stream, `mailstore-${li}`);
    assert.ok(steps.every(({ position }, i) => i === 0 || position > steps[i - 1]!.position));
    await house.assertRebuildsAlike();
  });

  test('of a mail to many every recipient is there, in order', async () => {
    const recipients = Array.from({ length: 1201 }, (_, n) => ({
      account: uuidOf(5000 + n),
      address: `u${n}@acme.example`,
    }));
    const message = accept(1, { recipients });
    await house.settled();
    const trace = house.traces.trace(message)!;
    assert.deepEqual(
      trace.recipientList.map(({ address }) => address),
      recipients.map(({ address }) => address),
    );
    assert.equal(trace.steps.length, 4);
  });

  test('of mails filed together each has its own UID', async () => {
    const [one, two] = [accept(1), accept(2)];
    const { firstUid } = file(wang, [one, two]);
    await house.settled();
    const uidOf = (message: string) => house.traces.trace(message)!.recipientList[0]!.uid;
    assert.deepEqual([uidOf(one), uidOf(two)], [firstUid, firstUid + 1]);
  });

  test('of an unknown one there is none', () => {
    assert.equal(house.traces.trace(uuidOf(77)), null);
  });

  test('of one whose key is destroyed the facts stay, without the texts', async () => {
    const message = accept(1);
    house.log.destroyKey(`message-${message}`);
    file(wang, [message]);
    await house.settled();
    const trace = house.traces.trace(message)!;
    assert.deepEqual([trace.subject, trace.returnPath, trace.recipientList[0]!.address], ['', '', '']);
    assert.equal(trace.recipientList[0]!.account, wang);
    assert.equal(trace.steps.length, 3);
  });
});

describe('the search for mails', () => {
  async function threeMails(): Promise<string[]> {
    const personal = (subject: string, returnPath: string, messageId: string) => ({
      ...accepted.personal,
      subject,
      returnPath,
      messageId,
    });
    const ids = [
      accept(1, { personal: personal('Invoice 1', 'Buyer@Outside.example', 'one@x') }),
      accept(2, {
        personal: personal('invoice 2', 'other@outside.example', 'two@x'),
        recipients: [{ account: li, address: 'Li@acme.example' }],
      }),
      accept(3, { personal: personal('Re: Invoice', 'buyer@outside.example', 'three@x') }),
    ];
    await house.settled();
    return ids;
  }
  const found = (filter: Parameters<ModelsHouse['traces']['search']>[0]) =>
    house.traces.search(filter).map(({ message }) => message);

  test('by Message-ID, with or without brackets', async () => {
    const [, two] = await threeMails();
    assert.deepEqual(found({ messageId: 'two@x' }), [two]);
    assert.deepEqual(found({ messageId: '<two@x>' }), [two]);
    assert.deepEqual(found({ messageId: 'two' }), []);
  });

  test('by the beginning of sender, recipient and subject, newest first', async () => {
    const [one, two, three] = await threeMails();
    assert.deepEqual(found({ sender: 'buyer@' }), [three, one]);
    assert.deepEqual(found({ sender: 'BUYER@OUTSIDE.EXAMPLE' }), [three, one]);
    assert.deepEqual(found({ recipient: 'li@' }), [two]);
    assert.deepEqual(found({ subject: 'INVOICE' }), [two, one]);
    assert.deepEqual(found({ subject: 'invoice', sender: 'other' }), [two]);
    assert.deepEqual(found({ sender: 'nobody' }), []);
  });

  test('by time and in pages', async () => {
    const [one, two, three] = await threeMails();
    assert.deepEqual(found({}), [three, two, one]);
    assert.deepEqual(found({ limit: 2 }), [three, two]);
    assert.deepEqual(found({ limit: 2, after: two }), [one]);
    const [, second] = [...house.log.events]
      .filter(({ type }) => type === 'MessageAccepted')
      .map(({ at }) => at);
    assert.deepEqual(found({ fromMs: second }), [three, two]);
    assert.deepEqual(found({ untilMs: second }), [one]);
  });

  test('what is asked for is data, not a statement', async () => {
    await threeMails();
    for (const text of [`' OR 1=1 --`, '%', '_', '*']) {
      assert.deepEqual(found({ subject: text }), []);
      assert.deepEqual(found({ messageId: text }), []);
    }
  });
});

describe('nothing silent', () => {
  test('every recipient is in exactly one state', async () => {
    const recipients = [
      { account: wang, address: 'wang@acme.example' },
      { account: li, address: 'li@acme.example' },
      { account: null, address: 'a@outside.example' },
      { account: null, address: 'b@outside.example' },
    ];
    const one = accept(1, { recipients });
    const two = accept(2);
    accept(3, { recipients: [{ account: li, address: 'li@acme.example' }] });
    file(wang, [one, two]);
    queue(one, 2);
    await house.settled();
    assert.deepEqual(house.counters.counts(), {
      messages: 3,
      accepted: 6,
      underway: { accepted: 3, waiting: 0, queued: 1, held: 0 },
      finished: { bounced: 0, delivered: 2, returned: 0 },
      unaccounted: 0,
    });
    await house.assertRebuildsAlike();
  });

  test('who is stuck is named, oldest first; who is queued or young is not', async () => {
    const recipients = [
      { account: wang, address: 'wang@acme.example' },
      { account: null, address: 'a@outside.example' },
      { account: null, address: 'b@outside.example' },
    ];
    const one = accept(1, { recipients });
    const two = accept(2);
    queue(one, 2);
    await house.settled();
    const since = (message: string) =>
      house.log.events.find(({ stream }) => stream === `message-${message}`)!.at;
    const stuck = house.counters.stuck(Number.MAX_SAFE_INTEGER, 10);
    assert.deepEqual(
      stuck.map(({ message, ordinal, account }) => [message, ordinal, account]),
      [
        [one, 0, wang],
        [one, 1, null],
        [two, 0, wang],
      ],
    );
    assert.deepEqual(house.counters.stuck(Number.MAX_SAFE_INTEGER, 1).length, 1);
    assert.deepEqual(
      house.counters.stuck(since(two), 10).map(({ message }) => message),
      [one, one],
    );
    file(wang, [one]);
    await house.settled();
    assert.deepEqual(
      house.counters.stuck(since(two), 10).map(({ account }) => account),
      [null],
    );
  });

  test('a mail filed a second time counts once', async () => {
    const one = accept(1);
    file(wang, [one]);
    file(wang, [one]);
    await house.settled();
    assert.deepEqual(house.counters.counts().finished, { bounced: 0, delivered: 1, returned: 0 });
    assert.equal(house.counters.counts().unaccounted, 0);
  });

  test('a recipient whose event is missing is missed', async () => {
    const [message] = acceptMessage({ ...accepted });
    house.append(`message-${uuidOf(9)}`, message!);
    await house.settled();
    assert.equal(house.counters.counts().unaccounted, 1);
  });
});
