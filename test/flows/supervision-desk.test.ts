/** The supervisor's desk by `/api/`, what it shows and what is told of it: the real server. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import { buyer } from '../support/approval-house.ts';
import { countInInbox, imapLogin, inboxWith } from '../support/delivered-mail.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { JmapClient } from '../support/jmap-client.ts';
import { Pop3Client } from '../support/pop3-client.ts';
import { addressOf, passwordOf } from '../support/real-server.ts';
import { everything, SupervisionHouse } from '../support/supervision-house.ts';

const secret = 'secret@out.example';

flowOnEveryLog('the supervision desk', { timeout: 300_000 }, (openLog) => {
  let company: SupervisionHouse;
  let [wang, li, zhao, chen]: ApiClient[] = [];

  before(async () => {
    company = await SupervisionHouse.open(await openLog());
    [wang, li, zhao, chen] = ['wang', 'li', 'zhao', 'chen'].map((name) => company.client(name));
    await company.house.publish({ do: 'copyToSupervisors' }, { ...everything, name: 'sales' });
  });
  after(() => company?.close());

  /** Mail of 王 with a hidden recipient, put before 李. */
  async function supervised(): Promise<{ message: string; supervision: string }> {
    const message = await company.house.submit([buyer, secret], { more: `Bcc: ${secret}\r\n` });
    const [copy] = await company.copiesOf(message);
    return { message, supervision: copy!.supervision };
  }

  const shownBy = async (act: string, message: string) =>
    (await company.server.facts()).filter(
      ({ type, data }) => type === 'RecordsShown' && data['act'] === act && data['message'] === message,
    );

  test('the supervisor sees the mail as it was sent, with its envelope and Bcc; nobody else knows of it', async () => {
    const { message, supervision } = await supervised();
    const params = { supervision };
    const { items, waiting, overdue } = await li!.ask('listSupervised');
    const item = items.find((each) => each.message === message)!;
    assert.deepEqual(
      [item.supervision, item.sender, item.people, item.rules, item.state],
      [supervision, addressOf('wang'), [addressOf('wang')], ['sales'], 'waiting'],
    );
    assert.deepEqual([waiting > 0, overdue], [true, 0]);
    const shown = await li!.ask('showSupervised', { params });
    assert.deepEqual(shown.recipients, [buyer, secret]);
    const mail = Buffer.from(await li!.ask('readSupervisedMail', { params })).toString();
    assert.match(mail, /^Return-Path: <wang@acme\.example>\r\n/);
    assert.match(mail, new RegExp(`\r\nBcc: ${secret}\r\n`));
    assert.match(mail, /\r\n\r\n你好\r\n$/);
    for (const other of [wang!, zhao!, chen!]) {
      assert.equal((await other.refused('showSupervised', { params })).code, 'supervisionNotFound');
      assert.equal((await other.refused('readSupervisedMail', { params })).status, 404);
      assert.deepEqual((await other.ask('listSupervised')).items, []);
    }
  });

  test('the desk: how many, what was found and where, the texts with Bcc, a file; none of it is a review', async () => {
    const before = await li!.ask('countSupervised');
    const { message, supervision } = await supervised();
    const { waiting, isSupervisor } = await li!.ask('countSupervised');
    assert.deepEqual([waiting, isSupervisor], [before.waiting + 1, true]);
    assert.deepEqual(await zhao!.ask('countSupervised'), {
      ...{ waiting: 0, overdue: 0, nextDueAtMs: null, isSupervisor: false },
    });
    const params = { supervision };
    const email = await li!.ask('showSupervisedMail', { params });
    assert.deepEqual(email.bcc, [{ name: null, email: secret }]);
    const [text] = email.textBody;
    assert.equal(email.bodyValues[text!.partId!]!.value.trim(), '你好');
    const file = { params: { supervision, part: text!.blobId! } };
    assert.equal(
      Buffer.from(await li!.ask('readSupervisedPart', file))
        .toString()
        .trim(),
      '你好',
    );
    assert.equal(
      (await li!.refused('readSupervisedPart', { params: { supervision, part: '9' } })).status,
      404,
    );
    for (const route of ['showSupervisedMail', 'readSupervisedPart', 'viewSupervisedPart'] as const)
      assert.equal((await chen!.refused(route, file)).code, 'supervisionNotFound');
    assert.equal((await shownBy('superviseMail', message)).length >= 2, true);
    assert.equal((await li!.ask('showSupervised', { params })).state, 'waiting');
    const { people, rules } = await li!.ask('listSupervisionChoices');
    assert.deepEqual(people, [{ address: addressOf('wang'), name: '' }]);
    assert.deepEqual(
      rules.map(({ name }) => name),
      ['sales'],
    );
    assert.deepEqual((await zhao!.ask('listSupervisionChoices')).people, []);
  });

  test('what the rule found is shown where it stands, of those rules alone that put it before the supervisor', async () => {
    const when = { test: 'text', in: ['body'], words: ['你好'] };
    const found = await company.house.publish({ do: 'copyToSupervisors' }, { name: 'greeting', when });
    const other = await company.house.publish({ do: 'deliver' }, { name: 'else', when });
    const { supervision } = await supervised();
    for (const rule of [found, other]) await company.house.withdraw(rule);
    const { hits, rules } = await li!.ask('showSupervised', { params: { supervision } });
    assert.deepEqual([...rules].sort(), ['greeting', 'sales']);
    assert.deepEqual(
      hits.map(({ rule, in: place, found: text }) => [rule, place, text]),
      [['greeting', 'body', '你好']],
    );
    const query = { rule: found };
    assert.deepEqual(
      (await li!.ask('listSupervised', { query })).items.map((item) => item.supervision),
      [supervision],
    );
  });

  test('a supervisor’s pages are told at once that there is something; nobody else’s are', async () => {
    const listen = async (name: string) => {
      const { http } = company.server.ports;
      const jmap = await JmapClient.signIn(http, addressOf(name), passwordOf(name));
      const { next, close } = await jmap.events();
      /** Types that it was told of, up to the one that is waited for. */
      const until = async (type: string): Promise<string[]> => {
        for (const types: string[] = []; ; ) {
          types.push(...Object.keys((await next())['changed'][jmap.account]));
          if (types.includes(type)) return types;
        }
      };
      return { until, close };
    };
    const [told, untold] = [await listen('li'), await listen('zhao')];
    await supervised();
    assert.ok((await told.until('Supervision')).length > 0);
    await company.arrive(['zhao'], 'news');
    assert.ok(!(await untold.until('Email')).includes('Supervision'));
    for (const { close } of [told, untold]) await close();
  });

  test('opening is no review; the review is, with outcome and note', async () => {
    const { supervision } = await supervised();
    await li!.ask('readSupervisedMail', { params: { supervision } });
    assert.equal((await li!.ask('showSupervised', { params: { supervision } })).state, 'waiting');
    const body = { supervisions: [supervision], outcome: 'escalated' as const };
    const silent = await li!.refused('reviewSupervised', { body });
    assert.deepEqual([silent.code, silent.problems?.[0]?.field], ['commentMissing', 'note']);
    const noted = { ...body, note: '请法务看' };
    assert.equal((await chen!.ask('reviewSupervised', { body: noted })).refused[0]?.code, 'notSupervisor');
    assert.deepEqual((await li!.ask('reviewSupervised', { body: noted })).done, [supervision]);
    assert.equal(
      (await li!.ask('reviewSupervised', { body: noted })).refused[0]?.code,
      'supervisionReviewed',
    );
    const [row] = (await li!.ask('listSupervised', { query: { state: 'reviewed' } })).items;
    assert.deepEqual(
      [row!.supervision, row!.outcome, row!.note, row!.reviewedBy],
      [supervision, 'escalated', '请法务看', addressOf('li')],
    );
  });

  test('what is shown is in the log before it is shown, and the owner sees who read it', async () => {
    const { message, supervision } = await supervised();
    await li!.ask('readSupervisedMail', { params: { supervision } });
    const [fact] = await shownBy('superviseMail', message);
    assert.equal(fact!.data['sealed'], false);
    assert.equal((fact!.data['owners'] as string[]).length, 1);
    const { items } = await wang!.ask('listOwnAccesses', { query: { others: true } });
    const told = items.find((each) => each.message === message)!;
    assert.deepEqual(
      [told.by, told.items, told.rules, told.protocol],
      [addressOf('li'), 'superviseMail', ['sales'], 'http'],
    );
    const ofOne = await wang!.ask('listOwnAccesses', { query: { others: true, message } });
    assert.ok(ofOne.items.length > 0 && ofOne.items.every((each) => each.message === message));
    assert.ok(ofOne.items.length < items.length);
  });

  test('where the rule seals it with a reason, the owner is not told; the log has it all the same', async () => {
    const sealed = { do: 'copyToSupervisors', to: [addressOf('zhao')], sealed: 'an inquiry' };
    const rule = await company.house.publish(sealed, { ...everything, name: 'inquiry' });
    const message = await company.house.submit([buyer]);
    await company.house.withdraw(rule);
    const copies = await company.copiesOf(message, 2);
    const { supervision } = copies.find((each) => each.supervisorAddress === addressOf('zhao'))!;
    assert.match(
      Buffer.from(await zhao!.ask('readSupervisedMail', { params: { supervision } })).toString(),
      /你好/,
    );
    const [fact] = await shownBy('superviseMail', message);
    assert.equal(fact!.data['sealed'], true);
    const { items } = await wang!.ask('listOwnAccesses', { query: { others: true } });
    assert.ok(!items.some(({ by }) => by === addressOf('zhao')));
    const { sealedBecause } = await zhao!.ask('showSupervised', { params: { supervision } });
    assert.equal(sealedBecause, 'an inquiry');
    const story = JSON.stringify(await wang!.ask('showMessage', { params: { message } }));
    assert.ok(story.includes('sales') && !story.includes('inquiry'));
  });

  test('MON-03: the copy is there when the owner has deleted the mail', async () => {
    const message = await company.arrive(['wang'], 'kept');
    const [copy] = await company.copiesOf(message);
    await inboxWith(company.server, 'wang', 1);
    const imap = await imapLogin(company.server, 'wang');
    await imap.ok('SELECT INBOX');
    await imap.ok('STORE 1:* +FLAGS.SILENT (\\Deleted)');
    await imap.ok('EXPUNGE');
    await imap.logout();
    assert.equal(await countInInbox(company.server, 'wang'), 0);
    const params = { supervision: copy!.supervision };
    assert.match(Buffer.from(await li!.ask('readSupervisedMail', { params })).toString(), /Text of /);
  });

  test('MON-10: supervised mail is read at the desk; no mail program collects it', async () => {
    const { supervision } = await supervised();
    assert.equal(await countInInbox(company.server, 'li'), 0);
    const { ports } = company.server;
    const pop3 = await Pop3Client.login(ports.pop3, addressOf('li'), passwordOf('li'));
    assert.match(await pop3.ok('STAT'), /^0 0/);
    await pop3.quit();
    assert.ok((await li!.ask('readSupervisedMail', { params: { supervision } })).length > 0);
  });

  test('MON-11: the list is sorted by whose mail it is, and comes in pages', async () => {
    await company.server.muniment('department', 'assign', '销售', addressOf('zhao'));
    const ofZhao = await company.house.submit([buyer], { by: 'zhao' });
    await company.copiesOf(ofZhao);
    const query = { person: addressOf('zhao') };
    assert.deepEqual(
      (await li!.ask('listSupervised', { query })).items.map(({ message }) => message),
      [ofZhao],
    );
    const [first, second] = (await li!.ask('listSupervised')).items;
    assert.equal(first!.message, ofZhao);
    const page = await li!.ask('listSupervised', { query: { limit: 1 } });
    assert.deepEqual(page.items, [first]);
    const next = await li!.ask('listSupervised', { query: { limit: 1, cursor: page.next! } });
    assert.deepEqual(next.items, [second]);
  });

  test('the log of reviews is the supervisor’s own, and everybody’s for auditors', async () => {
    const own = await li!.ask('listSupervisionLog', { query: { state: 'reviewed' } });
    assert.ok(own.items.length >= 1 && own.items.every(({ supervisor }) => supervisor === addressOf('li')));
    assert.equal((await li!.refused('listSupervisionLog', { query: { everybody: true } })).status, 403);
    const ofLi = { supervisor: addressOf('li') };
    assert.equal((await chen!.refused('listSupervisionLog', { query: ofLi })).status, 403);
    await company.server.muniment(
      'account',
      'add',
      addressOf('sun'),
      '--password',
      passwordOf('sun'),
      '--role',
      'auditor',
    );
    const auditor = company.client('sun');
    const all = await auditor.ask('listSupervisionLog', { query: { everybody: true, limit: 500 } });
    assert.ok(all.items.length > own.items.length);
    assert.equal(
      (await auditor.ask('listSupervisionLog', { query: { ...ofLi, state: 'reviewed' } })).items.length,
      own.items.length,
    );
  });

  test('the story of a mail tells auditors of its supervision, and nobody else', async () => {
    const { message, supervision } = await supervised();
    await li!.ask('reviewSupervised', { body: { supervisions: [supervision], outcome: 'inOrder' } });
    const typesFor = async (client: ApiClient) =>
      (await client.ask('showMessage', { params: { message } })).steps.map(({ type }) => type);
    const told = ['CopiedForSupervision', 'CopyReviewed'];
    const forAuditor = await typesFor(company.client('sun'));
    assert.deepEqual(
      forAuditor.filter((type) => told.includes(type)),
      told,
    );
    const forOwner = await typesFor(wang!);
    assert.ok(forOwner.includes('MessageAccepted') && !forOwner.some((type) => told.includes(type)));
    assert.equal((await company.server.verb('verify')).code, 0);
  });
});
