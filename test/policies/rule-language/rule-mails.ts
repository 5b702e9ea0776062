/** Rules and mails in short, for the tests of the rule language. */
import assert from 'node:assert/strict';
import { parseRule } from '../../../policies/rule-language/parse-rule.ts';
import { type Problem, problemText } from '../../../policies/rule-language/problem.ts';
import type { Rule } from '../../../policies/rule-language/rule.ts';
import type { Condition } from '../../../policies/rule-language/rule-conditions.ts';
import type { Party, Roster, RuleFacts } from '../../../policies/rule-language/rule-facts.ts';
import { RuleSet } from '../../../policies/rule-language/rule-set.ts';
import type { Verdict, VerdictPart } from '../../../policies/rule-language/verdict.ts';
import { uuidOf } from '../../support/given-when-then.ts';

/** A rule that refuses; everything may be changed. */
export function ruleWith(changed: Record<string, unknown>): Rule {
  const parsed = parseRule({
    name: '合同',
    reason: 'nobody sends contracts out',
    owner: 'li@acme.example',
    scope: {},
    actions: [{ do: 'refuse', text: 'Not this.' }],
    ...changed,
  });
  assert.ok('rule' in parsed, JSON.stringify(parsed));
  return parsed.rule;
}

export function problemsOf(value: unknown): string[] {
  const parsed = parseRule(value);
  return 'rule' in parsed ? [] : parsed.problems.map((problem: Problem) => problemText(problem));
}

export const wang: Party = { address: 'wang@acme.example', account: uuidOf(1) };
export const li: Party = { address: 'li@acme.example', account: uuidOf(2) };
export const buyer: Party = { address: 'buyer@outside.example', account: null };

/** 王 is in sales, 李 in no group; both are of acme.example. */
export const roster: Roster = {
  has(list, name, account) {
    if (list === 'domains') return name === 'acme.example' ? account <= uuidOf(9) : null;
    if (list === 'people')
      return { 'wang@acme.example': uuidOf(1), 'li@acme.example': uuidOf(2) }[name] === account;
    if (list === 'groups') return name === 'sales@acme.example' ? account === uuidOf(1) : null;
    return null;
  },
};

/** A mail from 王 to the buyer. */
export function mailWith(changed: Partial<RuleFacts> = {}): RuleFacts {
  return {
    nowMs: Date.UTC(2026, 10, 20, 8, 0),
    sender: wang,
    recipients: [buyer],
    addresses: {
      from: ['Wang@ACME.example'],
      sender: [],
      replyTo: [],
      to: ['buyer@outside.example'],
      cc: [],
      bcc: [],
    },
    headerComplete: true,
    subject: '',
    headers: [],
    body: [],
    attachmentTexts: [],
    attachments: [],
    octets: 1000,
    authentication: null,
    isEncrypted: false,
    isSigned: false,
    roster,
    ...changed,
  };
}

export function text(content: string | null, part = '1', complete = true) {
  return { part, text: content, complete };
}

export function judge(facts: RuleFacts, ...rules: readonly Rule[]): Verdict {
  return new RuleSet(rules.map((rule, i) => ({ id: uuidOf(100 + i), version: 1, rule }))).judge(facts);
}

/** What a rule with that condition says of a mail; undefined where it says nothing. */
export function part(when: Condition, facts: RuleFacts): VerdictPart | undefined {
  return judge(facts, ruleWith({ when })).parts[0];
}

export function isHit(when: Condition, facts: RuleFacts): boolean {
  const said = part(when, facts);
  assert.notEqual(said?.outcome, 'undecidable', JSON.stringify(said));
  return said?.outcome === 'hit';
}
