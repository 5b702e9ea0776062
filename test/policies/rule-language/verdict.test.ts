/** Scope, exceptions, actions: what one rule says of a mail, and all of them together. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Scope } from '../../../policies/rule-language/rule.ts';
import type { Party } from '../../../policies/rule-language/rule-facts.ts';
import { RuleSet } from '../../../policies/rule-language/rule-set.ts';
import { refusalText } from '../../../policies/rule-language/verdict.ts';
import { uuidOf } from '../../support/given-when-then.ts';
import { buyer, judge, li, mailWith, roster, ruleWith, text, wang } from './rule-mails.ts';

const hold = { do: 'holdForApproval', reviewer: 'li@acme.example', deadlineHours: 24, atDeadline: 'return' };

describe('the scope of a rule', () => {
  /** Ordinals concerned, or what could not be decided. */
  const concerned = (scope: Scope, sender: Party, ...recipients: Party[]) => {
    const [said] = judge(mailWith({ sender, recipients }), ruleWith({ scope })).parts;
    return said?.outcome === 'undecidable' ? said.missing : (said?.recipients ?? []);
  };

  const cases: readonly [Scope, Party, readonly Party[], readonly (number | string)[]][] = [
    [{}, wang, [buyer, li], [0, 1]],
    [{}, buyer, [wang], [0]],
    [{ direction: 'sent' }, wang, [buyer, li], [0, 1]],
    [{ direction: 'sent' }, buyer, [wang], []],
    [{ direction: 'received' }, wang, [buyer, li], [1]],
    [{ traffic: 'external' }, wang, [buyer, li], [0]],
    [{ traffic: 'internal' }, wang, [buyer, li], [1]],
    [{ traffic: 'internal' }, buyer, [wang], []],
    [{ people: ['wang@acme.example'] }, wang, [buyer], [0]],
    [{ people: ['wang@acme.example'] }, li, [buyer], []],
    [{ people: ['wang@acme.example'] }, li, [buyer, wang], [1]],
    [{ people: ['wang@acme.example'], direction: 'sent' }, li, [wang], []],
    [{ groups: ['sales@acme.example'], direction: 'received' }, buyer, [li, wang], [1]],
    [{ domains: ['acme.example'], people: ['x@acme.example'] }, li, [buyer], [0]],
    // Somebody outside who writes under an address of ours is nobody of ours.
    [{ direction: 'sent' }, { address: 'wang@acme.example', account: null }, [buyer], []],
    [{ departments: ['销售'] }, wang, [buyer], ['销售']],
    [{ departments: ['销售'], people: ['wang@acme.example'] }, wang, [buyer], [0]],
  ];
  for (const [scope, sender, recipients, expected] of cases) {
    test(`${JSON.stringify(scope)}: ${sender.address || '<>'} to ${recipients.map(({ address }) => address).join(', ')}`, () =>
      assert.deepEqual(concerned(scope, sender, ...recipients), expected));
  }
});

describe('what a rule says', () => {
  test('exceptions take out what they are true of, and leave open what they cannot decide', () => {
    const rule = ruleWith({
      when: { test: 'text', in: ['subject'], words: ['合同'] },
      except: [
        { test: 'address', in: ['envelopeRecipient'], match: ['@partner.example'] },
        { test: 'authentication', method: 'arc', results: ['pass'] },
      ],
    });
    const partner = { address: 'x@partner.example', account: null };
    const said = (recipients: Party[], authentication: { arc: 'pass' | 'fail' } | null, subject = '合同') =>
      judge(mailWith({ recipients, authentication, subject }), rule).parts[0]?.outcome;
    assert.equal(said([partner], null), undefined);
    assert.equal(said([buyer], { arc: 'pass' }), undefined);
    assert.equal(said([buyer], { arc: 'fail' }), 'hit');
    assert.equal(said([buyer], null), 'undecidable');
    assert.equal(said([buyer], null, 'x'), undefined);
  });

  test('what cannot be decided holds the mail for its own scope, or passes where the rule says so', () => {
    const open = {
      scope: { traffic: 'external' },
      when: { test: 'text', in: ['attachments'], words: ['合同'] },
    };
    const mail = mailWith({ recipients: [li, buyer], attachmentTexts: [text(null, '2')] });
    const held = judge(mail, ruleWith(open));
    assert.equal(held.disposition, 'hold');
    assert.deepEqual(held.recipients, ['deliver', 'hold']);
    assert.deepEqual(held.parts[0]!.missing, ['attachments 2']);
    const passed = judge(mail, ruleWith({ ...open, undecidable: 'deliver' }));
    assert.deepEqual([passed.disposition, passed.parts[0]!.outcome], ['deliver', 'undecidable']);
  });

  test('one that breaks on a mail holds that mail; the others are asked all the same', () => {
    const broken = { ...roster, has: () => assert.fail('broken') };
    const rules = [ruleWith({ scope: { people: ['wang@acme.example'] } }), ruleWith({})];
    const said = judge(mailWith({ roster: broken }), ...rules);
    assert.deepEqual(
      said.parts.map(({ rule, outcome }) => [rule, outcome]),
      [
        [uuidOf(101), 'hit'],
        [uuidOf(100), 'failed'],
      ],
    );
  });

  test('a hold may be about external recipients alone', () => {
    const said = judge(
      mailWith({ recipients: [li, buyer] }),
      ruleWith({ actions: [{ ...hold, hold: 'external' }] }),
    );
    assert.deepEqual(said.recipients, ['deliver', 'hold']);
  });
});

describe('several rules', () => {
  test('the strictest wins for each recipient, and every reason is kept', () => {
    const toLi = { scope: { people: ['li@acme.example'], direction: 'received' } };
    const rules = [
      ruleWith({ actions: [{ do: 'deliver' }, { do: 'tagSubject', tag: '[外]' }] }),
      ruleWith({ actions: [hold] }),
      ruleWith({ ...toLi, actions: [{ do: 'quarantine' }] }),
    ];
    const said = judge(mailWith({ recipients: [buyer, li] }), ...rules);
    assert.deepEqual(said.recipients, ['hold', 'quarantine']);
    assert.equal(said.disposition, 'quarantine');
    assert.deepEqual(
      said.parts.map(({ rule }) => rule),
      [uuidOf(102), uuidOf(101), uuidOf(100)],
    );
    assert.equal(refusalText(said), null);
  });

  test('the refusing one gives its text', () => {
    const said = judge(
      mailWith(),
      ruleWith({ actions: [hold] }),
      ruleWith({ actions: [{ do: 'refuse', text: '不行' }] }),
    );
    assert.deepEqual([said.disposition, refusalText(said)], ['refuse', '不行']);
  });

  test('without any rule everything is delivered', () => {
    assert.deepEqual(judge(mailWith({ recipients: [buyer, li] })), {
      disposition: 'deliver',
      recipients: ['deliver', 'deliver'],
      parts: [],
    });
  });

  test('rules that depend on words say the same in a large set as alone', () => {
    const words = ['合同', '机密', 'secret', 'tiger', '采购'];
    const rules = Array.from({ length: 200 }, (_, i) => {
      const one = {
        test: 'text',
        in: ['subject', 'body'],
        words: [words[i % 5]!],
        atLeast: 1 + (i % 2),
      } as const;
      const other = { test: 'text', in: ['attachments'], words: [words[(i >> 1) % 5]!] } as const;
      const size = { test: 'size', overOctets: 500 * (i % 4) } as const;
      return ruleWith({
        when: [
          { all: [one, size] },
          { any: [one, other] },
          { not: one },
          { all: [other, { not: one }] },
          size,
        ][i % 5],
      });
    });
    const mails = [
      mailWith({ subject: '合同', body: [text('机密 secret secret')] }),
      mailWith({ body: [text('tiger')], attachmentTexts: [text(null)] }),
      mailWith({ body: null, subject: '采购' }),
      mailWith({ attachmentTexts: [text('采购合同', '2', false)] }),
    ];
    for (const mail of mails) {
      const together = judge(mail, ...rules)
        .parts.map(({ rule, outcome }) => `${rule} ${outcome}`)
        .sort();
      const alone = rules.flatMap((rule, i) => {
        const [said] = new RuleSet([{ id: uuidOf(100 + i), version: 1, rule }]).judge(mail).parts;
        return said ? [`${said.rule} ${said.outcome}`] : [];
      });
      assert.deepEqual(together, alone.sort());
    }
  });
});

describe('what a set of rules wants to be read', () => {
  test('is what its rules look at, and nothing more', () => {
    const wanted = (...rules: Record<string, unknown>[]) =>
      new RuleSet(rules.map((changed, i) => ({ id: uuidOf(i), version: 1, rule: ruleWith(changed) }))).wanted;
    const none = {
      body: false,
      attachments: false,
      attachmentTypes: false,
      attachmentNames: false,
      protection: false,
      headers: [],
    };
    assert.deepEqual(wanted({}), none);
    assert.deepEqual(wanted({ when: { test: 'text', in: ['subject', 'body'], words: ['x'] } }), {
      ...none,
      body: true,
    });
    assert.deepEqual(
      wanted(
        { except: [{ not: { any: [{ test: 'numbers', in: ['attachments'], kinds: ['iban'] }] } }] },
        { when: { test: 'attachmentType', types: ['a/b'] } },
        { when: { test: 'text', in: ['header:X-A'], words: ['x'] } },
        { when: { test: 'text', in: ['header:x-a', 'header:X-B'], words: ['x'] } },
      ),
      { ...none, attachments: true, attachmentTypes: true, headers: ['x-a', 'x-b'] },
    );
    assert.deepEqual(wanted({ when: { test: 'header', name: 'X' } }), { ...none, headers: ['x'] });
    for (const when of [
      { test: 'attachmentName', names: ['*'] },
      { test: 'text', in: ['attachmentNames'], words: ['x'] },
    ])
      assert.deepEqual(wanted({ when }), { ...none, attachmentNames: true });
    assert.deepEqual(wanted({ when: { test: 'protection', kinds: ['signed'] } }), {
      ...none,
      protection: true,
    });
  });
});
