/** What a dry run can tell of a mail of the past by what its acceptance records, and what it cannot. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseRule } from '../../../policies/rule-language/parse-rule.ts';
import type { Condition } from '../../../policies/rule-language/rule-conditions.ts';
import { RuleSet } from '../../../policies/rule-language/rule-set.ts';
import type { JsonObject, LoggedEvent } from '../../../services/domain/event.ts';
import { recordedFacts } from '../../../services/rules/recorded-facts.ts';
import { uuidOf } from '../../support/given-when-then.ts';

const wang = uuidOf(1);
const results = { spf: 'pass', dkim: null, dmarc: null, arc: null };

function accepted(data: JsonObject = {}, personal: JsonObject | null = {}): LoggedEvent {
  return {
    at: Date.parse('2026-11-20T12:00:00Z'),
    data: { submitter: wang, blobOctets: 5000, ...results, ...data },
    personal: personal && {
      returnPath: 'wang@acme.example',
      subject: '采购合同',
      from: ['wang@acme.example'],
      to: ['buyer@outside.example', 'li@acme.example'],
      ...personal,
    },
  } as unknown as LoggedEvent;
}

const recipients = [
  { account: null, address: 'buyer@outside.example' },
  { account: uuidOf(2), address: 'li@acme.example' },
];
const roster = { has: () => true };

function outcome(when: Condition, event = accepted()): string {
  const parsed = parseRule({
    name: 'r',
    reason: 'r',
    owner: 'wang@acme.example',
    scope: { direction: 'sent' },
    when,
    actions: [{ do: 'deliver' }],
  });
  assert.ok('rule' in parsed, JSON.stringify(parsed));
  const facts = recordedFacts(event, recipients, roster)!;
  return new RuleSet([{ id: '', version: 1, rule: parsed.rule }]).judge(facts).parts[0]?.outcome ?? 'none';
}

const told: readonly (readonly [string, Condition, string])[] = [
  ['a word of the subject', { test: 'text', in: ['subject'], words: ['合同'] }, 'hit'],
  ['a word that the subject lacks', { test: 'text', in: ['subject'], words: ['报价'] }, 'none'],
  ['a word of the text', { test: 'text', in: ['body'], words: ['合同'] }, 'undecidable'],
  [
    'a word of either, which the subject has',
    { test: 'text', in: ['subject', 'body'], words: ['合同'] },
    'hit',
  ],
  ['names of attachments', { test: 'attachmentName', names: ['*.exe'] }, 'undecidable'],
  ['words in them', { test: 'text', in: ['attachmentNames'], words: ['x'] }, 'undecidable'],
  ['types of attachments', { test: 'attachmentType', types: ['application/pdf'] }, 'undecidable'],
  ['a header field', { test: 'header', name: 'X-Secret' }, 'undecidable'],
  ['protection', { test: 'protection', kinds: ['signed'] }, 'undecidable'],
  ['its size', { test: 'size', overOctets: 4999 }, 'hit'],
  ['how many got it', { test: 'recipients', over: 2 }, 'none'],
  ['From', { test: 'address', in: ['from'], match: ['@acme.example'] }, 'hit'],
  ['who got it', { test: 'address', in: ['envelopeRecipient'], match: ['@other.example'] }, 'none'],
  ['To and Cc together', { test: 'address', in: ['to', 'cc'], match: ['@outside.example'] }, 'hit'],
  ['either without the other', { test: 'address', in: ['to'], match: ['@outside.example'] }, 'undecidable'],
  ['Bcc', { test: 'address', in: ['bcc'], match: ['@outside.example'] }, 'undecidable'],
  ['a check that was made', { test: 'authentication', method: 'spf', results: ['pass'] }, 'hit'],
  ['one that was not', { test: 'authentication', method: 'dkim', results: ['pass'] }, 'undecidable'],
  ['when it came', { test: 'time', zone: 'UTC', from: '11:00', until: '13:00' }, 'hit'],
  [
    'a condition that decides alone',
    {
      all: [
        { test: 'recipients', over: 9 },
        { test: 'header', name: 'X' },
      ],
    },
    'none',
  ],
];

describe('of a mail of the past the log tells', () => {
  for (const [what, when, expected] of told)
    test(`${what}: ${expected}`, () => assert.equal(outcome(when), expected));

  test('that its peer was not checked, where it has no result', () => {
    const unchecked = accepted({ spf: null });
    assert.equal(outcome({ test: 'authentication', method: 'spf', results: ['pass'] }, unchecked), 'none');
  });

  test('nothing where it has been erased', () => {
    assert.equal(recordedFacts(accepted({}, null), recipients, roster), null);
  });
});
