/** Writing mail by JMAP (RFC 8621 §4.6) over the real server, read again by IMAP. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { deliver, imapLogin } from '../support/delivered-mail.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { type Answer, JmapClient } from '../support/jmap-client.ts';
import { addressOf, passwordOf, RealServer } from '../support/real-server.ts';

flowOnEveryLog('mails that are written by JMAP', { timeout: 120_000 }, (openLog) => {
  let server: RealServer;
  let li: JmapClient;
  let drafts: string;
  let inbox: string;

  before(async () => {
    server = await RealServer.start(['li', 'zhao'], {}, await openLog());
    li = await JmapClient.signIn(server.ports.http, addressOf('li'), passwordOf('li'));
    const { list } = await li.call('Mailbox/get', { ids: null });
    const byRole = (role: string) => list.find((each: Answer) => each['role'] === role).id as string;
    [drafts, inbox] = [byRole('drafts'), byRole('inbox')];
  });

  after(() => server?.dispose());

  const draft = (more: Answer): Answer => ({
    mailboxIds: { [drafts]: true },
    keywords: { $draft: true, $seen: true },
    from: [{ name: '李', email: 'li@acme.example' }],
    to: [{ name: '赵, 采购', email: 'zhao@acme.example' }],
    bcc: [{ name: null, email: 'chen@acme.example' }],
    subject: '合同请审 — please review',
    bodyValues: { t: { value: '第一行\nsecond line' }, h: { value: '<p>第一行</p>' } },
    textBody: [{ partId: 't', type: 'text/plain' }],
    ...more,
  });
  const get = async (id: string, properties: string[], more: Answer = {}): Promise<Answer> =>
    (await li.call('Email/get', { ids: [id], properties, ...more })).list[0];

  test('a draft with a file is made, and read as it was written', async () => {
    const { blobId } = await li.upload(Buffer.from('%PDF-1.4 offer'));
    const email = draft({
      htmlBody: [{ partId: 'h', type: 'text/html' }],
      attachments: [{ blobId, type: 'application/pdf', name: '报价单 2026.pdf' }],
      'header:X-Reference:asText': 'N° 7',
    });
    const { created, notCreated } = await li.call('Email/set', { create: { d: email } });
    assert.equal(notCreated, null, JSON.stringify(notCreated));
    const { id, size, blobId: ownBlob, threadId } = created.d;
    assert.equal(ownBlob, id);
    const got = await get(
      id,
      [
        'from',
        'to',
        'bcc',
        'subject',
        'sentAt',
        'messageId',
        'keywords',
        'mailboxIds',
        'size',
        'threadId',
        'attachments',
        'textBody',
        'htmlBody',
        'bodyValues',
        'header:X-Reference:asText',
      ],
      { fetchAllBodyValues: true },
    );
    assert.deepEqual(
      [got.from, got.to, got.bcc, got.subject],
      [email.from, email.to, email.bcc, email.subject],
    );
    assert.deepEqual([got.keywords, got.mailboxIds], [email.keywords, email.mailboxIds]);
    assert.deepEqual([got.size, got.threadId, got['header:X-Reference:asText']], [size, threadId, 'N° 7']);
    assert.match(got.messageId[0], /^[0-9a-f-]{36}@acme\.example$/);
    assert.ok(Math.abs(Date.parse(got.sentAt) - Date.now()) < 120_000, got.sentAt);
    assert.equal(got.bodyValues[got.textBody[0].partId].value, '第一行\nsecond line');
    assert.equal(got.bodyValues[got.htmlBody[0].partId].value, '<p>第一行</p>');
    const [file] = got.attachments;
    assert.deepEqual(
      [file.name, file.type, file.disposition, file.size],
      ['报价单 2026.pdf', 'application/pdf', 'attachment', 14],
    );
    assert.equal((await li.download(file.blobId)).octets.toString(), '%PDF-1.4 offer');
    const imap = await imapLogin(server, 'li');
    await imap.ok('SELECT Drafts');
    const { untagged } = await imap.command('FETCH 1 (FLAGS RFC822.SIZE BODYSTRUCTURE)');
    assert.match(untagged.join(), /\\Draft/);
    assert.match(untagged.join(), new RegExp(`RFC822\\.SIZE ${size}\\b`));
    await imap.logout();
  });

  test('a draft that is changed is a new one, and the old one is gone with it', async () => {
    const first = (await li.call('Email/set', { create: { a: draft({ subject: 'first' }) } })).created.a.id;
    const changed = await li.call('Email/set', {
      create: { b: draft({ subject: 'second' }) },
      destroy: [first],
    });
    assert.deepEqual(changed.destroyed, [first]);
    const got = await get(changed.created.b.id, ['subject', 'mailboxIds']);
    assert.deepEqual([got.subject, got.mailboxIds], ['second', { [drafts]: true }]);
  });

  test('parts of other mails are attached, and whole mails are forwarded as they are', async () => {
    const mail = Buffer.from(
      'From: a@b.example\r\nSubject: to forward\r\nContent-Type: application/x-y; name=z\r\nContent-Transfer-Encoding: base64\r\n\r\nb2N0ZXRz\r\n',
    );
    await deliver(server, 'li', [mail]);
    const [id] = (await li.call('Email/query', { filter: { subject: 'to forward' } })).ids;
    const attachments = [
      { blobId: `${id}-1`, type: 'application/x-y', name: 'z' },
      { blobId: id, type: 'message/rfc822' },
    ];
    const { created } = await li.call('Email/set', { create: { f: draft({ attachments }) } });
    const got = await get(created.f.id, ['attachments']);
    assert.equal((await li.download(got.attachments[0].blobId)).octets.toString(), 'octets');
    const forwarded = (await li.download(got.attachments[1].blobId)).octets;
    assert.deepEqual(forwarded, (await li.download(id)).octets);
  });

  test('what cannot be made says why, and nothing is kept of it', async () => {
    const before = (await li.call('Mailbox/get', { ids: [drafts] })).list[0].totalEmails;
    const zhao = await JmapClient.signIn(server.ports.http, addressOf('zhao'), passwordOf('zhao'));
    const [own] = (await li.call('Email/query', { filter: { inMailbox: inbox } })).ids;
    const stolen = { ...draft({ attachments: [{ blobId: own, type: 'message/rfc822' }] }) };
    const cases: [JmapClient, Answer, Answer][] = [
      [li, draft({ mailboxIds: {} }), { type: 'invalidProperties', properties: ['mailboxIds'] }],
      [
        li,
        draft({ mailboxIds: { nowhere: true } }),
        { type: 'invalidProperties', properties: ['mailboxIds'] },
      ],
      [li, draft({ keywords: ['$draft'] }), { type: 'invalidProperties', properties: ['keywords'] }],
      [li, draft({ size: 5 }), { type: 'invalidProperties', properties: ['size'] }],
      [li, draft({ headers: [] }), { type: 'invalidProperties', properties: ['headers'] }],
      [li, draft({ 'header:Content-Type': ' text/plain' }), { type: 'invalidProperties' }],
      [
        li,
        draft({ attachments: [{ blobId: 'unone' }, { blobId: own.replace(/./, 'f') }] }),
        { type: 'blobNotFound', notFound: ['unone', own.replace(/./, 'f')] },
      ],
      [zhao, stolen, { type: 'blobNotFound', notFound: [own] }],
    ];
    for (const [client, email, error] of cases) {
      const { notCreated } = await client.call('Email/set', { create: { x: email } });
      const told = Object.fromEntries(Object.keys(error).map((name) => [name, notCreated?.x[name]]));
      assert.deepEqual(told, error, JSON.stringify(notCreated));
    }
    assert.equal((await li.call('Mailbox/get', { ids: [drafts] })).list[0].totalEmails, before);
  });
});
