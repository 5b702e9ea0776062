/** The rules that a mail may concern are found by an index: it must leave out none that has something to say. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileRule } from '../../../policies/rule-language/compile-rule.ts';
import { MailView } from '../../../policies/rule-language/mail-view.ts';
import type { Scope } from '../../../policies/rule-language/rule.ts';
import type { Condition } from '../../../policies/rule-language/rule-conditions.ts';
import type { Party, RuleFacts } from '../../../policies/rule-language/rule-facts.ts';
import { partOf } from '../../../policies/rule-language/rule-part.ts';
import { type PublishedRule, RuleSet } from '../../../policies/rule-language/rule-set.ts';
import { combine, type Verdict } from '../../../policies/rule-language/verdict.ts';
import { Lexicon } from '../../../policies/rule-language/word-finder.ts';
import { uuidOf } from '../../support/given-when-then.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { buyer, li, mailWith, ruleWith, text, wang } from './rule-mails.ts';

const words = ['合同', '机密', 'secret', 'Tiger', '采购 订单', 'a1', 'purchase order', 'é'];
const places = ['subject', 'body', 'attachments', 'attachmentNames', 'header:X-Note', 'header:x-note'];
const patterns = [
  'wang@acme.example',
  '@outside.example',
  '@*.example',
  '@*.deep.outside.example',
  '@a.example',
];
const outside: readonly Party[] = ['x@deep.outside.example', 'y@b.deep.outside.example', 'Z@A.example'].map(
  (address) => ({ address, account: null }),
);
const parties: readonly Party[] = [wang, li, buyer, ...outside];
const fields = ['envelopeSender', 'envelopeRecipient', 'from', 'to', 'cc', 'replyTo'] as const;
const scopes: readonly Scope[] = [
  {},
  { direction: 'sent' },
  { direction: 'received' },
  { traffic: 'internal' },
  { people: ['wang@acme.example'], direction: 'sent' },
  { groups: ['sales@acme.example'] },
  { departments: ['销售'] },
  { domains: ['acme.example'], traffic: 'external' },
];

class Chance {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  is(share: number): boolean {
    return this.#random() < share;
  }

  below(most: number): number {
    return Math.floor(this.#random() * most);
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  some<T>(list: readonly T[], most: number): T[] {
    return Array.from({ length: 1 + this.below(most) }, () => this.of(list));
  }

  test(): Record<string, unknown> {
    const match = this.is(0.8) ? 'match' : 'otherThan';
    return this.of([
      { test: 'text', in: this.some(places, 3), words: this.some(words, 3), atLeast: 1 + this.below(2) },
      {
        test: 'text',
        in: this.some(places, 2),
        words: this.some(words, 2),
        match: 'anywhere',
        counting: 'words',
      },
      { test: 'address', in: this.some(fields, 2), [match]: this.some(patterns, 2) },
      { test: 'header', name: this.of(['X-Note', 'x-other']) },
      { test: 'numbers', in: this.some(places, 2), kinds: ['phone'] },
      { test: 'size', overOctets: this.below(3000) },
      { test: 'recipients', over: this.below(4) },
      { test: 'authentication', method: 'spf', results: ['fail'] },
      { test: 'attachmentName', names: ['*.exe'] },
    ]);
  }

  condition(depth: number): Record<string, unknown> {
    if (depth === 0 || this.is(0.5)) return this.test();
    const parts = Array.from({ length: 1 + this.below(3) }, () => this.condition(depth - 1));
    return this.of([{ all: parts }, { any: parts }, { not: parts[0]! }]);
  }

  rule(n: number): PublishedRule {
    const rule = ruleWith({
      scope: this.of(scopes),
      ...(this.is(0.9) ? { when: this.condition(2) as Condition } : {}),
      ...(this.is(0.2) ? { except: [this.condition(1)] } : {}),
      actions: [
        this.of([{ do: 'refuse', text: 'Not this.' }, { do: 'quarantine' }, { do: 'tagSubject', tag: 'x' }]),
      ],
    });
    return { id: uuidOf(1000 + n), version: 1, rule };
  }

  prose(): string {
    return Array.from({ length: this.below(4) }, () => this.of([...words, 'ordinary', '13912345678'])).join(
      ' ',
    );
  }

  texts(): RuleFacts['body'] {
    if (this.is(0.1)) return null;
    return Array.from({ length: this.below(3) }, (_, i) =>
      text(this.is(0.1) ? null : this.prose(), `${i + 1}`, this.is(0.9)),
    );
  }

  mail(): RuleFacts {
    const written = () => this.some(parties, 2).map(({ address }) => address);
    return mailWith({
      sender: this.of(parties),
      recipients: this.some(parties, 4),
      addresses: { from: written(), sender: [], replyTo: written(), to: written(), cc: written(), bcc: [] },
      headerComplete: this.is(0.95),
      subject: this.prose(),
      headers: this.is(0.1) ? null : this.is(0.5) ? [] : [{ name: 'X-NOTE', value: this.prose() }],
      body: this.texts(),
      attachmentTexts: this.texts(),
      attachments: this.is(0.5) ? [] : [{ part: '2', name: this.of(['合同.doc', 'a1.EXE']), type: null }],
      octets: this.below(3000),
      authentication: this.of([null, 'unchecked', { spf: 'fail' }, { spf: 'pass' }] as const),
      ...(this.is(0.05) ? { isOfRecord: true as const } : {}),
    });
  }
}

/** Every rule is asked. */
function askedEach(rules: readonly PublishedRule[], facts: RuleFacts): Verdict {
  const members = rules.map(({ id, version, rule }) => ({ ...compileRule(rule), id, version }));
  const lexicon = new Lexicon();
  for (const word of members.flatMap((member) => member.words)) lexicon.add(word);
  const view = new MailView(facts, lexicon.finder());
  return combine(
    members.flatMap((member) => partOf(member, view) ?? []),
    facts.recipients.length,
  );
}

describe('the index of the rules', () => {
  for (let seed = 1; seed <= 6; seed++) {
    test(`a set says what its rules say that are asked one by one (seed ${seed})`, () => {
      const chance = new Chance(seed);
      const rules = Array.from({ length: 250 }, (_, n) => chance.rule(n));
      const set = new RuleSet(rules);
      let said = 0;
      for (let n = 0; n < 30; n++) {
        const mail = chance.mail();
        const expected = askedEach(rules, mail);
        assert.deepEqual(set.judge(mail), expected);
        said += expected.parts.length;
      }
      assert.ok(said > 500, `${said}`);
    });
  }
});
