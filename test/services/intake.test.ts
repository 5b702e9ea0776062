/** The intake over the real stores: what is kept, what is said of it, and what a refusal leaves behind. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { acceptedFacts } from '../../services/accepted-facts.ts';
import { checkDraft } from '../../services/domain/check-draft.ts';
import { nilUuid } from '../../services/domain/message.ts';
import { isRefusal, type RefusalCode } from '../../services/domain/refusals.ts';
import { AppendRefused, StorageFull } from '../../services/event-store/event-store.ts';
import type { AcceptedMail, IncomingMail, Intake, IntakePermit } from '../../services/intake.ts';
import type { IntakeParts, IntakeSettings } from '../../services/keep-mail.ts';
import type { MailFacts } from '../../services/mail/facts.ts';
import { uuidOf } from '../support/given-when-then.ts';
import { IntakeHouse } from '../support/intake-house.ts';
import { ownPermit, strangersPermit } from '../support/permits.ts';

const fromOutside: IncomingMail = {
  source: 'smtp',
  returnPath: 'buyer@outside.example',
  recipients: [
    { account: uuidOf(1), address: 'wang@acme.example' },
    { account: uuidOf(2), address: 'all@acme.example' },
  ],
  submitterAddress: null,
  peer: { address: '192.0.2.1', helo: 'mail.outside.example', with: 'ESMTP', tls: null },
  mailbox: null,
  flags: 0,
  internalDateMs: null,
  normalised: false,
};
const submitted: IncomingMail = {
  ...fromOutside,
  source: 'submission',
  submitterAddress: 'wang@acme.example',
};

let house: IntakeHouse;

before(async () => {
  house = await IntakeHouse.open();
});
after(() => house.close());

function permitFor({ source }: IncomingMail): IntakePermit {
  if (source === 'submission') return ownPermit('sendMail', uuidOf(1));
  return source === 'append' ? ownPermit('changeMail', uuidOf(1)) : strangersPermit();
}

async function handIn(octets: string | Buffer, mail: IncomingMail = fromOutside, intake?: Intake) {
  const arrival = (intake ?? (await house.intakeWith())).begin(permitFor(mail));
  const whole = Buffer.from(octets);
  for (let at = 0; at < whole.length; at += 50_000) await arrival.write(whole.subarray(at, at + 50_000));
  return arrival.finish(mail);
}

async function accepted(
  octets: string | Buffer,
  mail?: IncomingMail,
  intake?: Intake,
): Promise<AcceptedMail> {
  const outcome = await handIn(octets, mail, intake);
  assert.ok(!isRefusal(outcome), JSON.stringify(outcome));
  return outcome;
}

describe('an accepted mail', () => {
  const mail = Buffer.from(
    'From: Buyer <buyer@outside.example>\r\nTo: wang@acme.example\r\nCc: x@other.example\r\n' +
      'Message-ID: <m1@outside.example>\r\nSubject: =?utf-8?B?5ZCI5ZCM?=\r\nDate: Thu, 5 Nov 2026 07:08:09 +0000\r\n\r\nbody\r\n',
  );

  test('is an event with its recipients behind it, and its octets come out exactly', async () => {
    const { message, leaf, octets } = await accepted(mail);
    const [first, recipients, ...more] = await house.eventsOf(message);
    assert.equal(more.length, 0);
    assert.equal(first!.position, leaf);
    assert.equal(first!.actor, 'peer');
    for (const event of [first!, recipients!]) assert.deepEqual(checkDraft('message', event), []);
    const { data, personal } = first!;
    assert.equal(data['source'], 'smtp');
    assert.equal(data['blobOctets'], mail.length);
    assert.equal(octets, mail.length + (data['traceOctets'] as number));
    const { trace, judgements, ...facts } = personal as Record<string, string>;
    assert.deepEqual([judgements, data['rules'], data['ruleVersions']], [[], [], []]);
    assert.match(
      trace!,
      new RegExp(`^Return-Path: <buyer@outside\\.example>\r\nReceived: from [^]*\\sid ${message};\\s`),
    );
    assert.ok(!trace!.includes('X-Authenticated-Sender'));
    assert.deepEqual(facts, {
      sha256: createHash('sha256').update(mail).digest('hex'),
      returnPath: 'buyer@outside.example',
      peer: '192.0.2.1',
      helo: 'mail.outside.example',
      subject: '合同',
      from: ['buyer@outside.example'],
      to: ['wang@acme.example', 'x@other.example'],
      messageId: 'm1@outside.example',
      dateMs: Date.UTC(2026, 10, 5, 7, 8, 9),
      authentication: null,
    });
    assert.deepEqual(recipients!.data['accounts'], [uuidOf(1), uuidOf(2)]);
    assert.equal(recipients!.data['sizeOctets'], octets);
    assert.deepEqual(recipients!.personal, { addresses: ['wang@acme.example', 'all@acme.example'] });
    assert.deepEqual(await house.blobOf(message), mail);
  });

  test('with the octets of another is a message of its own in the same frame', async () => {
    const [one, two] = await Promise.all([accepted(mail), accepted(mail)]);
    assert.notEqual(one.message, two.message);
    const frames = await Promise.all(
      [one, two].map(async ({ message }) => (await house.eventsOf(message))[0]!.data['frame']),
    );
    assert.equal(frames[0], frames[1]);
    assert.deepEqual(await house.blobOf(two.message), mail);
  });

  test('of a submission names who signed in (RCV-21)', async () => {
    const { message } = await accepted('From: wang@acme.example\r\n\r\n', {
      ...submitted,
      recipients: [{ account: null, address: 'x@other.example' }],
    });
    const [first, recipients] = await house.eventsOf(message);
    assert.equal(first!.actor, `account-${uuidOf(1)}`);
    assert.equal(first!.data['submitter'], uuidOf(1));
    assert.match(String(first!.personal!['trace']), /\r\nX-Authenticated-Sender: wang@acme\.example\r\n$/);
    assert.deepEqual(recipients!.data['accounts'], [nilUuid]);
  });

  test('of APPEND has no trace, and keeps mailbox, flags and date', async () => {
    const append = { source: 'append', mailbox: uuidOf(9), flags: 17, internalDateMs: 1234 } as const;
    const { message, octets } = await accepted('x\r\n', { ...submitted, ...append });
    const [first, recipients] = await house.eventsOf(message);
    assert.equal(first!.data['traceOctets'], 0);
    assert.equal(octets, 3);
    const { mailbox, flags, internalDate } = recipients!.data;
    assert.deepEqual([mailbox, flags, internalDate], [uuidOf(9), 17, 1234]);
  });

  test('of more than 8 MiB, and an empty one', async () => {
    const large = Buffer.alloc(9_000_000, `${'0123456789abcdef'.repeat(4)}\r\n`);
    for (const octets of [large, Buffer.alloc(0)]) {
      const { message } = await accepted(octets);
      assert.ok((await house.blobOf(message)).equals(octets));
    }
  });

  test('for 5,000 recipients is one append', async () => {
    const recipients = Array.from({ length: 5000 }, (_, i) => ({
      account: uuidOf(i),
      address: 'everybody@acme.example',
    }));
    const { message } = await accepted('x\r\n', { ...fromOutside, recipients });
    const events = await house.eventsOf(message);
    assert.equal(events.length, 11);
    assert.deepEqual(
      events.slice(1).map(({ data }) => data['firstOrdinal']),
      [0, 500, 1000, 1500, 2000, 2500, 3000, 3500, 4000, 4500],
    );
  });

  test('belongs to the thread of its first reference, or to its own', async () => {
    const threadOf = async (header: string) =>
      (await house.eventsOf((await accepted(`${header}\r\n\r\n`)).message))[0]!.data['thread'];
    const root = await threadOf('Message-ID: <root@x.example>');
    assert.equal(
      await threadOf('References: <root@x.example> <b@x.example>\r\nMessage-ID: <c@x.example>'),
      root,
    );
    assert.equal(await threadOf('In-Reply-To: <root@x.example>'), root);
    const alone = [await threadOf('Subject: a'), await threadOf('Subject: a')];
    assert.equal(new Set([root, ...alone]).size, 3);
    assert.equal(String(root)[14], '8');
  });
});

describe('a refusal', () => {
  const cases: readonly [
    name: string,
    mail: string,
    incoming: IncomingMail,
    settings: Partial<IntakeSettings>,
    code: RefusalCode,
  ][] = [
    ['too many hops (RCV-13)', `${'Received: from x\r\n'.repeat(51)}\r\n`, fromOutside, {}, 'tooManyHops'],
    ['too large', 'x\r\n', fromOutside, { maxMessageOctets: 2 }, 'messageTooLarge'],
    ['8-bit header', 'Subject: \xe4\r\n\r\n', fromOutside, { refuse8bitHeaders: true }, 'messageMalformed'],
    ['no From', 'Subject: x\r\n\r\n', fromOutside, { requireFrom: true }, 'messageMalformed'],
    ['a foreign From (RCV-20)', 'From: li@acme.example\r\n\r\n', submitted, {}, 'senderNotPermitted'],
    [
      'one foreign From of two',
      'From: wang@acme.example, li@acme.example\r\n\r\n',
      submitted,
      {},
      'senderNotPermitted',
    ],
    [
      'a foreign Sender',
      'From: wang@acme.example\r\nSender: li@acme.example\r\n\r\n',
      submitted,
      {},
      'senderNotPermitted',
    ],
  ];
  for (const [name, mail, incoming, settings, code] of cases) {
    test(`for ${name} keeps nothing and makes no key`, async () => {
      const keysMade: string[] = [];
      const keys = new Proxy(house.stores.keys, {
        get: (target, member) => {
          if (member === 'holdFrame') keysMade.push('a frame was held');
          const value = Reflect.get(target, member);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
      const head = await house.stores.log.head();
      const intake = await house.intakeWith({ keys }, settings);
      // Once so large that its frame is a file while it is judged.
      for (const octets of [mail, `${mail}${'padding\r\n'.repeat(1_100_000)}`]) {
        const outcome = await handIn(Buffer.from(octets, 'latin1'), incoming, intake);
        assert.ok(isRefusal(outcome));
        assert.equal(outcome.refused, code);
      }
      assert.equal(await house.stores.log.head(), head);
      assert.deepEqual(keysMade, []);
      assert.deepEqual(readdirSync(house.stores.blobs.incoming), []);
    });
  }

  test('a permitted From, and any where the check is off', async () => {
    await accepted('From: Wang <wang@acme.example>\r\n\r\n', submitted);
    await accepted('Subject: no From at all\r\n\r\n', submitted);
    await accepted(
      'From: li@acme.example\r\n\r\n',
      submitted,
      await house.intakeWith({}, { headerSenderMustMatch: false }),
    );
  });

  test('where the disk is low, or a store has no space', async () => {
    const low = await house.intakeWith({ freeSpace: { isLow: () => true } });
    assert.deepEqual(await handIn('x\r\n', fromOutside, low), { refused: 'diskLow' });
    const blobs = new Proxy(house.stores.blobs, {
      get: (target, member) => {
        if (member === 'put') return () => Promise.reject(new StorageFull('no space for a frame'));
        const value = Reflect.get(target, member);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const full = await house.intakeWith({ blobs });
    assert.deepEqual(await handIn('never seen before\r\n', fromOutside, full), { refused: 'diskLow' });
  });
});

describe('what is not durable is not acknowledged', () => {
  test('finish waits for the append', async () => {
    let open: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const dispatcher: IntakeParts['dispatcher'] = {
      appendResolved: async (...append) => {
        await gate;
        return house.parts.dispatcher.appendResolved(...append);
      },
    };
    const order: string[] = [];
    const taken = accepted('x\r\n', fromOutside, await house.intakeWith({ dispatcher })).then(() =>
      order.push('accepted'),
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    order.push('durable');
    open();
    await taken;
    assert.deepEqual(order, ['durable', 'accepted']);
  });

  test('an append that fails is a failure, as is a directory that cannot answer', async () => {
    const dispatcher: IntakeParts['dispatcher'] = {
      appendResolved: async () => {
        throw new AppendRefused('for a test');
      },
    };
    await assert.rejects(handIn('x\r\n', fromOutside, await house.intakeWith({ dispatcher })), AppendRefused);
    const directory = {
      maySendAs: async () => {
        throw new Error('the log is away');
      },
    };
    const large = `From: wang@acme.example\r\n\r\n${'y\r\n'.repeat(3_000_000)}`;
    await assert.rejects(handIn(large, submitted, await house.intakeWith({ directory })), /the log is away/);
    assert.deepEqual(readdirSync(house.stores.blobs.incoming), []);
  });

  test('an arrival that is aborted leaves nothing', async () => {
    const head = await house.stores.log.head();
    const arrival = (await house.intakeWith()).begin(strangersPermit());
    await arrival.write(Buffer.alloc(9_000_000, 'z\r\n'));
    arrival.abort();
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(readdirSync(house.stores.blobs.incoming), []);
    assert.equal(await house.stores.log.head(), head);
  });
});

test('facts of the worst kind fit into an event', () => {
  const worst = '\u0001'.repeat(30_000) + '\ud800'.repeat(30_000);
  const facts = {
    subject: worst,
    from: [],
    to: [{ name: worst, address: '' }],
    cc: [],
    messageId: '',
    dateMs: null,
  };
  const sealed = acceptedFacts(
    { ...fromOutside, returnPath: 'a\u0007b' },
    'ab',
    facts as unknown as MailFacts,
  );
  assert.ok(Buffer.byteLength(JSON.stringify(sealed)) < 2 * 60_000 * 3 + 1000);
  assert.equal(sealed['returnPath'], 'a\ufffdb');
});
