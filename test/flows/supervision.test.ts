/** Rules put mail before supervisors, who review it: by submission, SMTP, JMAP and the command line of the real server. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { buyer } from '../support/approval-house.ts';
import { countInInbox } from '../support/delivered-mail.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { JmapClient } from '../support/jmap-client.ts';
import { addressOf, lookAgainMs, passwordOf } from '../support/real-server.ts';
import { everything, SupervisionHouse } from '../support/supervision-house.ts';

flowOnEveryLog('supervision', { timeout: 300_000 }, (openLog) => {
  let company: SupervisionHouse;

  before(async () => {
    company = await SupervisionHouse.open(await openLog());
  });
  after(() => company?.close());

  const submit = (...args: Parameters<SupervisionHouse['house']['submit']>) => company.house.submit(...args);

  test('MON-01: what comes and what goes is put before the designated people, each way for itself', async () => {
    const to = { to: [addressOf('chen'), addressOf('zhao')] };
    await company.under(to, { ...everything, scope: { direction: 'sent' } }, async () => {
      const [arrived, sent] = [await company.arrive(['wang']), await submit([buyer])];
      assert.deepEqual(await company.supervisorsOf(sent, 2), ['chen', 'zhao']);
      await company.assertNobodySupervises(arrived, sent);
    });
    await company.under(to, { ...everything, scope: { direction: 'received' } }, async () => {
      const [sent, arrived] = [await submit([buyer]), await company.arrive(['wang'])];
      assert.deepEqual(await company.supervisorsOf(arrived, 2), ['chen', 'zhao']);
      await company.assertNobodySupervises(sent, arrived);
    });
  });

  test('MON-02: mailing-list mail is left out where the rule says so; the copy is marked by the name of its rule', async () => {
    const except = [{ test: 'header', name: 'List-Id' }];
    const changed = { ...everything, name: '存档', scope: { direction: 'received' }, except };
    await company.under({ to: [addressOf('chen')] }, changed, async () => {
      const list = await company.arrive(['wang'], 'news', 'List-Id: <news.out.example>\r\n');
      const mail = await company.arrive(['wang'], 'offer');
      const [copy] = await company.copiesOf(mail);
      assert.deepEqual([copy!.reasons, copy!.subject], [['存档'], 'offer']);
      await company.assertNobodySupervises(list, mail);
    });
  });

  test('MON-04: a configuration has a name, a scope and conditions; its end is the end of the copies', async () => {
    const changed = { name: '合同监督', scope: { domains: ['acme.example'], direction: 'sent' } };
    const supervised = await company.under({ to: [addressOf('chen')] }, changed, async () => {
      const [other, message] = [await submit([buyer], { subject: 'x' }), await submit([buyer])];
      await company.assertNobodySupervises(other, message);
      return message;
    });
    const [copy] = await company.copiesOf(supervised);
    assert.deepEqual(
      [copy!.reasons, copy!.people, copy!.subject, copy!.state],
      [['合同监督'], [addressOf('wang')], '合同', 'waiting'],
    );
    const later = await submit([buyer]);
    await company.under({}, everything, async () => {
      await company.assertNobodySupervises(later, await submit([buyer]));
    });
  });

  test('MON-05: several conditions, and many supervisors at once by a group', async () => {
    await company.server.muniment(
      ...['group', 'add', addressOf('watch'), addressOf('chen'), addressOf('zhao'), addressOf('li')],
    );
    const when = {
      all: [
        { test: 'address', in: ['envelopeRecipient'], match: ['@out.example'] },
        { test: 'text', in: ['subject'], words: ['合同'] },
      ],
    };
    await company.under({ to: [addressOf('watch')] }, { when }, async () => {
      const [inside, both] = [await submit([addressOf('zhao')]), await submit([buyer])];
      assert.deepEqual(await company.supervisorsOf(both, 3), ['chen', 'li', 'zhao']);
      await company.assertNobodySupervises(inside, both);
    });
  });

  test('MON-06: supervisors are people here; anybody else is refused with the rule', async () => {
    const outside = { do: 'copyToSupervisors', to: [addressOf('li'), buyer] };
    await assert.rejects(company.house.publish(outside), /buyer@out\.example/);
    const unknown = { do: 'copyToSupervisors', to: [addressOf('nobody')] };
    await assert.rejects(company.house.publish(unknown), /nobody@acme\.example/);
    await company.under({ to: [addressOf('li'), addressOf('chen')] }, {}, async () => {
      const message = await submit([buyer]);
      assert.deepEqual(await company.supervisorsOf(message, 2), ['chen', 'li']);
      for (const name of ['li', 'chen']) assert.equal(await countInInbox(company.server, name), 0);
    });
  });

  test('MON-07: by addresses in the header, and of internal or external mail alone', async () => {
    const when = { test: 'address', in: ['to'], match: [addressOf('zhao'), buyer] };
    await company.under({}, { when, scope: { direction: 'sent', traffic: 'internal' } }, async () => {
      const [outside, inside] = [await submit([buyer]), await submit([addressOf('zhao')])];
      assert.deepEqual(await company.supervisorsOf(inside), ['li']);
      await company.assertNobodySupervises(outside, inside);
    });
    await company.under({}, { when, scope: { direction: 'sent', traffic: 'external' } }, async () => {
      const [inside, outside] = [await submit([addressOf('zhao')]), await submit([buyer])];
      assert.deepEqual(await company.supervisorsOf(outside), ['li']);
      await company.assertNobodySupervises(inside, outside);
    });
  });

  test('MON-08: some people alone, whichever way they send', async () => {
    const scope = { people: [addressOf('wang')], direction: 'sent' };
    await company.under({}, { ...everything, scope }, async () => {
      const other = await submit([buyer], { by: 'zhao' });
      await sendByJmap('wang');
      const copies = async () => (await company.listed()).filter(({ subject }) => subject === 'by JMAP');
      const behind = await submit([buyer]);
      await company.assertNobodySupervises(other, behind);
      const [copy, ...more] = await copies();
      assert.equal(more.length, 0);
      assert.equal(copy!.supervisorAddress, addressOf('li'));
    });
  });

  async function sendByJmap(name: string): Promise<void> {
    const jmap = await JmapClient.signIn(company.server.ports.http, addressOf(name), passwordOf(name));
    const { list: mailboxes } = await jmap.call('Mailbox/get', { ids: null });
    const drafts = mailboxes.find((each: { role: string }) => each.role === 'drafts').id as string;
    const { list: identities } = await jmap.call('Identity/get', { ids: null });
    const mail = {
      mailboxIds: { [drafts]: true },
      from: [{ name: null, email: addressOf(name) }],
      to: [{ name: null, email: buyer }],
      subject: 'by JMAP',
      bodyValues: { t: { value: 'hello' } },
      textBody: [{ partId: 't' }],
    };
    const [, [, submitted]] = (await jmap.calls(
      ['Email/set', { create: { m: mail } }],
      ['EmailSubmission/set', { create: { s: { identityId: identities[0].id, emailId: '#m' } } }],
    )) as [unknown, [string, { created?: unknown }]];
    assert.ok(submitted.created, JSON.stringify(submitted));
  }

  test('MON-09: a leader sees the department, the general manager the leaders', async () => {
    await company.under({}, { ...everything, scope: { direction: 'sent' } }, async () => {
      const [byStaff, byLeader, byTop, last] = [
        await submit([buyer], { by: 'wang' }),
        await submit([buyer], { by: 'li' }),
        await submit([buyer], { by: 'chen' }),
        await submit([buyer], { by: 'wang' }),
      ];
      assert.deepEqual(await company.supervisorsOf(byStaff), ['li']);
      assert.deepEqual(await company.supervisorsOf(byLeader), ['chen']);
      await company.assertNobodySupervises(byTop, last);
    });
  });

  test('MON-13: a rule of one domain is about no other', async () => {
    await company.server.muniment('domain', 'add', 'beta.example');
    await company.server.muniment('account', 'add', 'ma@beta.example', '--password', passwordOf('ma'));
    const scope = { domains: ['beta.example'] };
    await company.under({ to: [addressOf('chen')] }, { ...everything, scope }, async () => {
      const [other, ours] = [await submit([buyer]), await submit(['ma@beta.example'])];
      const [copy] = await company.copiesOf(ours);
      assert.deepEqual(copy!.people, ['ma@beta.example']);
      await company.assertNobodySupervises(other, ours);
    });
  });

  test('a review is an act of its own: with its outcome and note, by the supervisor alone, once', async () => {
    const message = await company.under({}, everything, () => submit([buyer]));
    await company.copiesOf(message);
    const review = (by: string, ...more: string[]) =>
      company.server.verb(...['supervision', 'review', message, '--by', addressOf(by), '--outcome', ...more]);
    assert.match((await review('chen', 'in-order')).stdout, /Somebody else supervises/);
    assert.match((await review('li', 'objection')).stderr, /--note is missing/);
    assert.equal((await review('li', 'objection', '--note', '价格未批')).code, 0);
    assert.match((await review('li', 'in-order')).stdout, /reviewed already/);
    const [copy] = (await company.listed('--reviewed')).filter((each) => each.message === message);
    assert.deepEqual([copy!.outcome, copy!.note, copy!.state], ['objection', '价格未批', 'reviewed']);
    assert.ok(!(await company.listed()).some((each) => each.message === message));
  });

  test('held mail is supervised too, and two rules make one copy', async () => {
    const hold = { do: 'holdForApproval', reviewer: 'leader', deadlineHours: 24, atDeadline: 'return' };
    const held = await company.house.publish(hold);
    const first = await company.house.publish({ do: 'copyToSupervisors', to: [addressOf('li')] });
    const message = await company.under({}, everything, () => submit([buyer]));
    for (const rule of [held, first]) await company.house.withdraw(rule);
    assert.equal((await company.house.untilHeld(message)).state, 'waiting');
    const [copy, ...more] = await company.copiesOf(message);
    assert.equal(more.length, 0);
    assert.equal(copy!.reasons.length, 2);
  });

  test('what a supervisor who leaves has not reviewed goes to whoever is above', async () => {
    const message = await company.under({}, everything, () => submit([buyer]));
    assert.deepEqual(await company.supervisorsOf(message), ['li']);
    await company.server.muniment('account', 'freeze', addressOf('li'), '--reason', 'has left');
    while ((await company.supervisorsOf(message))[0] !== 'chen') await sleep(lookAgainMs);
    const later = await company.under({}, everything, () => submit([buyer]));
    assert.deepEqual(await company.supervisorsOf(later), ['chen']);
    await company.server.muniment('account', 'unfreeze', addressOf('li'));
  });

  test('the list can be made anew, and the log is whole', async () => {
    const before = await company.listed('--all');
    assert.ok(before.length > 10);
    await company.server.muniment('rebuild', 'supervision');
    assert.deepEqual(await company.listed('--all'), before);
    assert.equal((await company.server.verb('verify')).code, 0);
  });
});
