/** A log that has lost its tail goes on in a new epoch, over the real server: what is left stays provable and readable. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { deliver, imapLogin, inboxWith, mailWith } from '../support/delivered-mail.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import { missing } from '../support/programs.ts';
import { RealServer } from '../support/real-server.ts';
import { embeddedLog, type ServerLog } from '../support/server-log.ts';

const run = promisify(execFile);
const reader = fileURLToPath(new URL('../formats/reader.py', import.meta.url));
const kept = Array.from({ length: 5 }, (_, i) => mailWith(`kept ${i}`, `text ${i}`.repeat(100)));
const lost = Array.from({ length: 4 }, (_, i) => mailWith(`lost ${i}`));
const reason = 'disk 2 failed';

const options = {
  timeout: 240_000,
  skip: missing('python3', 'unzip'),
  notOnEventStoreDB: 'its log cannot be cut from here',
};

flowOnEveryLog('restore', options, (openLog) => {
  let server: RealServer;
  let log: ServerLog;
  let folder: string;
  /** Signed heads that left the house: before the cut, and over what is cut off. */
  let early: string;
  let late: string;
  let lateSize: number;
  /** Records that the log has after the cut. */
  let records: number;
  let before_: ReadonlyMap<string, number>;
  let bodies: Buffer[];
  let volumeOctets: number;

  const volume = (): string => join(server.data, 'volumes', '00000000.vol');

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muniment-restore-'));
    log = await openLog();
    server = await RealServer.start(['wang', 'li'], {}, log);
    await deliver(server, 'wang', kept);
    before_ = await uidValidities();
    bodies = await inboxWith(server, 'wang', kept.length);
    await server.muniment('verify', '--log-only');
    early = keep('early');
    await deliver(server, 'wang', lost, kept.length);
    await server.stop();
    late = keep('late');
    lateSize = Number(readFileSync(late, 'utf8').split('\n')[1]);
    records = await cutBeforeMessage(kept.length);
    volumeOctets = statSync(volume()).size;
  });

  after(async () => {
    await server?.dispose();
    if (folder) await rm(folder, { recursive: true });
  });

  function keep(name: string): string {
    writeFileSync(join(folder, name), readFileSync(join(server.data, 'ledger', 'HEAD')));
    return join(folder, name);
  }

  /** As an older backup of the log has it: without the message of that index, and all that followed. */
  async function cutBeforeMessage(index: number): Promise<number> {
    const facts = await server.facts();
    const accepted = facts.filter(({ type }) => type === 'MessageAccepted');
    const count = facts.indexOf(accepted[index]!);
    log.keepFirst!(server.data, count);
    return count;
  }

  async function uidValidities(): Promise<Map<string, number>> {
    const client = await imapLogin(server, 'wang');
    const { untagged } = await client.ok('LIST "" "*" RETURN (STATUS (UIDVALIDITY))');
    await client.logout();
    const statuses = [...untagged.join('\n').matchAll(/STATUS "?([^"\s]+)"? \(UIDVALIDITY (\d+)\)/g)];
    return new Map(statuses.map(([, name, value]) => [name!, Number(value)]));
  }

  async function messageOf(subject: string): Promise<string> {
    return JSON.parse(await server.muniment('message', 'trace', '--subject', subject, '--json')).message;
  }

  async function assertProves(subject: string, ...args: string[]): Promise<string> {
    const file = join(folder, 'proof.zip');
    await server.muniment('prove', await messageOf(subject), '-o', file, ...args);
    const script = join(folder, 'verify.py');
    writeFileSync(script, (await run('unzip', ['-p', file, 'verify.py'])).stdout);
    const { stdout } = await run('python3', [script, file]);
    assert.match(stdout, /Everything holds/);
    return file;
  }

  test('the start is refused and names the verb; verify tells how much is lost', async () => {
    const { code, stderr } = await server.startRefused();
    assert.equal(code, 69);
    assert.match(stderr, /`muniment restore`/);
    const verified = await server.verb('verify', '--log-only');
    assert.equal(verified.code, 3, verified.stdout);
  });

  test('restore wants a reason, and says what it will do before it does anything', async () => {
    assert.equal((await server.verb('restore')).code, 64);
    const { code, stdout } = await server.verb('restore', '--reason', reason);
    assert.equal(code, 1, stdout);
    assert.ok(stdout.includes(`has ${records} records`), stdout);
    assert.ok(
      stdout.includes(`signs ${lateSize} records of epoch 1: ${lateSize - records} of them are lost`),
    );
    assert.match(stdout, /Epoch 2 begins with LogRestored, by .*: disk 2 failed/);
    assert.match(stdout, /Nothing has been changed/);
    assert.equal((await server.startRefused()).code, 69);
    assert.equal((await server.verb('verify', '--log-only')).code, 3);
  });

  test('with --yes the log goes on in a new epoch', async () => {
    const said = JSON.parse(await server.muniment('restore', '--reason', reason, '--yes', '--json'));
    assert.deepEqual([said.done, said.newEpoch, said.size], [true, 2, records + 1]);
    const head = readFileSync(join(server.data, 'ledger', 'HEAD'), 'utf8');
    assert.match(head, new RegExp(`^[0-9a-f-]{36}/2\n${records + 1}\n`));
    const aside = join(server.data, 'ledger', 'lost', '2');
    assert.equal(readFileSync(join(aside, 'HEAD'), 'utf8'), readFileSync(late, 'utf8'));
    assert.ok(readdirSync(aside).includes(String(lateSize)));
  });

  test('it starts, and what is left is there octet for octet, under new UIDVALIDITYs', async () => {
    await server.start();
    const after_ = await uidValidities();
    assert.deepEqual([...after_.keys()].sort(), [...before_.keys()].sort());
    const highest = Math.max(...before_.values());
    for (const [name, value] of after_) assert.ok(value > highest, `${name} has ${value}`);
    assert.equal(new Set(after_.values()).size, after_.size);
    assert.deepEqual(await inboxWith(server, 'wang', kept.length), bodies);
  });

  test('mail whose record is lost stays in the volume', () => {
    assert.equal(statSync(volume()).size, volumeOctets);
  });

  test('a client that knew the mailbox is told that its UIDs are void', async () => {
    const client = await imapLogin(server, 'wang');
    await client.ok('ENABLE QRESYNC');
    const { untagged } = await client.ok(`SELECT INBOX (QRESYNC (${before_.get('INBOX')} 1 1:9))`);
    assert.ok(
      !untagged.join('\n').includes('VANISHED'),
      'nothing is resynchronised over another UIDVALIDITY',
    );
    const now = /UIDVALIDITY (\d+)/.exec(untagged.join('\n'))![1];
    assert.notEqual(Number(now), before_.get('INBOX'));
    await client.logout();
  });

  test('new mail arrives', async () => {
    await deliver(server, 'wang', [mailWith('after')], kept.length);
    await deliver(server, 'li', [mailWith('first of li')]);
  });

  test('verify is sound, and tells an older, larger head how much is lost', async () => {
    await server.muniment('verify');
    await server.muniment('verify', '--checkpoint', early);
    const { code, stdout } = await server.verb('verify', '--checkpoint', late);
    assert.equal(code, 3, stdout);
    assert.match(
      stdout,
      new RegExp(`signs ${lateSize} records of epoch 1; ${lateSize - records} of them are lost`),
    );
  });

  test('mails of both epochs are proved, the first also under a head of the first', async () => {
    await assertProves('kept 0');
    await assertProves('kept 0', '--checkpoint', early);
    await assertProves('after');
  });

  test('restore while the server runs is refused', async () => {
    const { code, stderr } = await server.verb('restore', '--reason', reason, '--yes');
    assert.equal(code, 1);
    assert.match(stderr, /end it first/);
  });

  test('the next start gives no new UIDVALIDITYs, and the formats are as documented', async () => {
    const file = await assertProves('after');
    const shown = await uidValidities();
    await server.stop();
    // The reader knows the embedded log.
    if (log === embeddedLog) assert.match((await run('python3', [reader, server.data, file])).stdout, /./);
    await server.start();
    assert.deepEqual(await uidValidities(), shown);
    await server.muniment('verify');
    await server.stop();
  });

  test('a log from before the restore is refused, and may itself be restored, in a third epoch', async () => {
    log.keepFirst!(server.data, records);
    writeFileSync(join(server.data, 'ledger', 'HEAD'), readFileSync(early));
    const refused = await server.startRefused();
    assert.equal(refused.code, 69);
    assert.match(refused.stderr, /`muniment restore`/);
    const { newEpoch } = JSON.parse(
      await server.muniment('restore', '--reason', 'the wrong backup', '--yes', '--json'),
    );
    assert.equal(newEpoch, 3);
    await server.start();
    assert.deepEqual(await inboxWith(server, 'wang', kept.length), bodies);
    await server.muniment('verify');
  });

  test('an older key store is refused in words', async () => {
    await server.stop();
    const keys = new DatabaseSync(join(server.data, 'keys', 'keys.sqlite'));
    keys.exec("UPDATE meta SET value = 2 WHERE name = 'epoch'");
    keys.close();
    const { code, stderr } = await server.startRefused();
    assert.equal(code, 69);
    assert.match(stderr, /key store .* is from before the restore that began epoch 3[\s\S]*newest key store/);
    const restored = await server.verb('restore', '--reason', 'x', '--yes');
    assert.equal(restored.code, 1);
    assert.match(restored.stderr, /key store .* is older than the log[\s\S]*newest backup of keys/);
  });
});
