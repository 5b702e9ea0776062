/** What administrators know as content filter, attachment policy, blocking and traffic scope, as rules on the real server. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { addressOf, passwordOf, RealServer } from '../support/real-server.ts';
import { SmtpClient } from '../support/smtp-client.ts';

const buyer = 'buyer@outside.example';

interface Sent {
  readonly by?: string;
  readonly to?: readonly string[];
  readonly subject?: string;
  readonly attachment?: { readonly name: string; readonly content: Uint8Array };
}

flowOnEveryLog('the content filter', { timeout: 180_000 }, (openLog) => {
  let server: RealServer;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'muniment-filter-'));
    server = await RealServer.start(['wang', 'li'], {}, await openLog());
  });
  after(async () => {
    await server?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  /** With these rules in force: what each mail is answered, by its code. */
  async function answers(
    rules: readonly Record<string, unknown>[],
    ...mails: readonly Sent[]
  ): Promise<string[]> {
    const ids = await publish(rules);
    const codes: string[] = [];
    for (const mail of mails) codes.push((await send(mail)).slice(0, 3));
    for (const id of ids) await server.muniment('rule', 'withdraw', id, '--reason', 'the test is over');
    return codes;
  }

  async function publish(rules: readonly Record<string, unknown>[]): Promise<string[]> {
    const ids: string[] = [];
    for (const [i, changed] of rules.entries()) {
      const rule = {
        name: `rule ${i}`,
        reason: 'a test',
        owner: addressOf('li'),
        scope: {},
        actions: [{ do: 'refuse', text: 'Not this.' }],
        ...changed,
      };
      const path = join(folder, `${i}.json`);
      writeFileSync(path, JSON.stringify(rule));
      ids.push(JSON.parse(await server.muniment('rule', 'add', path, '--json')).rule);
    }
    return ids;
  }

  /** By 王 to the buyer, or by somebody else; who has no account here hands in at the other door. */
  async function send({ by = 'wang', to = [buyer], subject = 'hello', attachment }: Sent): Promise<string> {
    const isOurs = !by.includes('@');
    const sender = isOurs ? addressOf(by) : by;
    const client = await SmtpClient.connect(isOurs ? server.ports.submission : server.ports.smtp);
    if (isOurs) await client.login(sender, passwordOf(by));
    const encoded = `=?utf-8?B?${Buffer.from(subject).toString('base64')}?=`;
    const head = `From: ${sender}\r\nTo: ${to.join(', ')}\r\nSubject: ${encoded}\r\n`;
    const reply = await client.send(sender, to, Buffer.from(`${head}${bodyOf(attachment)}`));
    await client.quit();
    return reply;
  }

  function bodyOf(attachment: Sent['attachment']): string {
    if (!attachment) return '\r\nhello\r\n';
    const base64 = Buffer.from(attachment.content).toString('base64');
    return (
      'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\n' +
      `Content-Type: image/png\r\nContent-Disposition: attachment; filename="${attachment.name}"\r\n` +
      `Content-Transfer-Encoding: base64\r\n\r\n${base64}\r\n--b--\r\n`
    );
  }

  test('AVC-03: rules have names, conditions and actions, several hold together, and each is switched off by itself', async () => {
    const rules = [
      { name: '机密', when: { test: 'text', in: ['subject'], words: ['机密'] } },
      { name: 'secret', when: { test: 'text', in: ['subject'], words: ['secret'] } },
    ];
    const mails = [{ subject: '机密' }, { subject: 'top secret' }, { subject: 'hello' }];
    assert.deepEqual(await answers(rules, ...mails), ['550', '550', '250']);
    assert.deepEqual(await answers(rules.slice(1), ...mails), ['250', '550', '250']);
    assert.deepEqual(await answers([], ...mails), ['250', '250', '250']);
  });

  test('AVC-04: From, To and subject contain or do not contain one of several values', async () => {
    const contains = {
      all: [
        { test: 'address', in: ['from'], match: [addressOf('wang'), addressOf('li')] },
        { test: 'address', in: ['to'], match: ['@outside.example', '@*.outside.example'] },
        { not: { test: 'text', in: ['subject'], words: ['approved', '已批准'] } },
      ],
    };
    const mails = [
      {},
      { by: 'li' },
      { subject: '已批准：合同' },
      { to: ['x@mail.outside.example'] },
      { to: ['x@elsewhere.example'] },
    ];
    assert.deepEqual(await answers([{ when: contains }], ...mails), ['550', '550', '250', '550', '250']);
  });

  test('AVC-06: a rule is about mail within the own domains, or with outside', async () => {
    const mails = [{}, { to: [addressOf('li')] }, { by: buyer, to: [addressOf('li')] }];
    assert.deepEqual(await answers([{ scope: { traffic: 'internal' } }], ...mails), ['250', '550', '250']);
    assert.deepEqual(await answers([{ scope: { traffic: 'external' } }], ...mails), ['550', '250', '550']);
  });

  test('AVC-07: only listed types of attachments, or none of the listed, by their content; some addresses are left out', async () => {
    const program = Buffer.from(`4d5a${'00'.repeat(58)}40000000${'00'.repeat(64)}`, 'hex');
    const picture = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
    const mails = [
      { attachment: { name: 'a.png', content: program } },
      { attachment: { name: 'a.png', content: picture } },
      { by: 'li', attachment: { name: 'a.png', content: program } },
      {},
    ];
    const except = [{ test: 'address', in: ['envelopeSender'], match: [addressOf('li')] }];
    const blocked = { when: { test: 'attachmentType', types: ['application/x-msdownload'] }, except };
    assert.deepEqual(await answers([blocked], ...mails), ['550', '250', '250', '250']);
    const allowed = { when: { test: 'attachmentType', otherThan: ['application/pdf'] }, except };
    assert.deepEqual(await answers([allowed], ...mails), ['550', '550', '250', '250']);
  });

  test('AVC-10: words in the subject and in other header fields stop a mail, and the list of rules counts it', async () => {
    const [id] = await publish([
      { name: 'words', when: { test: 'text', in: ['subject', 'header:To'], words: ['彩票', 'lottery'] } },
    ]);
    for (const mail of [{ subject: '彩 票' }, { to: ['lottery@outside.example'] }])
      assert.match(await send(mail), /^550/);
    assert.match(await send({}), /^250/);
    const row = JSON.parse(await server.muniment('rule', 'list', '--json')).find(
      (each: { rule: string }) => each.rule === id,
    );
    assert.deepEqual([row.refused, row.accepted], [2, 0]);
    await server.muniment('rule', 'withdraw', id!, '--reason', 'the test is over');
  });

  test('APR-06: rules lie on the server, and are in force for every way of sending', async () => {
    const scope = { direction: 'sent', people: [addressOf('wang')] };
    const mails = [{}, { by: 'li' }];
    assert.deepEqual(await answers([{ scope }], ...mails), ['550', '250']);
  });

  test('APR-07: somebody may write to these addresses only, and reads why', async () => {
    const rule = {
      scope: { direction: 'sent', people: [addressOf('wang')] },
      when: { test: 'address', in: ['envelopeRecipient'], otherThan: ['@partner.example'] },
      actions: [{ do: 'refuse', text: 'You may write to partner.example only.' }],
    };
    const [id] = await publish([rule]);
    assert.equal(await send({}), '550 5.7.1 You may write to partner.example only.');
    assert.match(await send({ to: ['x@partner.example', buyer] }), /^550/);
    assert.match(await send({ to: ['x@partner.example'] }), /^250/);
    await server.muniment('rule', 'withdraw', id!, '--reason', 'the test is over');
  });

  test('ACC-43: somebody may not send outside, or not receive from outside, but for an exception list', async () => {
    const people = [addressOf('wang')];
    const otherThan = ['@partner.example', '@acme.example'];
    const sends = {
      scope: { direction: 'sent', people },
      when: { test: 'address', in: ['envelopeRecipient'], otherThan },
    };
    const sent = [
      {},
      { to: ['x@partner.example', buyer] },
      { to: ['x@partner.example', addressOf('li')] },
      { by: 'li' },
    ];
    assert.deepEqual(await answers([sends], ...sent), ['550', '550', '250', '250']);
    const receives = {
      scope: { direction: 'received', traffic: 'external', people },
      when: { test: 'address', in: ['envelopeSender'], otherThan },
    };
    const received = [
      { by: buyer, to: people },
      { by: 'x@partner.example', to: people },
      { by: 'li', to: people },
      { by: buyer, to: [addressOf('li')] },
    ];
    assert.deepEqual(await answers([receives], ...received), ['550', '250', '250', '250']);
  });
});
