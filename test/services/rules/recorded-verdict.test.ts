import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { recordedVerdict } from '../../../services/rules/recorded-verdict.ts';
import { judge, mailWith, ruleWith } from '../../policies/rule-language/rule-mails.ts';

const when = { test: 'text', in: ['subject'], words: ['合同'] };
const sealed = { do: 'copyToSupervisors', sealed: 'an inquiry' };
const hold = { do: 'holdForApproval', reviewer: 'leader', deadlineHours: 1, atDeadline: 'return' };

function recorded(...actions: object[]) {
  const rule = ruleWith({ name: 'inquiry into 王', when, actions });
  return recordedVerdict(judge(mailWith({ subject: '合同' }), rule));
}

describe('what the acceptance keeps of a verdict', () => {
  test('rules and versions, and sealed their names and what they found', () => {
    const { rules, ruleVersions, judgements } = recorded({ do: 'copyToSupervisors' });
    assert.deepEqual([rules.length, ruleVersions], [1, [1]]);
    assert.deepEqual(judgements[0]!['actions'], ['copyToSupervisors']);
    assert.match(JSON.stringify(judgements), /inquiry into 王.*合同/);
  });

  test('of a rule that supervises under seal its id alone: people see the verdict of their own mail', () => {
    const { rules, judgements } = recorded(sealed);
    assert.equal(rules.length, 1);
    assert.doesNotMatch(JSON.stringify(judgements), /inquiry|合同|copyToSupervisors/);
  });

  test('a rule that holds the mail besides says why, as every rule that does', () => {
    assert.match(JSON.stringify(recorded(sealed, hold).judgements), /inquiry into 王/);
  });
});
