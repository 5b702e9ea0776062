/** A dry run: how far it is, what it found, and that one account has one. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Rule } from '../../../policies/rule-language/rule.ts';
import type { LoggedEvent } from '../../../services/domain/event.ts';
import { type DryRunReport, DryRuns } from '../../../services/rules/dry-runs.ts';
import { uuidOf } from '../../support/given-when-then.ts';

const [chen, admin] = [uuidOf(1), uuidOf(2)];
const dayMs = 86_400_000;
const nowMs = Date.parse('2026-11-21T12:00:00Z');

function ruleOn(words: readonly string[]): Rule {
  return {
    name: 'r',
    reason: 'r',
    owner: 'li@acme.example',
    scope: {},
    when: { test: 'text', in: ['subject'], words: [...words] },
    actions: [{ do: 'deliver' }],
  };
}

/** `count` mails, one an hour back from now; every third is about prices, every tenth erased. */
function house(count: number) {
  const faults: unknown[] = [];
  const mails = Array.from({ length: count }, (_, n) => ({
    message: uuidOf(1000 + n),
    acceptedAtMs: nowMs - n * 3_600_000,
    source: n % 50 === 49 ? 'append' : 'submission',
    returnPath: 'wang@acme.example',
    subject: n % 3 === 0 ? `prices ${n}` : `minutes ${n}`,
  }));
  const judged = mails.filter(({ source }) => source === 'submission');
  const parts = {
    traces: {
      perDay: () => [{ day: 'any', received: 0, sent: judged.length }],
      search: ({ after, limit }: { after?: string; limit?: number }) => {
        const from = after === undefined ? 0 : mails.findIndex(({ message }) => message === after) + 1;
        return mails.slice(from, from + limit!);
      },
      trace: () => ({ recipientList: [{ account: uuidOf(9), address: 'li@acme.example' }] }),
    },
    first: async (stream: string) => {
      const mail = mails.find(({ message }) => stream === `message-${message}`)!;
      const n = mails.indexOf(mail);
      const personal = { returnPath: 'wang@acme.example', from: [], to: [], subject: mail.subject };
      const data = { submitter: uuidOf(3), blobOctets: 1, spf: null, dkim: null, dmarc: null, arc: null };
      return {
        at: mail.acceptedAtMs,
        data,
        personal: n % 10 === 9 ? null : personal,
      } as unknown as LoggedEvent;
    },
    rosters: { of: async () => ({ has: () => true }) },
    onFault: (error: unknown) => faults.push(error),
  };
  return {
    runs: new DryRuns(parts as unknown as ConstructorParameters<typeof DryRuns>[0]),
    judged,
    faults,
    parts,
  };
}

async function ended(runs: DryRuns, account: string): Promise<DryRunReport> {
  for (;;) {
    const report = runs.reportTo(account);
    if (report.state !== 'running') return report;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('a dry run', () => {
  test('counts hits and what cannot be decided, page by page, and names the latest', async () => {
    const { runs, judged, faults } = house(450);
    const begun = runs.start(chen, ruleOn(['prices']), nowMs);
    assert.deepEqual([begun.state, begun.done, begun.total], ['running', 0, judged.length]);
    assert.equal(begun.fromMs, nowMs - 30 * dayMs);
    const { state, done, hits, undecidable, latest } = await ended(runs, chen);
    const erased = judged.filter(({ subject }) => Number(subject.split(' ')[1]) % 10 === 9);
    const about = judged.filter((mail) => mail.subject.startsWith('prices') && !erased.includes(mail));
    assert.deepEqual([state, done, hits, undecidable], ['ended', judged.length, about.length, erased.length]);
    assert.deepEqual(
      latest.map(({ subject }) => subject),
      about.slice(0, 50).map(({ subject }) => subject),
    );
    assert.deepEqual(faults, []);
  });

  test('is one for each account: another one ends it, and that of somebody else goes on', async () => {
    const { runs } = house(300);
    runs.start(chen, ruleOn(['prices']), nowMs);
    runs.start(admin, ruleOn(['prices']), nowMs);
    runs.start(chen, ruleOn(['nothing of it']), nowMs);
    assert.equal((await ended(runs, chen)).hits, 0);
    assert.ok((await ended(runs, admin)).hits > 0);
    assert.equal(runs.reportTo(uuidOf(7)).state, 'none');
  });

  test('that another one has ended looks at nothing more', async () => {
    const { runs, judged, parts } = house(300);
    const { first } = parts;
    let looks = 0;
    parts.first = (stream) => {
      looks++;
      return first(stream);
    };
    runs.start(chen, ruleOn(['prices']), nowMs);
    runs.start(chen, ruleOn(['prices']), nowMs);
    await ended(runs, chen);
    assert.ok(looks <= judged.length + 1, `${looks} of ${judged.length}`);
  });

  test('that fails says so, and who answers for the server hears why', async () => {
    const { runs, parts, faults } = house(3);
    parts.first = () => Promise.reject(new Error('the log is gone'));
    runs.start(chen, ruleOn(['prices']), nowMs);
    assert.equal((await ended(runs, chen)).state, 'failed');
    assert.equal(faults.length, 1);
  });
});
