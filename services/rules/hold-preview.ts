/**
 * What the rules in force would say of a mail that is still being written: whether they hold or refuse it, and who
 * decides. What they look for is not told, nor what they do without the sender's knowledge (quarantine, copies).
 */
import { holdTermsOf } from '../../policies/hold-terms.ts';
import type { Roster, RuleFacts } from '../../policies/rule-language/rule-facts.ts';
import {
  combine,
  refusalText,
  type Verdict,
  type VerdictPart,
} from '../../policies/rule-language/verdict.ts';
import type { Reviewers } from '../approvals/reviewers.ts';
import type { Rosters } from '../directory/roster.ts';
import type { Reviewer } from '../domain/reviewer.ts';
import type { Uuid } from '../domain/values.ts';
import type { ActiveRules } from './active-rules.ts';
import { partiesOf } from './try-rule.ts';

/** Of the mail as it stands in the window of writing. */
export interface DraftFacts {
  readonly from: string;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly files: readonly { readonly name: string }[];
  /** Octets of text and files, about. */
  readonly octets: number;
}

export interface HoldForecast {
  /** `perhapsHeld`: it depends on what is only seen when the mail is sent. */
  readonly outcome: 'none' | 'held' | 'perhapsHeld' | 'refused';
  /** Names of the rules. */
  readonly rules: readonly string[];
  /** Null where nobody decides. */
  readonly reviewer: Reviewer | null;
  /** What the rule says to the sender; empty unless refused. */
  readonly refusal: string;
}

const nothing: HoldForecast = { outcome: 'none', rules: [], reviewer: null, refusal: '' };

export interface HoldPreviewParts {
  readonly active: Pick<ActiveRules, 'at'>;
  readonly rosters: Pick<Rosters, 'of' | 'membersOf'>;
  readonly reviewers: Pick<Reviewers, 'named'>;
}

export class HoldPreview {
  readonly #parts: HoldPreviewParts;

  constructor(parts: HoldPreviewParts) {
    this.#parts = parts;
  }

  async of(draft: DraftFacts, submitter: Uuid, nowMs: number): Promise<HoldForecast> {
    const { active, rosters, reviewers } = this.#parts;
    const rules = active.at(nowMs);
    if (rules === null || rules.size === 0) return nothing;
    const recipients = await partiesOf(rosters, [...draft.to, ...draft.cc, ...draft.bcc]);
    const roster = await rosters.of(rules.names);
    const { parts } = rules.judge(factsOf(draft, { submitter, recipients, roster, nowMs }));
    const verdict = combine(parts.filter(isTold), recipients.length);
    if (verdict.disposition === 'refuse') return refused(verdict);
    const terms = holdTermsOf(verdict);
    if (terms === null) return nothing;
    return {
      outcome: verdict.parts.some(({ outcome }) => outcome === 'hit') ? 'held' : 'perhapsHeld',
      rules: terms.holds.map(({ reason }) => reason),
      reviewer: await reviewers.named(terms.reviewer, terms.deputy, submitter),
      refusal: '',
    };
  }
}

/** Rules that hold for approval or refuse: their sender hears of them in any case. */
function isTold({ outcome, disposition, actions }: VerdictPart): boolean {
  if (outcome === 'hit') return disposition === 'hold' || disposition === 'refuse';
  return outcome === 'undecidable' && actions.length > 0;
}

function refused(verdict: Verdict): HoldForecast {
  const rules = verdict.parts.filter(({ disposition }) => disposition === 'refuse').map(({ name }) => name);
  return { outcome: 'refused', rules, reviewer: null, refusal: refusalText(verdict) ?? '' };
}

interface Sending extends Pick<RuleFacts, 'recipients' | 'nowMs'> {
  readonly submitter: Uuid;
  readonly roster: Roster;
}

/** What stands in files is seen when the mail is sent: until then it is unknown, as is their type by content. */
function factsOf(draft: DraftFacts, { submitter, recipients, roster, nowMs }: Sending): RuleFacts {
  const { from, to, cc, bcc, subject, text, files, octets } = draft;
  const attachments = files.map(({ name }, i) => ({ part: `${i + 2}`, name, type: null }));
  return {
    nowMs,
    sender: { address: from, account: submitter },
    recipients,
    addresses: { from: [from], sender: [], replyTo: [], to, cc, bcc },
    headerComplete: true,
    subject,
    headers: [
      { name: 'From', value: from },
      { name: 'To', value: to.join(', ') },
      { name: 'Cc', value: cc.join(', ') },
      { name: 'Subject', value: subject },
    ],
    body: [{ part: '1', text, complete: true }],
    attachmentTexts: attachments.map(({ part }) => ({ part, text: null, complete: false })),
    attachments,
    octets,
    authentication: 'unchecked',
    isEncrypted: false,
    isSigned: false,
    roster,
  };
}
