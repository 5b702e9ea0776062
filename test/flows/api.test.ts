/** What the console asks for, before the real server: an administrator sets a firm up, mail goes out, an auditor looks. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ApiClient } from '../support/api-client.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { addressOf, passwordOf, RealServer } from '../support/real-server.ts';
import { SmtpClient } from '../support/smtp-client.ts';

const rule = {
  name: 'no drafts',
  owner: 'wang@acme.example',
  reason: 'drafts stay inside',
  scope: { direction: 'sent' },
  when: { test: 'text', in: ['subject'], words: ['draft'] },
  actions: [{ do: 'refuse', text: 'This is a draft.' }],
};

flowOnEveryLog('the API', { timeout: 120_000 }, (openLog) => {
  let server: RealServer;
  let admin: ApiClient;
  let wang: ApiClient;
  let chen: ApiClient;
  const client = (name: string) => new ApiClient(server.ports.http, addressOf(name), passwordOf(name));

  before(async () => {
    server = await RealServer.start(['wang', 'li'], {}, await openLog());
    await server.muniment('account', 'passwd', addressOf('admin'), '--password', passwordOf('admin'));
    admin = client('admin');
    await admin.ask('addAccount', {
      body: {
        address: addressOf('chen'),
        password: passwordOf('chen'),
        realName: '陈静',
        roles: ['auditor'],
      },
    });
    [wang, chen] = [client('wang'), client('chen')];
  });

  after(() => server?.dispose());

  test('accounts are listed in pages, changed as they were seen, and stopped', async () => {
    const first = await admin.ask('listAccounts', { query: { limit: 3 } });
    assert.equal(first.total, 4);
    const second = await admin.ask('listAccounts', { query: { limit: 3, cursor: first.next! } });
    assert.deepEqual(
      [...first.items, ...second.items].map(({ address }) => address),
      ['admin', 'chen', 'li', 'wang'].map(addressOf),
    );
    assert.equal(second.next, null);
    const { account } = [...first.items, ...second.items].find(({ address }) => address === addressOf('li'))!;
    const params = { account };
    const revision = await admin.revision('showAccount', { params });
    const headers = { 'if-match': revision };
    await admin.ask('changeAccount', { params, headers, body: { realName: '李娜', roles: ['supervisor'] } });
    const stale = await admin.refused('changeAccount', { params, headers, body: { quotaOctets: 5 } });
    assert.deepEqual([stale.status, stale.code], [412, 'changedMeanwhile']);
    const { realName, roles, quotaOctets } = await admin.ask('showAccount', { params });
    assert.deepEqual([realName, roles, quotaOctets], ['李娜', ['staff', 'supervisor'], 0]);
    await admin.ask('freezeAccount', { params, body: { reason: 'on leave' } });
    assert.equal((await client('li').refused('showSession')).code, 'accountFrozen');
    await admin.ask('unfreezeAccount', { params });
    await admin.ask('setAccountPassword', { params, body: { password: 'a new one 42' } });
    assert.equal((await client('li').refused('showSession')).code, 'credentialsWrong');
    const weak = await admin.refused('setAccountPassword', { params, body: { password: 'x' } });
    assert.deepEqual(
      weak.problems?.map(({ field }) => field),
      ['password'],
    );
  });

  test('aliases, groups and departments', async () => {
    await admin.ask('addAlias', { body: { alias: 'w@acme.example', address: addressOf('wang') } });
    const taken = await admin.refused('addAlias', {
      body: { alias: 'w@acme.example', address: addressOf('li') },
    });
    assert.deepEqual([taken.code, taken.problems?.[0]?.field], ['addressTaken', 'alias']);
    assert.deepEqual(
      (await admin.ask('listAliases')).items.map(({ alias }) => alias),
      ['w@acme.example'],
    );
    await admin.ask('removeAlias', { params: { alias: 'w@acme.example' } });
    const group = 'sales@acme.example';
    await admin.ask('addGroup', { body: { group, members: [addressOf('wang')] } });
    await admin.ask('changeGroupMembers', { params: { group }, body: { add: [addressOf('li')] } });
    const [sales] = (await admin.ask('listGroups')).items;
    assert.deepEqual(
      sales?.members.map(({ address }) => address),
      [addressOf('li'), addressOf('wang')],
    );
    await admin.ask('addDepartment', { body: { name: '销售部', leader: addressOf('li') } });
    await admin.ask('addDepartment', { body: { name: '华东', under: '销售部' } });
    await admin.ask('assignDepartment', { params: { name: '华东' }, body: { members: [addressOf('wang')] } });
    const tree = (await admin.ask('listDepartments')).items;
    assert.deepEqual(
      tree.map(({ name, level, leaderAddress, members }) => [name, level, leaderAddress, members.length]),
      [
        ['销售部', 0, addressOf('li'), 0],
        ['华东', 1, null, 1],
      ],
    );
  });

  test('a CSV file is looked at, told by line, and taken in', async () => {
    const csvOf = (text: string) => Buffer.from(text).toString('base64');
    const csv = csvOf(
      'address,password,name\nsun@acme.example,demo-Sun-1,孙悦\nwang@acme.example,demo-Wang-2,\n',
    );
    const looked = await admin.ask('importAccounts', { body: { csv, mode: 'look' } });
    assert.deepEqual([looked.added, looked.fine.length, looked.problems[0]?.line], [0, 1, 3]);
    const added = await admin.ask('importAccounts', { body: { csv, mode: 'addFine' } });
    assert.equal(added.added, 1);
    assert.equal((await admin.ask('listAccounts', { query: { search: '孙' } })).items.length, 1);
  });

  test('a rule is tried, published, changed, taken back and withdrawn', async () => {
    const text = JSON.stringify(rule);
    const mail = Buffer.from(
      'From: wang@acme.example\r\nTo: b@outside.example\r\nSubject: A draft\r\n\r\nx\r\n',
    );
    const tried = await admin.ask('tryRule', { body: { text, mail: mail.toString('base64') } });
    assert.deepEqual(
      [tried.outcome, tried.actions, tried.recipients],
      ['hit', ['refuse'], ['b@outside.example']],
    );
    const { rule: id } = await admin.ask('publishRule', { body: { text } });
    assert.equal((await admin.refused('publishRule', { body: { text } })).code, 'ruleNameTaken');
    const changed = JSON.stringify({ ...rule, reason: 'they confuse customers' });
    await admin.ask('publishRule', { body: { text: changed, of: id, seenVersion: 1 } });
    const stale = await admin.refused('publishRule', { body: { text, of: id, seenVersion: 1 } });
    assert.equal(stale.code, 'changedMeanwhile');
    await admin.ask('restoreRule', { params: { rule: id }, body: { version: 1 } });
    const shown = await chen.ask('showRule', { params: { rule: id } });
    assert.deepEqual(
      shown.versions.map(({ version, by, restores }) => [version, by, restores]),
      [
        [3, addressOf('admin'), 1],
        [2, addressOf('admin'), null],
        [1, addressOf('admin'), null],
      ],
    );
    assert.equal(
      (await chen.refused('withdrawRule', { params: { rule: id }, body: { reason: 'x' } })).status,
      403,
    );
    await admin.ask('withdrawRule', { params: { rule: id }, body: { reason: 'done' } });
    const bad = await admin.refused('publishRule', { body: { text: '{"name":"x"}' } });
    assert.deepEqual([bad.code, bad.problems?.[0]?.field], ['ruleMalformed', 'text › reason']);
  });

  test('mail on its way: found, held, told of, counted and proved, each by whom it concerns', async () => {
    await sendAs('wang', ['b@outside.example', addressOf('chen')]);
    await sendAs('wang', [addressOf('li')]);
    const queue = await admin.ask('listQueue', { query: {} });
    assert.deepEqual(
      queue.items.map(({ sender, recipient, subject }) => [sender, recipient, subject]),
      [[addressOf('wang'), 'b@outside.example', 'The offer']],
    );
    const [{ delivery, message }] = queue.items as [(typeof queue.items)[number]];
    const outcome = await admin.ask('changeQueue', {
      body: { deliveries: [delivery], change: 'hold', reason: 'asked by wang' },
    });
    assert.deepEqual([...outcome.done, ...outcome.refused.map(({ code }) => code)].length, 1);
    assert.equal((await wang.refused('listQueue', { query: {} })).status, 403);
    const own = await wang.ask('showMessage', { params: { message } });
    assert.deepEqual(
      own.recipientList.map(({ address }) => address),
      ['b@outside.example', addressOf('chen')],
    );
    const li = new ApiClient(server.ports.http, addressOf('li'), 'a new one 42');
    assert.equal((await li.refused('showMessage', { params: { message } })).status, 403);
    assert.equal((await li.refused('proveMessage', { params: { message } })).status, 403);
    const proof = await wang.ask('proveMessage', { params: { message } });
    assert.equal(Buffer.from(proof.subarray(0, 2)).toString(), 'PK');
    const found = await chen.ask('searchMessages', { query: { sender: 'wang@' } });
    assert.equal(found.items.length, 2);
    const { days, queue: ages } = await admin.ask('countMail', { query: {} });
    assert.deepEqual([days.reduce((sum, { sent }) => sum + sent, 0), ages[0]!.count], [2, 1]);
  });

  test('who got a mail sees of its recipients no others than themselves', async () => {
    await sendAs('wang', [addressOf('li'), 'hidden@outside.example']);
    const li = new ApiClient(server.ports.http, addressOf('li'), 'a new one 42');
    const { items } = await chen.ask('searchMessages', { query: { recipient: 'hidden@' } });
    const { message } = items[0]!;
    const seen = await li.ask('showMessage', { params: { message } });
    assert.deepEqual(
      seen.recipientList.map(({ address }) => address),
      [addressOf('li')],
    );
    assert.ok(!JSON.stringify(seen).includes('hidden@'));
  });

  test('what was shown is told to whom it concerned', async () => {
    const { items } = await wang.ask('listOwnAccesses', { query: { others: true } });
    assert.ok(items.length === 0, JSON.stringify(items));
    const [found] = (await chen.ask('searchMessages', { query: { sender: 'wang@' } })).items;
    await chen.ask('showMessage', { params: { message: found!.message } });
    const [told] = (await wang.ask('listOwnAccesses', { query: { others: true } })).items;
    const { by, byName, kind, items: act, message } = told!;
    assert.deepEqual(
      [by, byName, kind, act, message],
      [addressOf('chen'), '陈静', 'shown', 'traceMail', found!.message],
    );
    const all = await chen.ask('listAccesses', { query: { owner: addressOf('wang'), others: true } });
    assert.equal(all.items.length, 1);
    assert.equal((await wang.refused('listAccesses', { query: {} })).status, 403);
  });

  test('one’s sessions are listed and ended, failed attempts told', async () => {
    const wrong = new ApiClient(server.ports.http, addressOf('wang'), 'wrong-1');
    await wrong.refused('showSession');
    const { items } = await wang.ask('listOwnLogins', { query: {} });
    assert.deepEqual(
      items.filter(({ isThis }) => isThis).map(({ protocol, isOpen }) => [protocol, isOpen]),
      [['http', true]],
    );
    const [attempt] = (await wang.ask('listOwnRefusals', { query: {} })).items;
    assert.deepEqual([attempt?.reason, attempt?.protocol], ['password', 'http']);
    const { session } = items.find(({ isThis }) => isThis)!;
    assert.equal((await chen.refused('endSession', { params: { session } })).code, 'sessionNotFound');
    await wang.ask('endSession', { params: { session } });
    const after = (await wang.ask('listOwnLogins', { query: {} })).items;
    assert.equal(after.find((each) => each.session === session)?.ended, 'revoked');
  });

  test('the log is verified while one looks on', async () => {
    assert.equal((await wang.refused('startVerification')).status, 403);
    const started = await chen.ask('startVerification');
    assert.equal(started.state, 'running');
    for (;;) {
      const report = await chen.ask('showVerification');
      if (report.state === 'running') {
        await new Promise((next) => setTimeout(next, 50));
        continue;
      }
      assert.deepEqual([report.state, report.verdict, report.findings], ['ended', 'sound', []]);
      assert.ok(report.records > 20 && report.mails >= 3);
      break;
    }
    const head = Buffer.from(await chen.ask('downloadHead')).toString();
    const { log, head: shown } = await chen.ask('showLedger');
    assert.ok(head.startsWith(`${log}/1\n`) || head.includes(log), head);
    assert.ok(shown!.size > 0);
  });

  async function sendAs(name: string, recipients: readonly string[]): Promise<void> {
    const text = `From: ${addressOf(name)}\r\nTo: ${recipients[0]}\r\nSubject: The offer\r\n\r\nSee you.\r\n`;
    const smtp = await SmtpClient.connect(server.ports.submission);
    await smtp.login(addressOf(name), passwordOf(name));
    assert.match(await smtp.send(addressOf(name), recipients, Buffer.from(text)), /^250/);
    await smtp.quit();
  }
});
