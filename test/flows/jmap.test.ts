/** JMAP (RFC 8620, RFC 8621) over the real server, beside IMAP on the same mailbox. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { deliver, imapLogin } from '../support/delivered-mail.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { type Answer, JmapClient } from '../support/jmap-client.ts';
import { addressOf, passwordOf, RealServer } from '../support/real-server.ts';

const plain = Buffer.from(
  [
    'From: "王小明" <wang@outside.example>',
    'To: li@acme.example',
    'Subject: =?utf-8?B?5ZCI5ZCM6K+35a6h?=',
    'Message-ID: <one@outside.example>',
    'Date: Thu, 13 Aug 2026 09:30:05 +0800',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: multipart/alternative; boundary=a',
    '',
    '--a',
    'Content-Type: text/plain; charset=gbk',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from([0xc7, 0xeb, 0xc9, 0xf3]).toString('base64'),
    '--a',
    'Content-Type: text/html; charset=utf-8',
    '',
    '<p>请<b>审</b></p>',
    '--a--',
    '--b',
    'Content-Type: application/pdf; name="offer.pdf"',
    'Content-Disposition: attachment; filename="offer.pdf"',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from('%PDF-1.4 offer').toString('base64'),
    '--b--',
    '',
  ].join('\r\n'),
);
const answer = Buffer.from(
  [
    'From: li@acme.example',
    'To: wang@outside.example',
    'Subject: Re: offer',
    'Message-ID: <two@acme.example>',
    'References: <one@outside.example>',
    '',
    'Looks good to me.',
    '',
  ].join('\r\n'),
);

flowOnEveryLog('JMAP', { timeout: 120_000 }, (openLog) => {
  let server: RealServer;
  let li: JmapClient;
  let inbox: string;
  let archive: string;
  let trash: string;

  before(async () => {
    server = await RealServer.start(['li', 'zhao'], {}, await openLog());
    await deliver(server, 'li', [plain, answer]);
    li = await JmapClient.signIn(server.ports.http, addressOf('li'), passwordOf('li'));
    const { list } = await li.call('Mailbox/get', { ids: null });
    const byRole = (role: string) => list.find((each: Answer) => each['role'] === role).id as string;
    [inbox, archive, trash] = [byRole('inbox'), byRole('archive'), byRole('trash')] as [
      string,
      string,
      string,
    ];
  });

  after(() => server?.dispose());

  const idsIn = async (filter: Answer, more: Answer = {}): Promise<string[]> =>
    (await li.call('Email/query', { filter, ...more })).ids;
  const counts = async (mailbox: string): Promise<Answer> =>
    (await li.call('Mailbox/get', { ids: [mailbox] })).list[0];

  test('mailboxes are listed with their roles, rights and counts', async () => {
    const { list, state } = await li.call('Mailbox/get', {
      ids: null,
      properties: ['name', 'role', 'sortOrder'],
    });
    assert.deepEqual(
      list
        .sort((a: Answer, b: Answer) => a.sortOrder - b.sortOrder)
        .map(({ name, role }: Answer) => `${name} ${role}`),
      ['INBOX inbox', 'Drafts drafts', 'Sent sent', 'Archive archive', 'Junk junk', 'Trash trash'],
    );
    assert.match(state, /^\d+$/);
    const of = await counts(inbox);
    assert.deepEqual([of.totalEmails, of.unreadEmails, of.totalThreads, of.unreadThreads], [2, 2, 1, 1]);
    assert.equal(of.myRights.mayDelete, false);
  });

  test('a mail is found, and shown as people read it', async () => {
    const [queried, got] = await li.calls(
      ['Email/query', { filter: { inMailbox: inbox, subject: '合同' }, calculateTotal: true }],
      [
        'Email/get',
        {
          '#ids': { resultOf: '0', name: 'Email/query', path: '/ids' },
          fetchTextBodyValues: true,
          fetchHTMLBodyValues: true,
        },
      ],
    );
    assert.equal(queried![1].total, 1);
    const email = got![1].list[0];
    assert.equal(email.subject, '合同请审');
    assert.deepEqual(email.from, [{ name: '王小明', email: 'wang@outside.example' }]);
    assert.deepEqual(email.messageId, ['one@outside.example']);
    assert.equal(email.sentAt, '2026-08-13T09:30:05+08:00');
    assert.equal(email.hasAttachment, true);
    assert.equal(email.preview, '请审');
    const [text, html] = [email.textBody[0], email.htmlBody[0]];
    assert.deepEqual(
      [text.type, text.partId, html.type, html.partId],
      ['text/plain', '1.1', 'text/html', '1.2'],
    );
    assert.deepEqual(email.bodyValues['1.1'], {
      value: '请审',
      isEncodingProblem: false,
      isTruncated: false,
    });
    assert.equal(email.bodyValues['1.2'].value, '<p>请<b>审</b></p>');
    const [file] = email.attachments;
    assert.deepEqual(
      [file.name, file.type, file.disposition],
      ['offer.pdf', 'application/pdf', 'attachment'],
    );
    assert.equal((await li.download(file.blobId)).octets.toString(), '%PDF-1.4 offer');
    const whole = await li.download(email.blobId);
    assert.ok(whole.octets.subarray(-plain.length).equals(plain), 'our trace text, then the mail');
    assert.equal(whole.octets.length, email.size);
  });

  test('texts are cut at whole characters, and say so', async () => {
    const [id] = (await idsIn({ subject: '合同' })) as [string];
    const { list } = await li.call('Email/get', {
      ids: [id],
      properties: ['bodyValues', 'header:Subject', 'bodyStructure'],
      bodyProperties: ['type', 'partId', 'header:Content-Type'],
      fetchTextBodyValues: true,
      maxBodyValueBytes: 4,
    });
    assert.deepEqual(list[0].bodyValues['1.1'], { value: '请', isEncodingProblem: false, isTruncated: true });
    assert.equal(list[0]['header:Subject'], ' =?utf-8?B?5ZCI5ZCM6K+35a6h?=');
    assert.deepEqual(
      list[0].bodyStructure.subParts.map(({ type }: Answer) => type),
      ['multipart/alternative', 'application/pdf'],
    );
    assert.equal(
      list[0].bodyStructure.subParts[1]['header:Content-Type'],
      ' application/pdf; name="offer.pdf"',
    );
  });

  test('queries: threads, words, order, windows', async () => {
    const [newest, oldest] = (await idsIn({ inMailbox: inbox })) as [string, string];
    assert.deepEqual(await idsIn({ inMailbox: inbox }, { sort: [{ property: 'receivedAt' }] }), [
      oldest,
      newest,
    ]);
    assert.deepEqual(await idsIn({ inMailbox: inbox }, { collapseThreads: true }), [newest]);
    assert.deepEqual(await idsIn({ text: 'LOOKS GOOD' }), [newest]);
    assert.deepEqual(await idsIn({ body: '请审' }), [oldest]);
    assert.deepEqual(await idsIn({ from: '王小明' }), [oldest]);
    assert.deepEqual(await idsIn({ hasAttachment: false }), [newest]);
    const neither = { operator: 'NOT', conditions: [{ text: 'looks good' }, { subject: '合同' }] };
    assert.deepEqual(await idsIn(neither), []);
    const either = {
      operator: 'OR',
      conditions: [{ text: 'nothing' }, { inMailbox: trash }, { minSize: 1 }],
    };
    assert.equal((await idsIn(either)).length, 2);
    const windowed = { anchor: newest, anchorOffset: 1, limit: 1 };
    assert.deepEqual(await idsIn({ inMailbox: inbox }, windowed), [oldest]);
    const thread = (await li.call('Email/get', { ids: [newest], properties: ['threadId'] })).list[0].threadId;
    assert.deepEqual((await li.call('Thread/get', { ids: [thread] })).list[0].emailIds, [oldest, newest]);
  });

  test('why a mail was found is shown', async () => {
    const filter = { operator: 'OR', conditions: [{ subject: '合同' }, { body: '请' }, { body: 'GOOD' }] };
    const emailIds = await idsIn({ inMailbox: inbox });
    const other = '00000000-0000-4000-8000-000000000000';
    const { list, notFound } = await li.call('SearchSnippet/get', { filter, emailIds: [...emailIds, other] });
    const [newest, oldest] = emailIds;
    assert.deepEqual(list, [
      { emailId: newest, subject: null, preview: 'Looks <mark>good</mark> to me.' },
      { emailId: oldest, subject: '<mark>合同</mark>请审', preview: '<mark>请</mark>审' },
    ]);
    assert.deepEqual(notFound, [other]);
  });

  test('what is not offered is said', async () => {
    const other = '00000000-0000-4000-8000-000000000000';
    const answers = await li.calls(
      ['Email/queryChanges', { sinceQueryState: '1' }],
      ['Mailbox/queryChanges', { sinceQueryState: '1' }],
      ['EmailSubmission/queryChanges', { sinceQueryState: '1' }],
      ['Email/copy', { fromAccountId: other, create: {} }],
      ['Email/copy', { fromAccountId: li.account, create: {} }],
    );
    const cannot = 'cannotCalculateChanges';
    assert.deepEqual(
      answers.map(([, error]) => error['type']),
      [cannot, cannot, cannot, 'fromAccountNotFound', 'invalidArguments'],
    );
  });

  test('changes in one way are seen in the other, and told since a state', async () => {
    const imap = await imapLogin(server, 'li');
    await imap.ok('SELECT INBOX');
    const { state } = await li.call('Email/get', { ids: [] });
    const [newest, oldest] = (await idsIn({ inMailbox: inbox })) as [string, string];
    const both = { [newest]: { 'keywords/$seen': true }, [oldest]: { 'keywords/$seen': true } };
    const set = await li.call('Email/set', { update: both });
    assert.deepEqual(Object.keys(set.updated), [newest, oldest]);
    const shown = (await imap.command('UID FETCH 1:* (FLAGS)')).untagged.join('\n');
    // \Recent as well, where they came while somebody looked.
    for (const uid of [1, 2])
      assert.match(
        shown,
        new RegExp(`^${uid} FETCH \\(UID ${uid} FLAGS \\(\\\\Seen(?: \\\\Recent)?\\)\\)$`, 'm'),
      );
    assert.equal((await counts(inbox)).unreadEmails, 0);
    const marked = await li.call('Email/changes', { sinceState: state });
    assert.deepEqual(marked.updated.sort(), [newest, oldest].sort());
    assert.deepEqual([marked.created, marked.destroyed], [[], []]);
    await imap.append('INBOX', Buffer.from('From: a@b.example\r\nSubject: third\r\n\r\nx\r\n'));
    await imap.ok('STORE 1 +FLAGS (\\Deleted)');
    await imap.ok('EXPUNGE');
    const since = await li.call('Email/changes', { sinceState: marked.newState });
    const [third] = await idsIn({ subject: 'third' });
    assert.deepEqual([since.created, since.updated, since.destroyed], [[third], [], [oldest]]);
    const mailboxes = await li.call('Mailbox/changes', { sinceState: marked.newState });
    assert.deepEqual(mailboxes.updated, [inbox]);
    await imap.logout();
  });

  test('a page that listens learns of a new state at once, and no more when its session ends', async () => {
    const listening = await li.events();
    await deliver(server, 'li', [Buffer.from('Subject: pushed\r\n\r\nx\r\n')], 2);
    const pushed = await listening.next();
    const { state } = await li.call('Email/get', { ids: [] });
    assert.deepEqual(pushed, {
      '@type': 'StateChange',
      changed: { [li.account]: { Email: state, Mailbox: state, Thread: state } },
    });
    const [id] = (await idsIn({ subject: 'pushed' })) as [string];
    await li.call('Email/set', { destroy: [id] });
    assert.notDeepEqual(await listening.next(), pushed);
    await listening.close();
    const refused = await fetch(`${li.base}/jmap/events?types=*&closeafter=never&ping=0`, {
      headers: li.headers,
    });
    assert.equal(refused.status, 400);
  });

  test('a move is one step; a mail is never nowhere', async () => {
    const [id] = (await idsIn({ subject: 'third' })) as [string];
    await li.call('Email/set', { update: { [id]: { mailboxIds: { [archive]: true } } } });
    assert.deepEqual(await idsIn({ inMailbox: archive }), [id]);
    assert.deepEqual((await idsIn({ inMailbox: inbox })).includes(id), false);
    const added = { [`mailboxIds/${inbox}`]: true, [`mailboxIds/${trash}`]: true };
    await li.call('Email/set', { update: { [id]: added } });
    const email = (await li.call('Email/get', { ids: [id], properties: ['mailboxIds'] })).list[0];
    assert.deepEqual(Object.keys(email.mailboxIds).sort(), [inbox, archive, trash].sort());
    const nowhere = await li.call('Email/set', { update: { [id]: { mailboxIds: {} } } });
    assert.equal(nowhere.notUpdated[id].type, 'invalidProperties');
    const fixed = await li.call('Email/set', { update: { [id]: { subject: 'forged' } } });
    assert.deepEqual(fixed.notUpdated[id].properties, ['subject']);
    const { destroyed } = await li.call('Email/set', { destroy: [id] });
    assert.deepEqual(destroyed, [id]);
    assert.deepEqual(await idsIn({ subject: 'third' }), []);
  });

  test('an uploaded mail is imported octet for octet, and only by whom it was uploaded', async () => {
    const { blobId, size } = await li.upload(plain);
    assert.equal(size, plain.length);
    assert.deepEqual((await li.download(blobId)).octets, plain);
    assert.equal((await li.download(blobId, `${'合同'.repeat(100)}.eml`)).status, 200, 'under a long name');
    const zhao = await JmapClient.signIn(server.ports.http, addressOf('zhao'), passwordOf('zhao'));
    assert.equal((await zhao.download(blobId)).status, 404);
    const email = {
      blobId,
      mailboxIds: { [archive]: true, [trash]: true },
      keywords: { $seen: true, mine: true },
    };
    const imported = { ...email, receivedAt: '2020-01-02T03:04:05Z' };
    const { created } = await li.call('Email/import', { emails: { k: imported } });
    const properties = ['mailboxIds', 'keywords', 'receivedAt', 'subject'];
    const got = (await li.call('Email/get', { ids: [created.k.id], properties })).list[0];
    assert.deepEqual(Object.keys(got.mailboxIds).sort(), [archive, trash].sort());
    assert.deepEqual(got.keywords, { $seen: true, mine: true });
    assert.deepEqual([got.receivedAt, got.subject], ['2020-01-02T03:04:05Z', '合同请审']);
    const whole = await li.download(created.k.blobId);
    assert.ok(whole.octets.subarray(-plain.length).equals(plain));
    const lost = await li.call('Email/import', { emails: { k: { ...email, blobId: 'unone' } } });
    assert.equal(lost.notCreated.k.type, 'blobNotFound');
  });

  test('mailboxes are made, named, nested and removed', async () => {
    const [made, child] = await li.calls(
      ['Mailbox/set', { create: { k1: { name: '合同', parentId: null } } }],
      ['Mailbox/set', { create: { k2: { name: '2026', parentId: '#k1' } } }],
    );
    const { id } = made![1].created.k1;
    assert.ok(child![1].created.k2.id, JSON.stringify(child));
    const renamed = await li.call('Mailbox/set', { update: { [id]: { name: 'Contracts' } } });
    assert.deepEqual(renamed.updated, { [id]: null });
    assert.equal((await counts(id)).name, 'Contracts');
    const held = await li.call('Mailbox/set', { destroy: [id] });
    assert.equal(held.notDestroyed[id].type, 'mailboxHasChild');
    const gone = await li.call('Mailbox/set', { destroy: [child![1].created.k2.id, id] });
    assert.equal(gone.destroyed.length, 2);
    const own = await li.call('Mailbox/set', { destroy: [inbox], onDestroyRemoveEmails: true });
    assert.ok(own.notDestroyed[inbox]);
  });

  test('nobody reads what is not theirs, or without signing in', async () => {
    const zhao = await JmapClient.signIn(server.ports.http, addressOf('zhao'), passwordOf('zhao'));
    const [[name, error]] = (await zhao.calls(['Email/query', { accountId: li.account }])) as [
      [string, Answer],
    ];
    assert.deepEqual([name, error.type], ['error', 'accountNotFound']);
    const [id] = (await idsIn({ inMailbox: inbox })) as [string];
    assert.deepEqual((await zhao.call('Email/get', { ids: [id] })).notFound, [id]);
    assert.equal((await zhao.download(id)).status, 404);
    for (const path of ['/jmap/session', '/jmap/api', `/jmap/download/${li.account}/${id}/x`]) {
      const method = path === '/jmap/api' ? 'POST' : 'GET';
      const response = await fetch(`${li.base}${path}`, { method });
      assert.equal(response.status, 401, path);
      assert.match(response.headers.get('www-authenticate') ?? '', /^Basic/);
    }
    const wrong = { authorization: `Basic ${Buffer.from('li@acme.example:wrong').toString('base64')}` };
    assert.equal((await fetch(`${li.base}/jmap/session`, { headers: wrong })).status, 401);
  });

  const zhaoHeaders = {
    authorization: `Basic ${Buffer.from(`${addressOf('zhao')}:${passwordOf('zhao')}`).toString('base64')}`,
  };

  test('a browser signs in with a cookie that no other page can use', async () => {
    const url = `${li.base}/api/session`;
    const body = JSON.stringify({ login: addressOf('li'), password: passwordOf('li') });
    const headers = { 'content-type': 'application/json' };
    const signedIn = await fetch(url, { method: 'POST', headers, body });
    assert.equal(signedIn.status, 204);
    const given = signedIn.headers.get('set-cookie') ?? '';
    assert.match(given, /; HttpOnly; SameSite=Strict$/);
    const cookie = given.split(';')[0]!;
    assert.equal(
      ((await (await fetch(url, { headers: { cookie } })).json()) as Answer).address,
      addressOf('li'),
    );
    const api = `${li.base}/jmap/api`;
    const request = JSON.stringify({
      using: ['urn:ietf:params:jmap:core'],
      methodCalls: [['Core/echo', {}, 'a']],
    });
    assert.equal((await fetch(api, { method: 'POST', headers: { cookie }, body: request })).status, 403);
    const own = { cookie, 'x-muniment-page': '1', 'content-type': 'application/json' };
    assert.equal((await fetch(api, { method: 'POST', headers: own, body: request })).status, 200);
    const foreign = { ...li.headers, 'content-type': 'application/json', 'sec-fetch-site': 'cross-site' };
    assert.equal((await fetch(api, { method: 'POST', headers: foreign, body: request })).status, 403);
    const form = { ...li.headers, 'content-type': 'text/plain' };
    assert.equal((await fetch(api, { method: 'POST', headers: form, body: request })).status, 415);
    for (let i = 0; i < 60; i++)
      await fetch(url, { headers: { ...zhaoHeaders, 'user-agent': `program ${i}` } });
    assert.equal(
      (await fetch(url, { headers: { cookie } })).status,
      200,
      'others end their own sessions only',
    );
    await server.muniment('account', 'passwd', addressOf('li'), '--password', 'demo-Li-2');
    assert.equal((await fetch(url, { headers: { cookie } })).status, 401, 'a new password ends it');
  });
});
