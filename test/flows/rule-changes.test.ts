/** Rules change mail, and tell people of it: what was accepted, approved, derived and sent hangs together without a gap. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ApprovalHouse, buyer } from '../support/approval-house.ts';
import { simpleDecoded } from '../support/decoded-mail.ts';
import { deliver, inboxWith } from '../support/delivered-mail.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { runWell } from '../support/programs.ts';
import { addressOf } from '../support/real-server.ts';

const evidence = fileURLToPath(new URL('../../services/ledger/verify.py', import.meta.url));
const disclaimer = { do: 'appendDisclaimer', text: '本邮件含商业秘密。' };
const hold = { do: 'holdForApproval', reviewer: addressOf('li'), deadlineHours: 24, atDeadline: 'return' };
const actions = (...each: readonly object[]) => ({ actions: each });

flowOnEveryLog('rules change mail', { timeout: 300_000 }, (openLog) => {
  let house: ApprovalHouse;

  before(async () => {
    house = await ApprovalHouse.open(['wang', 'li', 'zhao', 'chen'], await openLog());
  });
  after(() => house?.close());

  const sent = (message: string) => house.untilStory(message, (types) => types.includes('DeliveryCompleted'));

  test('a disclaimer and a tag are in what leaves and in what people here read; the evidence shows how it follows', async () => {
    const rule = await house.publish(disclaimer, actions(disclaimer, { do: 'tagSubject', tag: '[密]' }));
    const message = await house.submit([buyer, addressOf('chen')]);
    assert.deepEqual((await sent(message)).slice(0, 3), [
      'MessageAccepted',
      'MailDerived',
      'RecipientsResolved',
    ]);
    for (const octets of [house.peer.taken.at(-1)!.octets, (await inboxWith(house.server, 'chen', 1))[0]!]) {
      const { subject, text } = simpleDecoded(octets);
      assert.equal(subject, '[密] 合同');
      assert.equal(text, '你好\r\n\r\n本邮件含商业秘密。\r\n');
    }
    const proof = join(house.server.data, 'changed.zip');
    await house.server.muniment('prove', message, '-o', proof);
    const { text } = simpleDecoded(Buffer.from(await runWell('unzip', ['-p', proof, 'mail.eml'])));
    assert.equal(text, '你好\r\n');
    assert.match(
      await runWell('python3', [evidence, proof]),
      /the mail that was accepted\n.*with the changes that rules made/,
    );
    assert.equal((await house.server.verb('verify')).code, 0);
    await house.withdraw(rule);
  });

  test('what is approved is what will leave: the decision binds to the derived octets', async () => {
    const rule = await house.publish(hold, actions(hold, disclaimer));
    const message = await house.submit([buyer]);
    const { octets } = await house.untilHeld(message);
    const facts = (await house.server.facts()).filter(({ stream }) => stream === `message-${message}`);
    const derived = facts.find(({ type }) => type === 'MailDerived')!;
    assert.equal(octets, derived.data['address']);
    assert.notEqual(octets, facts[0]!.data['address']);
    const { code } = await house.server.verb('approval', 'approve', message, '--by', addressOf('li'));
    assert.equal(code, 0);
    await sent(message);
    assert.match(simpleDecoded(house.peer.taken.at(-1)!.octets).text, /商业秘密/);
    const proof = join(house.server.data, 'approved.zip');
    await house.server.muniment('prove', message, '-o', proof);
    assert.match(
      await runWell('python3', [evidence, proof]),
      /with the changes that rules made[\s\S]*decided on the octets[\s\S]*what it took is mail\.eml/,
    );
    await house.withdraw(rule);
  });

  test('arriving mail is tagged as well; a second time not', async () => {
    const tag = { do: 'tagSubject', tag: '[外部]' };
    const rule = await house.publish(tag, { scope: { direction: 'received' }, when: undefined });
    const mail = (subject: string) => Buffer.from(`From: a@peer.example\r\nSubject: ${subject}\r\n\r\nx\r\n`);
    await deliver(house.server, 'zhao', [
      mail('Hello'),
      mail('Re: [=?utf-8?B?5aSW6YOo?=]'),
      mail('Re: [外部] Hello'),
    ]);
    const subjects = (await inboxWith(house.server, 'zhao', 3)).map((each) => simpleDecoded(each).subject);
    assert.equal(subjects[0], '[外部] Hello');
    assert.equal(subjects[2], 'Re: [外部] Hello');
    await house.withdraw(rule);
  });

  test('signed mail goes on as it was written, and the trace says why', async () => {
    const rule = await house.publish(disclaimer);
    const more = 'MIME-Version: 1.0\r\nContent-Type: multipart/signed; boundary=b\r\n';
    const message = await house.submit([buyer], { more });
    await sent(message);
    assert.doesNotMatch(house.peer.taken.at(-1)!.octets.toString(), /5pys6YKu|商业秘密/);
    const { steps } = await house.trace(message);
    const [omitted] = steps.filter(({ type }) => type === 'ChangeOmitted') as unknown as {
      detail: unknown;
    }[];
    assert.deepEqual(omitted!.detail, {
      rule,
      ruleVersion: 1,
      action: 'appendDisclaimer',
      because: 'signed',
    });
    await house.withdraw(rule);
  });

  test('people are told of a mail by rule: named ones, the leader and the sender, also of one that is refused', async () => {
    await house.server.muniment('department', 'add', '销售', '--leader', addressOf('li'));
    await house.server.muniment('department', 'assign', '销售', addressOf('wang'));
    const notify = { do: 'notify', to: [addressOf('zhao'), 'leader', 'sender'], text: '请复核。\n当天。' };
    const rule = await house.publish(notify);
    const message = await house.submit([buyer]);
    await sent(message);
    const notices = [
      (await inboxWith(house.server, 'zhao', 4)).at(-1)!,
      (await inboxWith(house.server, 'li', 2)).at(-1)!,
      (await inboxWith(house.server, 'wang', 3)).at(-1)!,
    ];
    for (const notice of notices) {
      const { subject, text } = simpleDecoded(notice);
      assert.match(subject, /rule \d+: 合同$/);
      assert.match(
        text,
        /请复核。\r\n当天。\r\n[\s\S]*From: wang@acme\.example\r\nTo: buyer@out\.example\r\nSubject: 合同/,
      );
      assert.match(notice.toString(), /^Auto-Submitted: auto-generated\r$/m);
    }
    await house.withdraw(rule);
    const refusing = await house.publish(notify, actions(notify, { do: 'refuse', text: 'no' }));
    await assert.rejects(house.submit([buyer]), /not accepted: 550 .*no/);
    const told = simpleDecoded((await inboxWith(house.server, 'zhao', 5)).at(-1)!);
    assert.match(told.text, /The mail was refused\./);
    await house.withdraw(refusing);
    const unknown = house.publish({ ...notify, to: ['nobody@acme.example'] });
    await assert.rejects(unknown, /nobody@acme\.example/);
  });

  test('all of it is there after a restart, and holds', async () => {
    await house.server.stop();
    await house.server.start();
    const [mail] = await inboxWith(house.server, 'chen', 1);
    assert.equal(simpleDecoded(mail!).subject, '[密] 合同');
    assert.equal((await house.server.verb('verify')).code, 0);
  });
});
