import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { ruleDigest, ruleText } from '../../policies/rule-language/rule-text.ts';
import { acceptMessage, noJudgements, refuseMessage } from '../../services/domain/message.ts';
import { type RuleCommand, rule } from '../../services/domain/rule.ts';
import { ruleWith } from '../policies/rule-language/rule-mails.ts';
import { decided, uuidOf } from '../support/given-when-then.ts';
import { ModelsHouse } from './models-house.ts';

let house: ModelsHouse;
const nowMs = 1_700_000_000_000;
const id = uuidOf(1);

beforeEach(async () => {
  house = await ModelsHouse.open();
});
afterEach(() => house.close());

function publish(changed: Record<string, unknown>, restores: number | null = null): RuleCommand {
  const text = ruleText(ruleWith(changed));
  const { start, end } = changed as { start?: string; end?: string };
  const version = {
    text,
    digest: ruleDigest(text),
    startMs: start === undefined ? null : Date.parse(start),
    endMs: end === undefined ? null : Date.parse(end),
    samples: 3,
  };
  return { kind: 'publish', version, restores, nowMs };
}

function run(stream: string, ...commands: readonly RuleCommand[]): void {
  for (const [i, command] of commands.entries()) {
    house.append(`rule-${stream}`, ...decided(rule, commands.slice(0, i), command));
  }
}

const verdict = (version: number) => ({
  ...noJudgements,
  rules: [id],
  ruleVersions: [version],
  judgements: [{}],
});
const sealed = {
  sha256: '',
  returnPath: '',
  peer: '',
  helo: '',
  subject: '',
  from: [],
  to: [],
  messageId: '',
  dateMs: null,
};

describe('rules', () => {
  test('with their phase, by name', async () => {
    run(id, publish({ name: 'b' }));
    run(uuidOf(2), publish({ name: 'a', start: '2030-01-01T00:00:00Z' }));
    run(uuidOf(3), publish({ name: 'c', end: '2030-01-01T00:00:00Z' }));
    run(uuidOf(4), publish({ name: 'd' }), { kind: 'withdraw', reason: 'over' });
    await house.settled();
    const phases = (year: number) =>
      house.rules.list(Date.UTC(year, 5, 1)).map(({ name, phase }) => `${name} ${phase}`);
    assert.deepEqual(phases(2026), ['a waiting', 'b active', 'c active', 'd withdrawn']);
    assert.deepEqual(phases(2031), ['a active', 'b active', 'c ended', 'd withdrawn']);
    assert.equal(house.rules.find(uuidOf(4), nowMs)!.withdrawnReason, 'over');
    assert.equal(house.rules.find(uuidOf(9), nowMs), null);
  });

  test('published again after being withdrawn', async () => {
    run(id, publish({}), { kind: 'withdraw', reason: 'over' }, publish({}));
    await house.settled();
    const row = house.rules.find(id, nowMs)!;
    assert.deepEqual([row.phase, row.version, row.withdrawnReason], ['active', 2, '']);
  });

  test('through their versions, with what each did to mail', async () => {
    run(id, publish({}), { kind: 'noteFailure', version: 1 }, publish({ reason: 'second' }), publish({}, 1));
    const accepted = {
      source: 'submission' as const,
      frame: uuidOf(1),
      address: 'ab'.repeat(32),
      blobOctets: 1,
      traceText: '',
      thread: uuidOf(2),
      submitter: null,
      normalised: false,
      recipients: [],
      mailbox: null,
      flags: 0,
      internalDateMs: 1,
      personal: sealed,
    };
    house.append(`message-${uuidOf(11)}`, ...acceptMessage({ ...accepted, verdict: verdict(1) }));
    house.append(`message-${uuidOf(12)}`, ...acceptMessage({ ...accepted, verdict: verdict(3) }));
    const refused = {
      source: 'smtp' as const,
      submitter: null,
      blobOctets: 1,
      recipients: [],
      because: 'rule' as const,
      personal: sealed,
    };
    for (const message of [13, 14])
      house.append(`message-${uuidOf(message)}`, refuseMessage({ ...refused, verdict: verdict(3) }));
    await house.settled();
    assert.deepEqual(
      house.rules
        .versions(id)
        .map(({ version, restores, accepted: letIn, refused: not, text }) => [
          version,
          restores,
          letIn,
          not,
          text.includes('second'),
        ]),
      [
        [3, 1, 1, 2, false],
        [2, null, 0, 0, true],
        [1, null, 1, 0, false],
      ],
    );
    const row = house.rules.find(id, nowMs)!;
    assert.deepEqual(
      [row.version, row.failedVersion, row.accepted, row.refused, row.owner],
      [3, 1, 1, 2, 'li@acme.example'],
    );
    await house.assertRebuildsAlike();
  });
});
