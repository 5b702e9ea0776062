/** Mail is sent by JMAP (RFC 8621 §7) over the real server: to people here, and to a next hop that notes what it gets. */
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { exampleRule } from '../../services/docs/rules-page.ts';
import { inboxWith } from '../support/delivered-mail.ts';
import { DnsServer } from '../support/dns-server.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { type Answer, JmapClient } from '../support/jmap-client.ts';
import { NextHopPeer } from '../support/next-hop.ts';
import { addressOf, passwordOf, RealServer } from '../support/real-server.ts';

const gone = '550 5.1.1 no such user';

flowOnEveryLog('mail is sent by JMAP', { timeout: 120_000 }, (openLog) => {
  let peer: NextHopPeer;
  let dns: DnsServer;
  let server: RealServer;
  let li: JmapClient;
  let drafts: string;
  let sentBox: string;
  let identity: string;

  before(async () => {
    peer = await NextHopPeer.start({
      answer: (step, line) => (step === 'RCPT' && line.includes('gone@') ? gone : undefined),
    });
    dns = await DnsServer.start({ 'out.example': { a: ['127.0.0.1'] } });
    server = await RealServer.start(
      ['li', 'zhao', 'chen'],
      {
        MUNIMENT_DNS_SERVERS: dns.address,
        MUNIMENT_DELIVERY_PORT: String(peer.port),
        MUNIMENT_MAX_RECIPIENTS: '5',
      },
      await openLog(),
    );
    await server.muniment('account', 'freeze', addressOf('chen'));
    li = await JmapClient.signIn(server.ports.http, addressOf('li'), passwordOf('li'));
    const { list } = await li.call('Mailbox/get', { ids: null });
    const byRole = (role: string) => list.find((each: Answer) => each['role'] === role).id as string;
    [drafts, sentBox] = [byRole('drafts'), byRole('sent')];
    identity = (await li.call('Identity/get', { ids: null })).list[0].id;
  });

  after(async () => {
    await server.dispose();
    await peer.close();
    await dns.close();
  });

  const people = (...names: readonly string[]) => names.map((email) => ({ name: null, email }));
  const mail = (more: Answer): Answer => ({
    mailboxIds: { [drafts]: true },
    keywords: { $draft: true, $seen: true },
    from: people(addressOf('li')),
    to: people(addressOf('zhao')),
    subject: 'offer',
    bodyValues: { t: { value: '合同\n.dot\n' } },
    textBody: [{ partId: 't' }],
    ...more,
  });
  /** Makes a mail and submits it in one request; the answers. */
  const send = (email: Answer, submission: Answer = {}, more: Answer = {}): Promise<[string, Answer][]> =>
    li.calls(
      ['Email/set', { create: { m: mail(email) } }],
      [
        'EmailSubmission/set',
        { create: { s: { identityId: identity, emailId: '#m', ...submission } }, ...more },
      ],
    );
  const refusalOf = async (email: Answer, submission: Answer = {}): Promise<Answer> => {
    const [, [, answered]] = (await send(email, submission)) as [unknown, [string, Answer]];
    assert.ok(answered['notCreated'], JSON.stringify(answered));
    return answered['notCreated'].s;
  };
  const get = async (id: string): Promise<Answer> =>
    (await li.call('EmailSubmission/get', { ids: [id] })).list[0];

  test('a draft goes to people here and elsewhere without its Bcc, and moves to Sent', async () => {
    const before = await li.call('EmailSubmission/get', { ids: [] });
    const answers = await send(
      {
        to: people(addressOf('zhao'), 'buyer@out.example'),
        bcc: people('hidden@out.example'),
        subject: 'one',
      },
      {},
      {
        onSuccessUpdateEmail: {
          '#s': { [`mailboxIds/${drafts}`]: null, [`mailboxIds/${sentBox}`]: true, 'keywords/$draft': null },
        },
      },
    );
    assert.deepEqual(
      answers.map(([name]) => name),
      ['Email/set', 'EmailSubmission/set', 'Email/set'],
    );
    const emailId = answers[0]![1].created.m.id;
    const { id, undoStatus, envelope } = answers[1]![1].created.s;
    assert.equal(undoStatus, 'final');
    assert.deepEqual(envelope, {
      mailFrom: { email: addressOf('li'), parameters: null },
      rcptTo: [addressOf('zhao'), 'buyer@out.example', 'hidden@out.example'].map((email) => ({
        email,
        parameters: null,
      })),
    });
    assert.deepEqual(answers[2]![1].updated, { [emailId]: null });
    const stored = await li.call('Email/get', {
      ids: [emailId],
      properties: ['mailboxIds', 'keywords', 'bcc'],
    });
    assert.deepEqual(stored.list[0].mailboxIds, { [sentBox]: true });
    assert.deepEqual(stored.list[0].keywords, { $seen: true });
    assert.deepEqual(stored.list[0].bcc, people('hidden@out.example'));
    const [here] = await inboxWith(server, 'zhao', 1);
    while (peer.taken.length === 0) await sleep(50);
    const [{ octets, recipients, mailLine }] = peer.taken as [(typeof peer.taken)[0]];
    assert.match(mailLine, /<li@acme\.example>/);
    assert.deepEqual(recipients, ['buyer@out.example', 'hidden@out.example']);
    for (const sent of [here!, octets]) {
      assert.match(sent.toString(), /^Subject: one\r$/m);
      assert.doesNotMatch(sent.toString(), /hidden|^Bcc/im);
      assert.match(sent.toString(), /^Received: .* with HTTP/m);
    }
    let submission = await get(id);
    while (submission['deliveryStatus']['buyer@out.example'].delivered === 'queued') {
      await sleep(50);
      submission = await get(id);
    }
    const { [addressOf('zhao')]: local, 'buyer@out.example': remote } = submission['deliveryStatus'];
    assert.deepEqual([local.delivered, remote.delivered], ['yes', 'unknown']);
    assert.match(remote.smtpReply, /^250/);
    assert.deepEqual([submission['emailId'], submission['identityId']], [emailId, identity]);
    const since = await li.call('EmailSubmission/changes', { sinceState: before.state });
    assert.deepEqual([since.created, since.updated, since.destroyed], [[id], [], []]);
    const later = await li.call('EmailSubmission/changes', { sinceState: answers[1]![1].newState });
    assert.deepEqual([later.created, later.updated], [[], [id]]);
  });

  test('what the next hop refuses is seen', async () => {
    const [, [, { created }]] = (await send({ to: people('gone@out.example') })) as [
      unknown,
      [string, Answer],
    ];
    let status: Answer;
    do {
      await sleep(50);
      status = (await get(created.s.id))['deliveryStatus']['gone@out.example'];
    } while (status['delivered'] === 'queued');
    assert.deepEqual([status['delivered'], status['smtpReply']], ['no', gone]);
  });

  test('an envelope that is given counts, whatever the header says', async () => {
    const given = {
      mailFrom: { email: addressOf('li') },
      rcptTo: [{ email: 'quiet@out.example', parameters: null }],
    };
    const [, [, { created, notCreated }]] = (await send(
      { subject: 'enveloped' },
      { envelope: given },
      { onSuccessDestroyEmail: ['#s'] },
    )) as [unknown, [string, Answer]];
    assert.equal(notCreated, null, JSON.stringify(notCreated));
    assert.ok(created.s.id);
    while (!peer.taken.some(({ recipients }) => recipients.includes('quiet@out.example'))) await sleep(50);
    assert.deepEqual((await li.call('Email/query', { filter: { subject: 'enveloped' } })).ids, []);
  });

  test('what may not be sent says why, and nobody gets it', async () => {
    const taken = peer.taken.length;
    const envelope = (mailFrom: string, ...to: string[]) => ({
      envelope: { mailFrom: { email: mailFrom }, rcptTo: to.map((email) => ({ email })) },
    });
    const cases: [Answer, Answer, Answer][] = [
      [{ to: [] }, {}, { type: 'noRecipients' }],
      [{ from: [] }, {}, { type: 'invalidEmail', properties: ['from'] }],
      [{ from: people(addressOf('zhao')) }, {}, { type: 'forbiddenFrom' }],
      [{}, envelope(addressOf('zhao'), 'a@out.example'), { type: 'forbiddenMailFrom' }],
      [
        { to: people('nobody@acme.example', 'a@out.example', addressOf('chen'), 'broken') },
        {},
        {
          type: 'invalidRecipients',
          invalidRecipients: ['nobody@acme.example', addressOf('chen'), 'broken'],
        },
      ],
      [
        { to: people(...Array.from({ length: 6 }, (_, i) => `a${i}@out.example`)) },
        {},
        { type: 'tooManyRecipients', maxRecipients: 5 },
      ],
      [{}, { identityId: 'none' }, { type: 'invalidProperties', properties: ['identityId'] }],
      [{}, { emailId: 'none' }, { type: 'invalidProperties', properties: ['emailId'] }],
      [{}, { sendAt: '2030-01-01T00:00:00Z' }, { type: 'invalidProperties', properties: ['sendAt'] }],
      [{}, { envelope: { rcptTo: 'x' } }, { type: 'invalidProperties', properties: ['envelope'] }],
      [
        {},
        {
          envelope: {
            mailFrom: { email: addressOf('li'), parameters: { HOLDFOR: '9' } },
            rcptTo: [{ email: 'a@out.example' }],
          },
        },
        { type: 'invalidProperties', properties: ['envelope'] },
      ],
    ];
    for (const [email, submission, error] of cases) {
      const told = await refusalOf(email, submission);
      const shown = Object.fromEntries(Object.keys(error).map((name) => [name, told[name]]));
      assert.deepEqual(shown, error, JSON.stringify(told));
    }
    await sleep(200);
    assert.equal(peer.taken.length, taken);
  });

  test('what was sent is not taken back, and stays on record', async () => {
    const [, [, { created }]] = (await send({ subject: 'kept' })) as [unknown, [string, Answer]];
    const id = created.s.id;
    const changes = { update: { [id]: { undoStatus: 'canceled' }, none: {} }, destroy: [id] };
    const { notUpdated, notDestroyed } = await li.call('EmailSubmission/set', changes);
    assert.deepEqual([notUpdated[id].type, notUpdated.none.type], ['cannotUnsend', 'notFound']);
    assert.equal(notDestroyed[id].type, 'forbidden');
  });

  test('rules judge it like mail that is submitted by SMTP, and their text is told', async () => {
    const file = join(server.data, 'rule.json');
    const { except: _, samples, ...rule } = exampleRule;
    await writeFile(file, JSON.stringify({ ...rule, samples: samples.slice(0, 1) }));
    await server.muniment('rule', 'add', file);
    await rm(file);
    const told = await refusalOf({ subject: '采购合同', to: people('a@out.example') });
    assert.deepEqual(
      [told['type'], told['description']],
      ['forbiddenToSend', 'Contracts are sent by legal@acme.example.'],
    );
  });

  test('submissions are found by what they are of, and by nobody else', async () => {
    const all = await li.call('EmailSubmission/query', {
      sort: [{ property: 'sentAt' }],
      calculateTotal: true,
    });
    assert.equal(all.total, 4);
    const { list } = await li.call('EmailSubmission/get', { ids: null, properties: ['emailId'] });
    assert.deepEqual(list.map(({ id }: Answer) => id).sort(), [...all.ids].sort());
    const filter = { emailIds: [list[0].emailId] };
    assert.deepEqual((await li.call('EmailSubmission/query', { filter })).ids, [list[0].id]);
    const future = { after: '2100-01-01T00:00:00Z' };
    assert.deepEqual((await li.call('EmailSubmission/query', { filter: future })).ids, []);
    const zhao = await JmapClient.signIn(server.ports.http, addressOf('zhao'), passwordOf('zhao'));
    assert.deepEqual((await zhao.call('EmailSubmission/get', { ids: [list[0].id] })).notFound, [list[0].id]);
    assert.deepEqual((await zhao.call('EmailSubmission/query', {})).ids, []);
  });

  test('a page that listens learns of it, and may ask what the queue knows', async () => {
    const listening = await li.events();
    const before = (await li.call('EmailSubmission/get', { ids: [] })).state;
    const [, [, { created }]] = (await send({ to: people('gone@out.example') })) as [
      unknown,
      [string, Answer],
    ];
    const asked = { ids: [created.s.id], properties: ['muniment:deliveryDetails'] };
    const told = new Set<string>();
    let details: Answer;
    do {
      const { changed } = await listening.next();
      const { EmailSubmission } = changed[li.account];
      if (EmailSubmission) told.add(EmailSubmission);
      [details] = (await li.call('EmailSubmission/get', asked)).list;
    } while (details['muniment:deliveryDetails']['gone@out.example'].state !== 'failed');
    assert.equal(told.size > 0 && !told.has(before), true);
    const { attempts, reply, tls, bounceClass } = details['muniment:deliveryDetails']['gone@out.example'];
    assert.deepEqual([attempts, reply, tls, bounceClass], [1, gone, null, 'noSuchUser']);
    assert.deepEqual(Object.keys(details), ['id', 'muniment:deliveryDetails']);
    const whole = (await li.call('EmailSubmission/get', { ids: [created.s.id] })).list[0];
    assert.equal('muniment:deliveryDetails' in whole, false, 'only for who asks');
    await listening.close();
  });
});
