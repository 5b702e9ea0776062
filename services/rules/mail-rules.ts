/** Asks the rules in force about a mail: reads what they look at, and notes those that break. */
import type { RuleSet } from '../../policies/rule-language/rule-set.ts';
import { combine, type Verdict } from '../../policies/rule-language/verdict.ts';
import type { WantedTexts } from '../../policies/rule-language/wanted-texts.ts';
import type { ScannedMail } from '../blob-store/scanner-port.ts';
import type { Rosters } from '../directory/roster.ts';
import type { Dispatcher } from '../dispatch.ts';
import { rule } from '../domain/rule.ts';
import type { Uuid } from '../domain/values.ts';
import type { CheckedMail } from '../intake.ts';
import type { MailFacts } from '../mail/facts.ts';
import type { ActiveRules } from './active-rules.ts';
import { ruleFacts } from './rule-facts.ts';
import type { TextReader } from './text-reader.ts';

export interface MailRulesParts {
  readonly active: Pick<ActiveRules, 'at'>;
  readonly rosters: Pick<Rosters, 'of'>;
  readonly texts: TextReader;
  readonly dispatcher: Pick<Dispatcher, 'dispatch'>;
  readonly onTrouble: (error: unknown) => void;
}

/** What the intake asks. */
export interface MailJudge {
  /** Null where no verdict can be had now. */
  judge(
    mail: CheckedMail,
    submitter: Uuid | null,
    scanned: ScannedMail,
    nowMs: number,
  ): Promise<Verdict | null>;
}

export class MailRules implements MailJudge {
  readonly #parts: MailRulesParts;

  constructor(parts: MailRulesParts) {
    this.#parts = parts;
  }

  async judge(
    { source, returnPath, recipients, authentication }: CheckedMail,
    submitter: Uuid | null,
    scanned: ScannedMail,
    nowMs: number,
  ): Promise<Verdict | null> {
    // What somebody files or brings from elsewhere has been through its transport before; reports are our own.
    if (source !== 'smtp' && source !== 'submission') return combine([], recipients.length);
    const rules = this.#parts.active.at(nowMs);
    if (rules === null) return null;
    if (rules.size === 0) return combine([], recipients.length);
    const [texts, roster] = await Promise.all([
      this.#texts(rules, scanned),
      this.#parts.rosters.of(rules.names),
    ]);
    const { octets, facts } = scanned;
    const judged = {
      ...{ returnPath, submitter, recipients, octets, facts },
      authentication: authentication ?? 'unchecked',
    } as const;
    const verdict = rules.judge(ruleFacts(judged, texts, roster, nowMs));
    for (const { outcome, rule: id, version } of verdict.parts)
      if (outcome === 'failed') this.#noteFailure(id, version, nowMs);
    return verdict;
  }

  #texts({ wanted }: RuleSet, scanned: ScannedMail) {
    return wantsAny(wanted, scanned.facts) ? this.#parts.texts.read(scanned, wanted) : null;
  }

  /** The mail's answer does not wait for it. */
  #noteFailure(id: Uuid, version: number, now: number): void {
    const { dispatcher, onTrouble } = this.#parts;
    onTrouble(new Error(`the rule ${id} broke in its version ${version}`));
    dispatcher
      .dispatch(rule, id, { kind: 'noteFailure', version }, { actor: 'system', cause: null, now })
      .catch(onTrouble);
  }
}

function wantsAny(
  { body, attachments, attachmentTypes, attachmentNames, protection, headers }: WantedTexts,
  { attachments: listed }: MailFacts,
): boolean {
  const namesInside = attachmentNames && listed.some(({ type }) => type.startsWith('message/'));
  return body || attachments || attachmentTypes || namesInside || protection || headers.length > 0;
}
