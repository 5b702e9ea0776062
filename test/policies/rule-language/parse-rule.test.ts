/** The form of rules: what is taken, what is said of the rest, and that the JSON schema says the same. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parseRule, parseRuleText } from '../../../policies/rule-language/parse-rule.ts';
import { ruleSchema } from '../../../policies/rule-language/rule.ts';
import { ruleLimits } from '../../../policies/rule-language/rule-limits.ts';
import { problemsOf } from './rule-mails.ts';

const least = {
  name: '合同',
  reason: 'nobody sends contracts out',
  owner: 'li@acme.example',
  scope: {},
  actions: [{ do: 'refuse', text: 'Not this.' }],
};
const words = { test: 'text', in: ['subject'], words: ['合同'] };

const valid: readonly Record<string, unknown>[] = [
  {},
  { start: '2026-01-01T00:00:00Z', end: '2026-12-31T23:59:59+08:00' },
  {
    scope: { direction: 'sent', traffic: 'external', domains: ['acme.example'], people: ['王@acme.example'] },
  },
  { when: words, except: [{ not: words }], undecidable: 'deliver' },
  { when: { all: [words, { any: [words, { not: words }] }] } },
  {
    when: {
      test: 'address',
      in: ['from', 'envelopeRecipient'],
      match: ['@outside.example', '@*.outside.example', 'a@b.example'],
    },
  },
  {
    when: {
      test: 'text',
      in: ['header:X-Project', 'body'],
      words: ['a b'],
      match: 'anywhere',
      atLeast: 3,
      counting: 'words',
    },
  },
  { when: { test: 'numbers', in: ['attachments'], kinds: ['identityCard', 'iban'], atLeast: 10 } },
  { when: { test: 'header', name: 'List-Id' } },
  { when: { test: 'attachmentName', names: ['*.exe'] } },
  { when: { test: 'attachmentType', otherThan: ['image/*', 'application/pdf'] } },
  { when: { test: 'size', overOctets: 1, underOctets: 10 } },
  { when: { test: 'recipients', over: 50 } },
  { when: { test: 'authentication', method: 'dmarc', results: ['fail'] } },
  { when: { test: 'time', zone: 'Asia/Shanghai', days: ['sat'], from: '18:00', until: '08:00' } },
  { when: { test: 'protection', kinds: ['encrypted'] } },
  {
    actions: [
      {
        do: 'holdForApproval',
        reviewer: 'li@acme.example',
        deputy: 'zhao@acme.example',
        hold: 'external',
        deadlineHours: 24,
        atDeadline: 'return',
      },
      { do: 'copyToSupervisors' },
      { do: 'notify', to: ['sender', 'li@acme.example'], text: 'x' },
      { do: 'tagSubject', tag: '[外]' },
      { do: 'appendDisclaimer', text: 'x\ny' },
      { do: 'quarantine' },
      { do: 'deliver' },
    ],
  },
  {
    samples: [
      {
        mail: { sender: 'a@acme.example', recipients: ['b@c.example'], headers: { 'X-A': 'b' } },
        expect: 'no',
      },
    ],
  },
];

/** What is changed, and what is said of it; `form`: the schema forbids it too. */
const invalid: readonly {
  readonly changed: Record<string, unknown>;
  readonly says: string;
  readonly meaning?: true;
}[] = [
  { changed: { name: undefined }, says: 'name: is missing' },
  { changed: { nmae: 'x' }, says: 'nmae: is not known here' },
  { changed: { scope: { direction: 'out' } }, says: 'scope › direction: must be one of sent, received' },
  { changed: { actions: [] }, says: 'actions: must not have fewer than 1 items' },
  {
    changed: { actions: [{ do: 'delete' }] },
    says: 'actions › 1 › do: must be one of deliver, copyToSupervisors, holdForApproval, refuse, quarantine, notify, tagSubject, appendDisclaimer',
  },
  { changed: { actions: [{ do: 'refuse' }] }, says: 'actions › 1 › text: is missing' },
  {
    changed: { when: { all: [words, { ...words, words: [] }] } },
    says: 'when › all › 2 › words: must not have fewer than 1 items',
  },
  { changed: { when: { all: [] } }, says: 'when › all: must be a list of at least one condition' },
  {
    changed: { when: { test: 'txet' } },
    says: 'when › test: must be one of address, text, numbers, header, attachmentName, attachmentType, size, recipients, authentication, time, protection',
  },
  { changed: { when: { any: [words], not: words } }, says: 'when: any stands alone' },
  { changed: { when: 7 }, says: 'when: must be a condition: an object with test, all, any or not' },
  {
    changed: { when: { test: 'text', in: ['footer'], words: ['a'] } },
    says: 'when › in › 1: must be one of subject, body, attachments, attachmentNames',
  },
  {
    changed: { except: [words, { test: 'recipients', over: -1 }] },
    says: 'except › 2 › over: must be >= 0',
  },
  {
    changed: { when: { test: 'time', zone: 'UTC', from: '24:00', until: '08:00' } },
    says: 'when › from: is not of the form that is asked for',
  },
  { changed: { start: 'tomorrow' }, says: 'start: is not of the form that is asked for' },
  {
    changed: { start: '2026-02-30T00:00:00Z', end: '2026-99-01T00:00:00Z' },
    says: 'end: there is no such day or time',
    meaning: true,
  },
  {
    changed: { start: '2026-02-01T00:00:00Z', end: '2026-01-01T00:00:00Z' },
    says: 'end: must be after start',
    meaning: true,
  },
  { changed: { owner: 'li' }, says: 'owner: li is not an address', meaning: true },
  {
    changed: { scope: { people: ['wang'] } },
    says: 'scope › people › 1: wang is not an address',
    meaning: true,
  },
  {
    changed: { actions: [{ do: 'notify', to: ['sender', 'x'], text: 'x' }] },
    says: 'actions › 1 › to › 2: x is not an address',
    meaning: true,
  },
  {
    changed: { when: { test: 'address', in: ['from'], match: ['@'] } },
    says: 'when › match › 1: @ is not an address, @domain or @*.domain',
    meaning: true,
  },
  {
    changed: { when: { test: 'address', in: ['from'], otherThan: ['x@'] } },
    says: 'when › otherThan › 1: x@ is not an address, @domain or @*.domain',
    meaning: true,
  },
  {
    changed: { when: { test: 'address', in: ['from'] } },
    says: 'when: asks for either match or otherThan',
    meaning: true,
  },
  {
    changed: { when: { ...words, words: ['a', '\u200b'] } },
    says: 'when › words › 2: is nothing that can be found',
    meaning: true,
  },
  {
    changed: { when: { test: 'time', zone: 'Mars/Olympus', from: '18:00', until: '08:00' } },
    says: 'when › zone: Mars/Olympus is not a time zone',
    meaning: true,
  },
  { changed: { when: { test: 'size' } }, says: 'when: asks for overOctets or underOctets', meaning: true },
  {
    changed: { when: { test: 'attachmentType' } },
    says: 'when: asks for either types or otherThan',
    meaning: true,
  },
];

describe('the form of a rule', () => {
  for (const changed of valid) {
    test(`is taken: ${JSON.stringify(changed).slice(0, 80)}`, () =>
      assert.deepEqual(problemsOf({ ...least, ...changed }), []));
  }
  for (const { changed, says } of invalid) {
    test(`is refused: ${says}`, () => {
      const value = JSON.parse(JSON.stringify({ ...least, ...changed }));
      assert.ok(problemsOf(value).includes(says), JSON.stringify(problemsOf(value)));
    });
  }

  test('what is no object, no JSON, or too long is said so', () => {
    for (const value of [null, 7, 'x', []]) assert.equal(problemsOf(value).length > 0, true);
    const problems = (text: string) => {
      const parsed = parseRuleText(text);
      return 'problems' in parsed ? parsed.problems[0]!.says : '';
    };
    assert.match(problems('{"name": '), /^is not JSON/);
    assert.match(problems(`"${'x'.repeat(ruleLimits.maxTextOctets)}"`), /^is longer than/);
  });

  test('conditions are bounded in number and depth', () => {
    const nested = (depth: number): unknown =>
      Array.from({ length: depth - 1 }).reduce((inner) => ({ not: inner }), words as unknown);
    assert.deepEqual(problemsOf({ ...least, when: nested(8) }), []);
    for (const depth of [9, 100_000])
      assert.ok(problemsOf({ ...least, when: nested(depth) })[0]!.endsWith('lies deeper than 8 conditions'));
    const many = Array.from({ length: 400 }, () => words);
    assert.deepEqual(problemsOf({ ...least, when: { all: [{ any: many }, { any: many }] } }), [
      'has more than 500 conditions',
    ]);
  });

  test('many faults are told up to a number', () => {
    const actions = Array.from({ length: 10 }, () => ({ do: 'refuse' }));
    const unnamed = { all: Array.from({ length: 30 }, () => ({ test: '' })) };
    assert.equal(problemsOf({ ...least, actions, when: unnamed }).length, 20);
  });
});

describe('the JSON schema', () => {
  const fits = new Ajv2020({ strict: false }).compile(ruleSchema);

  test('takes what the parser takes', () => {
    for (const changed of valid) assert.ok(fits({ ...least, ...changed }), JSON.stringify(changed));
  });

  test('refuses what the parser refuses for its form', () => {
    for (const { changed, meaning } of invalid) {
      const value = JSON.parse(JSON.stringify({ ...least, ...changed }));
      assert.equal(fits(value), meaning === true, JSON.stringify(changed));
      assert.ok('problems' in parseRule(value));
    }
  });
});
