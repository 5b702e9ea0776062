/** A rule tried on a mail: loaded for `rule test` alone, because the reading of mails and the rule language are large. */
import { parseRuleText } from '../../policies/rule-language/parse-rule.ts';
import { problemText } from '../../policies/rule-language/problem.ts';
import type { Party } from '../../policies/rule-language/rule-facts.ts';
import { RuleSet } from '../../policies/rule-language/rule-set.ts';
import type { Verdict } from '../../policies/rule-language/verdict.ts';
import { factsOf, type MailFacts } from '../mail/facts.ts';
import { MailScan } from '../mail/mail-scan.ts';
import { type MailTexts, readMailTexts } from '../mail/mail-texts.ts';
import { encodeStructure, openStructure } from '../mail/structure-codec.ts';
import { ruleFacts } from '../rules/rule-facts.ts';
import { accountsOf, partiesOf } from '../rules/try-rule.ts';
import type { House } from './house.ts';
import { VerbFailure } from './verb.ts';

/** What rules look at in a mail. */
export interface TriedMail {
  readonly octets: number;
  readonly facts: MailFacts;
  readonly texts: MailTexts;
}

export interface TriedEnvelope {
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly isFromOutside: boolean;
}

/** As far as the rule asks. Throws `VerbFailure` where the rule is none. */
export async function readTriedMail(rule: string, octets: Buffer): Promise<TriedMail> {
  const scan = new MailScan();
  scan.push(octets);
  const found = scan.finish();
  const facts = factsOf(found);
  const { root } = openStructure(encodeStructure(found))!;
  const places = { root, attachments: facts.attachments };
  const texts = await readMailTexts(places, setOf(rule).wanted, async (from, to) =>
    octets.subarray(from, to),
  );
  return { octets: octets.length, facts, texts };
}

/** What the rule says of it, in the house whose people and groups it names. */
export async function judgeTried(
  house: House,
  rule: string,
  envelope: TriedEnvelope,
  { octets, facts, texts }: TriedMail,
): Promise<{ verdict: Verdict; recipients: readonly Party[] }> {
  const set = setOf(rule);
  const submitter = envelope.isFromOutside
    ? null
    : ((await accountsOf(house.rosters, envelope.sender))[0] ?? null);
  const recipients = await partiesOf(house.rosters, envelope.recipients);
  const given = {
    returnPath: envelope.sender,
    submitter,
    recipients,
    octets,
    facts,
    authentication: null,
  };
  const rosters = await house.rosters.of(set.names);
  return { verdict: set.judge(ruleFacts(given, texts, rosters, Date.now())), recipients };
}

function setOf(text: string): RuleSet {
  const parsed = parseRuleText(text);
  if ('problems' in parsed) throw new VerbFailure(parsed.problems.map(problemText).join('\n'));
  return new RuleSet([{ id: '', version: 1, rule: parsed.rule }]);
}
