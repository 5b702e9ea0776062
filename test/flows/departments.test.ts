/** The company as a tree of departments: made, changed, listed, and named by rules. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { mailWith } from '../support/delivered-mail.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { addressOf, passwordOf, RealServer } from '../support/real-server.ts';
import { SmtpClient } from '../support/smtp-client.ts';

interface Row {
  readonly name: string;
  readonly level: number;
  readonly leaderAddress: string | null;
  readonly members: readonly { readonly address: string }[];
}

flowOnEveryLog('departments', { timeout: 180_000 }, (openLog) => {
  let server: RealServer;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'muniment-departments-'));
    server = await RealServer.start(['wang', 'li', 'zhao'], {}, await openLog());
  });

  after(async () => {
    await server?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  async function listed(): Promise<Row[]> {
    return JSON.parse(await server.muniment('department', 'list', '--json'));
  }

  async function says(pattern: RegExp, ...args: readonly string[]): Promise<void> {
    const { code, stderr } = await server.verb('department', ...args);
    assert.notEqual(code, 0, args.join(' '));
    assert.match(stderr, pattern);
  }

  test('ACC-30: departments of several levels with parent, order and leader are added and changed', async () => {
    await server.muniment('department', 'add', '公司', '--leader', addressOf('li'));
    await server.muniment('department', 'add', '法务', '--under', '公司');
    await server.muniment('department', 'add', '销售', '--under', '公司', '--order', '1');
    await server.muniment('department', 'add', '华北', '--under', '销售', '--leader', addressOf('zhao'));
    await server.muniment('department', 'move', '法务', '--under', '公司', '--order', '2');
    await server.muniment('department', 'rename', '华北', '北区');
    assert.deepEqual(
      (await listed()).map(({ name, level, leaderAddress }) => [name, level, leaderAddress]),
      [
        ['公司', 0, addressOf('li')],
        ['销售', 1, null],
        ['北区', 2, addressOf('zhao')],
        ['法务', 1, null],
      ],
    );
    assert.match(await server.muniment('department', 'list'), /\n {4}北区 +zhao@acme\.example\n/);
    await says(/below itself/, 'move', '公司', '--under', '北区');
    await says(/a department of that name/, 'add', '销售');
    await says(/no such department/, 'move', '没有', '--top');
    await says(/no such account/, 'leader', '销售', addressOf('nobody'));
    await says(/from 1 on/, 'add', 'x', '--order', '0');
    await server.muniment('department', 'leader', '销售', addressOf('zhao'));
    await server.muniment('department', 'leader', '北区', '--none');
    assert.deepEqual(
      (await listed()).map(({ leaderAddress }) => leaderAddress),
      [addressOf('li'), addressOf('zhao'), null, null],
    );
  });

  test('ACC-31: people are put into a department; one that is removed leaves them in none', async () => {
    await server.muniment('department', 'assign', '北区', addressOf('wang'), addressOf('zhao'));
    await server.muniment('department', 'unassign', addressOf('zhao'));
    await says(/no such account/, 'assign', '北区', addressOf('zhao'), addressOf('nobody'));
    assert.deepEqual(
      (await listed())[2]!.members.map(({ address }) => address),
      [addressOf('wang')],
    );
    await says(/departments below this one/, 'remove', '销售');
    await server.muniment('department', 'remove', '北区');
    assert.deepEqual(
      (await listed()).map(({ name }) => name),
      ['公司', '销售', '法务'],
    );
    assert.match(await server.muniment('account', 'list'), /wang@acme\.example/);
  });

  test('a rule for a department is a rule for everybody below it, from the moment they are there', async () => {
    await server.muniment('department', 'assign', '销售', addressOf('wang'));
    const rule = {
      name: 'no mail out',
      reason: 'a test',
      owner: addressOf('li'),
      scope: { direction: 'sent', departments: ['公司'] },
      actions: [{ do: 'refuse', text: 'Not from here.' }],
    };
    const path = join(folder, 'rule.json');
    writeFileSync(path, JSON.stringify(rule));
    await server.muniment('rule', 'add', path);
    assert.match(await submit('wang'), /^550 5\.7\.1 Not from here/);
    assert.match(await submit('zhao'), /^250/);
    await server.muniment('department', 'unassign', addressOf('wang'));
    assert.match(await submit('wang'), /^250/);
    writeFileSync(path, JSON.stringify({ ...rule, name: 'other', scope: { departments: ['没有'] } }));
    assert.match((await server.verb('rule', 'add', path)).stderr, /没有/);
    assert.equal((await server.verb('verify')).code, 0);
  });

  async function submit(name: string): Promise<string> {
    const client = await SmtpClient.connect(server.ports.submission);
    await client.login(addressOf(name), passwordOf(name));
    const mail = Buffer.from(
      mailWith('hello')
        .toString()
        .replace(/^From:.*$/m, `From: ${addressOf(name)}`),
    );
    const reply = await client.send(addressOf(name), ['buyer@outside.example'], mail);
    await client.quit();
    return reply;
  }
});
