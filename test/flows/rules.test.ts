/** An administrator's rules on the real server: written, tried, published, obeyed, changed, taken back. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { exampleRule } from '../../services/docs/rules-page.ts';
import { docx } from '../mail/documents.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { addressOf, passwordOf, RealServer } from '../support/real-server.ts';
import { SmtpClient } from '../support/smtp-client.ts';

const buyer = 'buyer@outside.example';

flowOnEveryLog('rules', { timeout: 180_000 }, (openLog) => {
  let server: RealServer;
  let folder: string;
  let id: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'muniment-rules-'));
    server = await RealServer.start(['wang', 'li', 'legal'], {}, await openLog());
  });

  after(async () => {
    await server?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  function file(name: string, content: unknown): string {
    const path = join(folder, name);
    writeFileSync(
      path,
      typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content),
    );
    return path;
  }

  function mail(subject: string, document: Uint8Array | null = null): Buffer {
    const encoded = `=?utf-8?B?${Buffer.from(subject).toString('base64')}?=`;
    const head = `From: ${addressOf('wang')}\r\nTo: ${buyer}\r\nSubject: ${encoded}\r\n`;
    if (document === null) return Buffer.from(`${head}\r\nhello\r\n`);
    return Buffer.from(
      `${head}MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\n` +
        'Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=a.bin\r\n' +
        `Content-Transfer-Encoding: base64\r\n\r\n${Buffer.from(document).toString('base64')}\r\n--b--\r\n`,
    );
  }

  async function submit(name: string, octets: Buffer, recipient = buyer, parameters = ''): Promise<string> {
    const client = await SmtpClient.connect(server.ports.submission);
    await client.login(addressOf(name), passwordOf(name));
    const from = Buffer.from(octets.toString('latin1').replace(addressOf('wang'), addressOf(name)), 'latin1');
    const reply = await client.send(addressOf(name), [recipient], from, parameters);
    await client.quit();
    return Buffer.from(reply, 'latin1').toString();
  }

  test('a rule that cannot be carried out is told so, place by place', async () => {
    const wrong = { ...exampleRule, when: { any: [{ test: 'text', in: ['subject'], words: [] }] } };
    const { code, stderr } = await server.verb('rule', 'add', file('wrong.json', wrong));
    assert.equal(code, 1);
    assert.match(stderr, /when › any › 1 › words: must not have fewer than 1 items/);
    assert.match(await server.muniment('rule', 'list'), /There are no rules yet/);
  });

  test('a rule is tried on a mail before it is published, and says where it hits', async () => {
    const rule = file('rule.json', exampleRule);
    const eml = file('offer.eml', mail('Offer', docx(['采购', '合同'])));
    const text = await server.muniment('rule', 'test', rule, '--mail', eml);
    assert.match(text, /^The rule hits: refuse, for buyer@outside\.example\./);
    assert.match(text, /when › any › 1: text, 1 found\n {4}attachments 2: 合同/);
    const none = await server.muniment('rule', 'test', rule, '--mail', eml, '--sender', addressOf('legal'));
    assert.equal(none.trim(), 'The rule says nothing of this mail.');
    const inside = await server.muniment(
      'rule',
      'test',
      rule,
      '--mail',
      eml,
      '--recipients',
      addressOf('li'),
    );
    assert.equal(inside.trim(), 'The rule says nothing of this mail.');
    assert.match(await submit('wang', mail('采购合同')), /^250/);
  });

  test('published, it refuses what it is about and nothing else', async () => {
    const published = JSON.parse(
      await server.muniment('rule', 'add', file('rule.json', exampleRule), '--json'),
    );
    assert.equal(published.version, 1);
    id = published.rule;
    const refused = await submit('wang', mail('采购合同'));
    assert.equal(refused, '550 5.7.1 Contracts are sent by legal@acme.example.');
    assert.match(await submit('wang', mail('Offer', docx(['采购', '合同']))), /^550 5\.7\.1/);
    assert.match(await submit('wang', mail('Offer', docx(['你好']))), /^250/);
    assert.match(await submit('wang', mail('采购合同'), addressOf('li')), /^250/);
    assert.match(await submit('legal', mail('采购合同')), /^250/);
  });

  test('what was refused is in the log, under the rule and its version', async () => {
    const refused = (await server.facts()).filter(({ type }) => type === 'MessageRefused');
    assert.equal(refused.length, 2);
    assert.deepEqual(
      refused.map(({ data }) => [data['rules'], data['ruleVersions']]),
      [
        [[id], [1]],
        [[id], [1]],
      ],
    );
    const [row] = JSON.parse(await server.muniment('rule', 'list', '--json'));
    assert.deepEqual([row.rule, row.phase, row.refused, row.name], [id, 'active', 2, exampleRule.name]);
  });

  test('it is in force after a restart', async () => {
    await server.kill();
    await server.start();
    assert.match(await submit('wang', mail('采购合同')), /^550 5\.7\.1/);
  });

  test('a new version takes its place, and the one before comes back', async () => {
    const chinese = { ...exampleRule, actions: [{ do: 'refuse', text: '合同由法务部寄出' }] };
    const changed = file('changed.json', chinese);
    const { stderr } = await server.verb('rule', 'add', changed);
    assert.ok(stderr.includes(`--as ${id}`), stderr);
    await server.muniment('rule', 'add', changed, '--as', id);
    assert.equal(
      await submit('wang', mail('采购合同')),
      '550 5.7.1 A rule of this organisation does not allow this mail',
    );
    assert.equal(await submit('wang', mail('采购合同'), buyer, ' SMTPUTF8'), '550 5.7.1 合同由法务部寄出');
    await server.muniment('rule', 'restore', id);
    assert.match(await submit('wang', mail('采购合同')), /legal@acme\.example/);
    const shown = await server.muniment('rule', 'show', id, '--version', '2');
    assert.match(shown, /active, version 3/);
    assert.match(shown, /text of 1/);
    assert.match(shown, /合同由法务部寄出/);
  });

  test('withdrawn, it says nothing any more', async () => {
    await server.muniment('rule', 'withdraw', id, '--reason', 'the contract desk does this now');
    assert.match(await submit('wang', mail('采购合同')), /^250/);
    const [row] = JSON.parse(await server.muniment('rule', 'list', '--json'));
    assert.deepEqual([row.phase, row.withdrawnReason], ['withdrawn', 'the contract desk does this now']);
    assert.equal((await server.verb('verify')).code, 0);
  });
});
