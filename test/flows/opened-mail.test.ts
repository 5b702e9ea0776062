/** An auditor opens a mail of others with a reason, and those whose mail it is find both: the real server. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ApiClient } from '../support/api-client.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { addressOf, passwordOf, RealServer } from '../support/real-server.ts';
import { SmtpClient } from '../support/smtp-client.ts';

const mail = [
  'From: wang@acme.example',
  'To: li@acme.example',
  'Bcc: zhao@acme.example',
  'Subject: prices',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  '',
  'The prices follow.',
  '--b',
  'Content-Type: text/csv; name=prices.csv',
  'Content-Disposition: attachment; filename=prices.csv',
  '',
  'crate,12',
  '--b--',
  '',
].join('\r\n');

flowOnEveryLog('mail opened with a reason', { timeout: 120_000 }, (openLog) => {
  let server: RealServer;
  let message: string;
  const client = (name: string) => new ApiClient(server.ports.http, addressOf(name), passwordOf(name));

  before(async () => {
    server = await RealServer.start(['wang', 'li', 'zhao'], {}, await openLog());
    await server.muniment(
      ...['account', 'add', addressOf('chen'), '--password', passwordOf('chen'), '--role', 'auditor'],
    );
    const smtp = await SmtpClient.connect(server.ports.submission);
    await smtp.login(addressOf('wang'), passwordOf('wang'));
    await smtp.send(addressOf('wang'), [addressOf('li'), addressOf('zhao')], Buffer.from(mail));
    await smtp.quit();
    const { items } = await client('chen').ask('searchMessages', { query: { subject: 'prices' } });
    message = items[0]!.message;
  });
  after(() => server?.dispose());

  test('without a reason nothing of it is shown, to nobody', async () => {
    const params = { message };
    for (const name of ['showOpenedMail', 'readOpenedMail'] as const) {
      assert.equal((await client('chen').refused(name, { params })).code, 'reasonMissing');
      assert.equal((await client('li').refused(name, { params })).code, 'notPermitted');
    }
    const refused = await client('wang').refused('openMail', { params, body: { reason: 'mine' } });
    assert.equal(refused.code, 'notPermitted');
    const nowhere = { message: '00000000-0000-4000-8000-000000000000' };
    const missing = await client('chen').refused('openMail', { params: nowhere, body: { reason: 'x' } });
    assert.equal(missing.code, 'messageNotFound');
  });

  test('with one it is shown whole, with Bcc and files', async () => {
    const [chen, params] = [client('chen'), { message }];
    await chen.ask('openMail', { params, body: { reason: '季度抽查' } });
    const shown = await chen.ask('showOpenedMail', { params });
    assert.equal(shown.subject, 'prices');
    assert.deepEqual(
      shown.bcc?.map(({ email }) => email),
      [addressOf('zhao')],
    );
    const [file] = shown.attachments;
    const part = { message, part: file!.partId! };
    assert.equal(Buffer.from(await chen.ask('readOpenedPart', { params: part })).toString(), 'crate,12');
    assert.match(Buffer.from(await chen.ask('readOpenedMail', { params })).toString(), /The prices follow/);
  });

  test('whose mail it is finds who it was and why; an auditor’s log has it as well', async () => {
    for (const name of ['wang', 'li', 'zhao']) {
      const { items } = await client(name).ask('listOwnAccesses', { query: { others: true } });
      const opened = items.filter(({ items: act }) => act === 'openMail');
      assert.ok(opened.length > 0, name);
      for (const { by, reason, message: of } of opened)
        assert.deepEqual([by, reason, of], [addressOf('chen'), '季度抽查', message]);
    }
    const { items } = await client('chen').ask('listAccesses', { query: { owner: addressOf('li') } });
    assert.ok(items.some(({ reason }) => reason === '季度抽查'));
    await server.kill();
    await server.start();
    const again = await client('wang').ask('listOwnAccesses', { query: { others: true } });
    assert.ok(again.items.some(({ reason }) => reason === '季度抽查'));
  });
});
