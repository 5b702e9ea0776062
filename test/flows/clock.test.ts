/** The wall clock is set back while the real server runs: order, times and UIDVALIDITY go on as if it had not been. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { deliver, imapLogin, mailWith } from '../support/delivered-mail.ts';
import { flowOnEveryLog } from '../support/flow-on-every-log.ts';
import type { ImapClient } from '../support/imap-client.ts';
import type { LoggedFact } from '../support/log-facts.ts';
import { RealServer } from '../support/real-server.ts';
import { SettableClock } from '../support/settable-clock.ts';

const threeHoursSeconds = 3 * 3600;

flowOnEveryLog('a clock that is set back', { timeout: 180_000, skip: SettableClock.missing() }, (openLog) => {
  let folder: string;
  let clock: SettableClock;
  let server: RealServer;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muniment-clock-'));
    clock = new SettableClock(join(folder, 'clock'));
    server = await RealServer.prepare({}, undefined, await openLog());
    server.under = clock.command;
    await server.start();
    await server.addAccounts(['wang']);
  });

  after(async () => {
    await server?.dispose();
    if (folder) await rm(folder, { recursive: true });
  });

  async function steppedFact(): Promise<LoggedFact> {
    for (;;) {
      const fact = (await server.facts()).findLast(({ type }) => type === 'ClockStepped');
      if (fact) return fact;
      await sleep(200);
    }
  }

  /** Makes the mailbox and deletes it again; its UIDVALIDITY. */
  async function madeAndDeleted(client: ImapClient): Promise<number> {
    await client.ok('CREATE Often');
    const { untagged } = await client.ok('EXAMINE Often');
    await client.ok('CLOSE');
    await client.ok('DELETE Often');
    return Number(/UIDVALIDITY (\d+)/.exec(untagged.join())![1]);
  }

  test('times in a stream never go back, the step is recorded, no UIDVALIDITY comes again', async () => {
    const client = await imapLogin(server, 'wang');
    const validities = [await madeAndDeleted(client)];
    await deliver(server, 'wang', [mailWith('before')]);
    clock.set(-threeHoursSeconds);
    const { data } = await steppedFact();
    const backMs = Number(data['expected']) - Number(data['observed']);
    assert.ok(Math.abs(backMs - threeHoursSeconds * 1000) < 60_000, JSON.stringify(data));
    validities.push(await madeAndDeleted(client), await madeAndDeleted(client));
    await deliver(server, 'wang', [mailWith('after')], 1);
    await client.logout();
    await server.kill();
    await server.start();
    await deliver(server, 'wang', [mailWith('after a start in the past')], 2);
    const again = await imapLogin(server, 'wang');
    validities.push(await madeAndDeleted(again), await madeAndDeleted(again));
    await again.logout();
    assert.deepEqual(
      validities,
      [...new Set(validities)].sort((a, b) => a - b),
      'they ascend',
    );
    for (const [stream, facts] of Map.groupBy(await server.facts(), ({ stream }) => stream)) {
      const times = facts.map(({ at }) => at);
      assert.deepEqual(
        times,
        times.toSorted((a, b) => a - b),
        stream,
      );
    }
    const { code, stdout } = await server.verb('verify');
    assert.equal(code, 0, stdout);
  });
});
