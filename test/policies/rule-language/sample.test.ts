import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { problemText } from '../../../policies/rule-language/problem.ts';
import { sampleProblems } from '../../../policies/rule-language/sample.ts';
import { ruleWith } from './rule-mails.ts';

const outside = { sender: 'wang@acme.example', recipients: ['buyer@outside.example'] };

function said(samples: readonly unknown[], changed: Record<string, unknown> = {}): string[] {
  const when = { test: 'text', in: ['subject', 'attachments'], words: ['合同'] };
  const rule = ruleWith({
    scope: { direction: 'sent', traffic: 'external', groups: ['sales@acme.example'] },
    when,
    samples,
    ...changed,
  });
  return sampleProblems(rule, Date.UTC(2026, 10, 20)).map(problemText);
}

describe('samples', () => {
  test('that come out as they should are no problem', () => {
    const mails = [
      { mail: { ...outside, subject: '采购合同' }, expect: 'hit' },
      { mail: { ...outside, attachments: [{ name: 'a.pdf', text: '合同' }] }, expect: 'hit' },
      { mail: { ...outside, subject: '你好' }, expect: 'no' },
      { mail: { ...outside, recipients: ['li@acme.example'], subject: '合同' }, expect: 'no' },
      { mail: { ...outside, here: ['acme.example', 'outside.example'], subject: '合同' }, expect: 'no' },
    ];
    assert.deepEqual(said(mails), []);
    assert.deepEqual(sampleProblems(ruleWith({}), 0), []);
  });

  test('that come out otherwise are named', () => {
    const mails = [
      { mail: { ...outside, subject: '合同' }, expect: 'no' },
      { mail: { ...outside, subject: '你好' }, expect: 'hit' },
    ];
    assert.deepEqual(said(mails), ['samples › 1: is hit, not passed', 'samples › 2: is passed, not hit']);
  });

  test('that leave open what the rule asks are named', () => {
    const when = { test: 'authentication', method: 'spf', results: ['fail'] };
    assert.deepEqual(said([{ mail: outside, expect: 'no' }], { when }), [
      'samples › 1: is undecidable, not passed',
    ]);
    assert.deepEqual(
      said([{ mail: { ...outside, authentication: { spf: 'fail' } }, expect: 'hit' }], { when }),
      [],
    );
  });

  test('have a time of their own', () => {
    const when = { test: 'time', zone: 'UTC', from: '18:00', until: '19:00' };
    assert.deepEqual(
      said([{ mail: { ...outside, at: '2026-11-20T18:30:00Z' }, expect: 'hit' }], { when }),
      [],
    );
  });
});
