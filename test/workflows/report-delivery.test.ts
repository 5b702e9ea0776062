/** Who is told of what became of a mail, in which language, and that nobody is told twice. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { type DeliveryCommand, deliveryId } from '../../services/domain/delivery.ts';
import type { LoggedEvent } from '../../services/domain/event.ts';
import { WrongExpectedRevision } from '../../services/event-store/event-store.ts';
import type { IncomingMail, Intake } from '../../services/intake.ts';
import { ReportDelivery } from '../../services/workflows/report-delivery.ts';
import { DeliveryHouse } from '../delivery/delivery-house.ts';
import { uuidOf } from '../support/given-when-then.ts';

const host = 'mx.out.example [192.0.2.1]';
const refused = { host, class: 'noSuchUser', code: 550, reply: '550 5.1.1 user unknown' } as const;
const fail: DeliveryCommand = { kind: 'fail', ...refused };
const [wang, admin] = [uuidOf(1), uuidOf(2)];

interface Report {
  readonly mail: IncomingMail;
  readonly text: string;
}

/** Takes reports as the intake does: each id once. */
class Reports implements Intake {
  readonly filed: Report[] = [];
  tries = 0;

  begin(): ReturnType<Intake['begin']> {
    let text = '';
    return {
      write: (octets) => {
        text += Buffer.from(octets).toString();
      },
      finish: async (mail) => {
        this.tries++;
        if (this.filed.some((each) => each.mail.message === mail.message))
          throw new WrongExpectedRevision('message', 'absent', 0);
        this.filed.push({ mail, text });
        return { message: mail.message!, leaf: 0, octets: text.length };
      },
      abort: () => {},
    };
  }
}

async function houseWith(t: TestContext, delayAfterMs = 3_600_000) {
  const house = await DeliveryHouse.open(t);
  const reports = new Reports();
  const reaction = new ReportDelivery({
    log: {
      first: async (stream) => (await eventsOf(house, stream))[0] ?? null,
      readPage: (stream) => eventsOf(house, stream),
    },
    mails: house.mails,
    directory: {
      resolve: async (address) => {
        if (address === 'postmaster') return local(admin);
        if (address.endsWith('@out.example')) return { kind: 'remote', domain: 'out.example' };
        return address === 'wang@acme.example' ? local(wang) : { kind: 'unknown', domain: uuidOf(9) };
      },
    },
    intake: reports,
    hostname: 'mail.acme.example',
    language: 'en',
    delayAfterMs,
  });
  const told = async (message: string): Promise<readonly Report[]> => {
    const events = await eventsOf(house, `delivery-${deliveryId(message, 0)}`);
    await reaction.handle(events.filter(({ type }) => reaction.types.has(type)));
    return reports.filed;
  };
  return { house, reports, told };
}

function local(account: string) {
  return {
    kind: 'local',
    domain: uuidOf(9),
    recipients: [{ account, reason: 'direct' }],
    frozenMembers: [],
  } as const;
}

async function eventsOf(house: DeliveryHouse, stream: string): Promise<LoggedEvent[]> {
  const events = await house.sealed.readStream(stream, 0, 100);
  await house.sealed.prepare(events);
  return events;
}

describe('reports', () => {
  test('a failure goes to its sender, from the null sender, with the header of the mail', async (t) => {
    const { house, told } = await houseWith(t);
    const message = await house.accept(['a@out.example'], { subject: 'offer' });
    await house.given(message, 0, fail);
    const [report] = await told(message);
    assert.equal(report!.mail.returnPath, '');
    assert.equal(report!.mail.source, 'report');
    assert.deepEqual(report!.mail.recipients, [{ account: wang, address: 'wang@acme.example' }]);
    assert.match(report!.text, /^To: <wang@acme\.example>\r$/m);
    assert.match(report!.text, /Diagnostic-Code: smtp; 550 5\.1\.1 user unknown\r\n/);
    assert.match(
      report!.text,
      /Content-Type: text\/rfc822-headers[\s\S]*\r\n\r\nFrom: <wang@acme\.example>\r\nSubject: offer\r\n/,
    );
    assert.doesNotMatch(report!.text, /\.hidden|Return-Path/);
  });

  test('in the language that the mail names', async (t) => {
    const { house, told } = await houseWith(t);
    const blob = Buffer.from(
      'From: <wang@acme.example>\r\nAccept-Language: zh-TW, en\r\nMessage-ID: <1@x>\r\n\r\nx\r\n',
    );
    const message = await house.accept(['a@out.example'], { blob });
    await house.given(message, 0, fail);
    const [report] = await told(message);
    assert.ok(report!.text.includes(Buffer.from('郵件投遞').toString('base64')));
    assert.match(report!.text, /^In-Reply-To: <1@x>\r$/m);
  });

  test('a repeat tells nobody twice', async (t) => {
    const { house, reports, told } = await houseWith(t);
    const message = await house.accept(['a@out.example']);
    await house.given(message, 0, fail);
    await told(message);
    await told(message);
    assert.deepEqual([reports.filed.length, reports.tries], [1, 2]);
  });

  test('of mail from the null sender, and of senders that are no more, postmaster is told', async (t) => {
    const { house, told } = await houseWith(t);
    for (const sender of ['', 'left@acme.example']) {
      const message = await house.accept(['a@out.example'], { sender });
      await house.given(message, 0, fail);
      const report = (await told(message)).at(-1)!;
      assert.deepEqual(report.mail.recipients, [{ account: admin, address: 'postmaster' }]);
      assert.match(report.text, /^To: <postmaster@mail\.acme\.example>\r$/m);
    }
  });

  test('a sender elsewhere is told there', async (t) => {
    const { house, told } = await houseWith(t);
    const message = await house.accept(['a@out.example'], { sender: 'b@out.example' });
    await house.given(message, 0, fail);
    const [report] = await told(message);
    assert.deepEqual(report!.mail.recipients, [{ account: null, address: 'b@out.example' }]);
  });

  test('where somebody ended it, the reason is told; of a redirected one the address that was tried', async (t) => {
    const { house, told } = await houseWith(t);
    const message = await house.accept(['a@out.example']);
    await house.given(message, 0, { kind: 'redirect', recipient: 'z@out.example', reason: '' });
    await house.given(message, 0, { kind: 'cancel', reason: 'wrong attachment' });
    const [report] = await told(message);
    assert.match(report!.text, /Final-Recipient: rfc822; z@out\.example/);
    const text = /base64\r\n\r\n([\w+/=\r\n]+)/.exec(report!.text)![1]!;
    assert.match(Buffer.from(text, 'base64').toString(), /wrong attachment/);
  });

  test('of an erased mail nobody is told', async (t) => {
    const { house, told } = await houseWith(t);
    const message = await house.accept(['a@out.example']);
    await house.given(message, 0, fail);
    house.forget(message);
    assert.deepEqual(await told(message), []);
  });
});

describe('delays', () => {
  const defer: DeliveryCommand = {
    kind: 'defer',
    nextAttemptAt: 1,
    ...refused,
    class: 'temporary',
    code: 451,
  };

  test('are told once, and only when they are long', async (t) => {
    const { house, told } = await houseWith(t);
    const soon = await house.accept(['a@out.example']);
    await house.given(soon, 0, defer);
    assert.deepEqual(await told(soon), []);
    const late = await houseWith(t, 0);
    const message = await late.house.accept(['a@out.example']);
    await late.house.given(message, 0, defer);
    await late.house.given(message, 0, defer);
    const reports = await late.told(message);
    assert.equal(reports.length, 1);
    assert.match(reports[0]!.text, /Action: delayed\r\n/);
  });

  test('of mail from the null sender nobody is told', async (t) => {
    const { house, told } = await houseWith(t, 0);
    const message = await house.accept(['a@out.example'], { sender: '' });
    await house.given(message, 0, defer);
    assert.deepEqual(await told(message), []);
  });
});
