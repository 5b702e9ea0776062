/** The command over a running server: every verb prints JSON, errors say what to do, evidence and rebuilding. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { verbs } from '../../services/cli/verb-list.ts';
import { exampleRule } from '../../services/docs/rules-page.ts';
import { deliver, mailWith } from '../support/delivered-mail.ts';
import { DnsServer } from '../support/dns-server.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { PageClient } from '../support/page-client.ts';
import { missing } from '../support/programs.ts';
import { addressOf, lookAgainMs, passwordOf, RealServer } from '../support/real-server.ts';
import { SmtpClient } from '../support/smtp-client.ts';

const run = promisify(execFile);

flowOnEveryLog('the command line', { timeout: 240_000 }, (openLog) => {
  let dns: DnsServer;
  let server: RealServer;
  let folder: string;
  let message: string;
  /** A checkpoint that has left the house, and the folder of all of them. */
  let kept: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muniment-command-'));
    dns = await DnsServer.start({ 'out.example': { a: ['127.0.0.1'] } });
    server = await RealServer.start(
      ['wang', 'li'],
      { MUNIMENT_DNS_SERVERS: dns.address, MUNIMENT_DELIVERY_PORT: '1' },
      await openLog(),
    );
    await deliver(server, 'wang', [mailWith('first', 'one')]);
    [{ message }] = JSON.parse(
      `[${await server.muniment('message', 'trace', '--subject', 'first', '--json')}]`,
    );
    kept = join(folder, 'checkpoint');
    await server.muniment('prove', message, '-o', join(folder, 'fresh.zip'));
    writeFileSync(kept, readFileSync(join(server.data, 'ledger', 'HEAD')));
    await deliver(server, 'wang', [mailWith('second', 'two')], 1);
  });

  after(async () => {
    await server?.dispose();
    await dns?.close();
    if (folder) await rm(folder, { recursive: true });
  });

  /** What it says on the way out, as JSON. */
  async function error(...args: string[]): Promise<{ code: number; error: string }> {
    const { code, stdout, stderr } = await server.program(...args, '--json');
    assert.equal(stdout, '');
    return { code, ...(JSON.parse(stderr) as { error: string }) };
  }

  test('every verb prints one JSON text with --json', async () => {
    const sheet = join(folder, 'accounts.csv');
    writeFileSync(sheet, 'address,password\nzhao@acme.example,demo-Zhao-1\n');
    const [rule, changed, holding, mail, holidays] = [
      'rule.json',
      'changed.json',
      'holding.json',
      'mail.eml',
      'holidays.csv',
    ].map((name) => join(folder, name));
    writeFileSync(holidays!, '2027-01-01,holiday\n');
    writeFileSync(rule!, JSON.stringify(exampleRule));
    writeFileSync(changed!, JSON.stringify({ ...exampleRule, name: 'Changed' }));
    writeFileSync(mail!, mailWith('of no interest'));
    writeFileSync(holding!, JSON.stringify(holdingRule));
    await submitElsewhere(server);
    await server.muniment('rule', 'add', holding!);
    const [approved, returned] = [await untilHeld(server), await untilHeld(server)];
    const added = JSON.parse(await server.muniment('rule', 'add', rule!, '--json')).rule as string;
    const toElsewhere = ['--recipient', 'one@out.example', '--reason', 'asked for'];
    const dkimKeys = async () => {
      const sets = JSON.parse(await server.muniment('domain', 'dkim', 'list', 'acme.example', '--json'));
      return ['acme.example', (sets as { selector: string }[]).at(-1)!.selector];
    };
    const withSecondFactor = async () => {
      const page = new PageClient(server.ports.http);
      assert.equal(await page.signIn('chen@acme.example', 'demo-Chen-2'), null);
      await page.turnOnSecondFactor('demo-Chen-2');
      return ['chen@acme.example', '--reason', 'telephone lost'];
    };
    const lines: Readonly<Record<string, readonly string[] | (() => Promise<readonly string[]>)>> = {
      'domain add': ['other.example'],
      'domain list': [],
      'domain bind': ['acme.test', 'acme.example'],
      'domain unbind': ['acme.test'],
      'domain catch-all': ['acme.example', 'none'],
      'domain postmaster': ['acme.example', 'li@acme.example'],
      'account add': ['chen@acme.example', '--password', 'demo-Chen-1'],
      'account import': [sheet],
      'account list': [],
      'account freeze': ['chen@acme.example'],
      'account unfreeze': ['chen@acme.example'],
      'account passwd': ['chen@acme.example', '--password', 'demo-Chen-2'],
      'account name': ['chen@acme.example', 'Chen Jing'],
      'account quota': ['chen@acme.example', '1GiB'],
      'account grant-send-as': ['chen@acme.example', 'sales@acme.example'],
      'account away': ['chen@acme.example', '--until', '2099-01-01T09:00:00+08:00'],
      'account back': ['chen@acme.example'],
      'account language': ['chen@acme.example', 'zh-CN'],
      'account second-factor reset': withSecondFactor,
      'domain dkim add': ['acme.example'],
      'domain dkim list': ['acme.example'],
      'domain dkim check': ['acme.example'],
      'domain dkim switch': ['acme.example'],
      'domain dkim rotate': ['acme.example'],
      'domain dkim remove': dkimKeys,
      'calendar import': [holidays!],
      'calendar hours': ['--zone', 'Asia/Shanghai', '--days', '1-5', '--hours', '09:00-18:00'],
      'calendar show': [],
      'approval list': [],
      'approval show': [approved],
      'approval approve': [approved, '--by', addressOf('li')],
      'approval return': [returned, '--by', addressOf('li'), '--comment', 'not so'],
      'approval log': [],
      'supervision list': [],
      'supervision show': [approved],
      'supervision review': [approved, '--by', addressOf('li'), '--outcome', 'in-order'],
      'alias add': ['c@acme.example', 'chen@acme.example'],
      'alias list': [],
      'alias remove': ['c@acme.example'],
      'group add': ['all@acme.example', 'wang@acme.example'],
      'group add-members': ['all@acme.example', 'li@acme.example'],
      'group remove-members': ['all@acme.example', 'li@acme.example'],
      'group list': [],
      'group remove': ['all@acme.example'],
      'message trace': [message],
      verify: ['--log-only'],
      prove: [message, '-o', join(folder, 'json.zip')],
      rebuild: ['directory'],
      'department add': ['Sales'],
      'department list': [],
      'department rename': ['Sales', 'Trade'],
      'department move': ['Trade', '--top'],
      'department leader': ['Trade', 'wang@acme.example'],
      'department assign': ['Trade', 'li@acme.example'],
      'department unassign': ['li@acme.example'],
      'department remove': ['Trade'],
      'rule add': [changed!, '--as', added],
      'rule list': [],
      'rule show': [added],
      'rule test': [rule!, '--mail', mail!],
      'rule restore': [added],
      'rule withdraw': [added, '--reason', 'asked for'],
      'queue list': [],
      'queue hold': toElsewhere,
      'queue release': toElsewhere,
      'queue retry': toElsewhere,
      'queue redirect': [...toElsewhere, '--to', 'two@out.example'],
      'queue bounce': ['--recipient', 'two@out.example', '--reason', 'asked for'],
    };
    const offline = ['restore'];
    /** Nothing is published in this DNS. */
    const saysNo = ['domain dkim check'];
    assert.deepEqual(
      verbs.map(({ name }) => name).filter((name) => !(name in lines) && !offline.includes(name)),
      [],
    );
    for (const [name, args] of Object.entries(lines)) {
      const given = typeof args === 'function' ? await args() : args;
      const { code, stdout: said, stderr } = await server.verb(...name.split(' '), ...given, '--json');
      assert.equal(code, saysNo.includes(name) ? 1 : 0, `${name}: ${stderr}`);
      assert.equal(said.trimEnd().split('\n').length, 1, name);
      assert.equal(typeof JSON.parse(said), 'object', name);
    }
  });

  test('the program says the same in a process of its own', async () => {
    for (const line of [
      ['account', 'list'],
      ['account', 'list', '--json'],
      ['domain', 'dkim', 'check', 'acme.example'],
    ])
      assert.deepEqual(await server.program(...line), await server.verb(...line));
  });

  test('errors are JSON as well, and say what to do', async () => {
    assert.deepEqual(await error('frobnicate'), {
      code: 64,
      error: 'There is no verb frobnicate: muniment help lists them.',
    });
    const unknown = await error('account', 'freeze', 'nobody@acme.example');
    assert.equal(unknown.code, 1);
    assert.match(unknown.error, /There is no such account/);
    assert.match((await error('prove', 'x')).error, /message trace finds it/);
    assert.match((await error('rebuild', 'nothing')).error, /mailboxes, .*ledger, or all/);
  });

  test('prove ends in the checkpoint that the reader has', {
    skip: missing('python3', 'unzip'),
  }, async () => {
    const file = join(folder, 'kept.zip');
    await server.muniment('prove', message, '-o', file, '--checkpoint', kept);
    const { stdout: enclosed } = await run('unzip', ['-p', file, 'checkpoint']);
    assert.equal(enclosed, readFileSync(kept, 'utf8'));
    const { stdout: verifier } = await run('unzip', ['-p', file, 'verify.py']);
    const script = join(folder, 'verify.py');
    writeFileSync(script, verifier);
    await run('python3', [script, file, '--checkpoint', kept]);
  });

  test('prove says why a checkpoint does not do', async () => {
    const second = JSON.parse(await server.muniment('message', 'trace', '--subject', 'second', '--json'));
    assert.match(
      (await error('prove', second.message, '--checkpoint', kept)).error,
      /does not cover the message: it is older/,
    );
    const text = readFileSync(kept, 'utf8');
    const garbled = join(folder, 'garbled');
    writeFileSync(garbled, 'not at all\n');
    assert.match((await error('prove', message, '--checkpoint', garbled)).error, /is not a checkpoint/);
    const foreign = join(folder, 'foreign');
    const id = text.slice(0, 36);
    writeFileSync(foreign, text.replaceAll(id, '00000000-0000-4000-8000-000000000000'));
    assert.match((await error('prove', message, '--checkpoint', foreign)).error, /of another log/);
    const forged = join(folder, 'forged');
    writeFileSync(forged, text.replace(/\n\d+\n/, '\n7\n'));
    assert.match((await error('prove', message, '--checkpoint', forged)).error, /not signed by this log/);
    assert.match(
      (await error('prove', message, '--checkpoint', join(folder, 'none'))).error,
      /cannot be read/,
    );
  });

  test('rebuild ledger mends what verify finds of tiles and checkpoint files', async () => {
    await server.muniment('verify', '--log-only'); // seals, so that no new tile takes the place of a removed one
    const checkpoints = join(server.data, 'ledger', 'checkpoint');
    const [first] = readdirSync(checkpoints);
    rmSync(join(checkpoints, first!));
    rmSync(join(server.data, 'ledger', 'tile', '0'), { recursive: true });
    const { code, stdout } = await server.verb('verify');
    assert.equal(code, 4, stdout);
    assert.match(stdout, /muniment rebuild all/);
    const [{ differing }] = JSON.parse(await server.muniment('rebuild', 'ledger', '--json'));
    assert.ok(differing.includes(`checkpoint/${first}`), String(differing));
    assert.ok(
      differing.some((path: string) => path.startsWith('tile/0/')),
      String(differing),
    );
    await server.muniment('verify');
    const [again] = JSON.parse(await server.muniment('rebuild', 'ledger', '--json'));
    assert.deepEqual(again.differing, []);
  });
});

const { samples: _, ...unsampled } = exampleRule;
const holdingRule = {
  ...unsampled,
  name: 'Some wait',
  when: { test: 'text', in: ['subject'], words: ['to be held'] },
  actions: [
    { do: 'holdForApproval', reviewer: addressOf('li'), deadlineHours: 24, atDeadline: 'return' },
    { do: 'copyToSupervisors', to: [addressOf('li')] },
  ],
};

/** Mail to a host where nobody answers: it waits in the queue. The mail's id. */
async function submitElsewhere(server: RealServer, subject = 'elsewhere'): Promise<string> {
  const client = await SmtpClient.connect(server.ports.submission);
  await client.login(addressOf('wang'), passwordOf('wang'));
  const mail = Buffer.from(`From: <${addressOf('wang')}>\r\nSubject: ${subject}\r\n\r\nText\r\n`);
  const reply = await client.send(addressOf('wang'), ['one@out.example'], mail);
  await client.quit();
  return /^250 .*?([0-9a-f]{8}-[0-9a-f-]{27})/.exec(reply)![1]!;
}

/** The id of a mail that waits for its reviewer and for its supervisor. */
async function untilHeld(server: RealServer): Promise<string> {
  const message = await submitElsewhere(server, 'to be held');
  for (const desk of ['approval', 'supervision'])
    while ((await server.verb(desk, 'show', message)).code !== 0) await sleep(lookAgainMs);
  return message;
}
