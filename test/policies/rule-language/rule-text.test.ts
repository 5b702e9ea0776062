import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseRuleText } from '../../../policies/rule-language/parse-rule.ts';
import { ruleDigest, ruleText } from '../../../policies/rule-language/rule-text.ts';
import { ruleWith } from './rule-mails.ts';

describe('the canonical text of a rule', () => {
  const given = {
    actions: [{ text: 'Not this.', do: 'refuse' }],
    scope: { people: ['wang@acme.example', 'li@acme.example', 'wang@acme.example'], direction: 'sent' },
    when: { words: ['合同', 'contract'], test: 'text', in: ['subject', 'body'] },
  };
  const canonical = `{
  "name": "合同",
  "reason": "nobody sends contracts out",
  "owner": "li@acme.example",
  "scope": {
    "direction": "sent",
    "people": [
      "li@acme.example",
      "wang@acme.example"
    ]
  },
  "when": {
    "test": "text",
    "in": [
      "body",
      "subject"
    ],
    "words": [
      "contract",
      "合同"
    ]
  },
  "actions": [
    {
      "do": "refuse",
      "text": "Not this."
    }
  ]
}
`;

  test('has its members in order and its sets sorted', () => {
    assert.equal(ruleText(ruleWith(given)), canonical);
  });

  test('is its own canonical text', () => {
    const parsed = parseRuleText(canonical);
    assert.ok('rule' in parsed);
    assert.equal(ruleText(parsed.rule), canonical);
  });

  test('keeps the order of conditions, actions and days, which people have chosen', () => {
    const time = { test: 'time', zone: 'UTC', days: ['tue', 'mon'], from: '08:00', until: '09:00' };
    const rule = ruleWith({ when: { all: [time, { test: 'recipients', over: 1 }] } });
    const kept = JSON.parse(ruleText(rule));
    assert.deepEqual(
      kept.when.all.map(({ test: name }: { test: string }) => name),
      ['time', 'recipients'],
    );
    assert.deepEqual(kept.when.all[0].days, ['tue', 'mon']);
  });

  test('one word more is one line more, and another digest', () => {
    const more = ruleText(
      ruleWith({ ...given, when: { ...given.when, words: ['合同', 'contract', 'deed'] } }),
    );
    const before = new Set(canonical.split('\n'));
    assert.deepEqual(
      more.split('\n').filter((line) => !before.has(line)),
      ['      "deed",'],
    );
    assert.notEqual(ruleDigest(more), ruleDigest(canonical));
  });
});
