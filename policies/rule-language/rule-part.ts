/** What one rule says of one mail. */
import type { Uuid } from '../../services/domain/values.ts';
import type { CompiledRule } from './compile-rule.ts';
import type { MailView } from './mail-view.ts';
import type { VerdictPart } from './verdict.ts';

/** A rule of a set. */
export interface Member extends CompiledRule {
  readonly id: Uuid;
  readonly version: number;
}

/** Null where the rule says nothing of this mail. */
export function partOf(member: Member, view: MailView): VerdictPart | null {
  try {
    return judged(member, view);
  } catch {
    // Whatever it was, it is this rule's fault: the mail waits for a person, everything else goes on.
    return heldBy(member, 'failed', [...view.facts.recipients.keys()], []);
  }
}

function judged(member: Member, view: MailView): VerdictPart | null {
  const concerned = view.concerned(member.scope);
  if (concerned.recipients.length === 0 && concerned.missing.length === 0) return null;
  const answer = member.ask(view);
  if (answer.is === 'no') return null;
  const missing = [...(answer.is === 'unknown' ? answer.missing : []), ...concerned.missing];
  const isDecided = answer.is === 'yes' && concerned.recipients.length > 0;
  if (!isDecided) {
    const all = [...view.facts.recipients.keys()];
    return heldBy(
      member,
      'undecidable',
      concerned.recipients.length > 0 ? concerned.recipients : all,
      missing,
    );
  }
  const { id, version, rule, disposition } = member;
  return {
    rule: id,
    version,
    name: rule.name,
    outcome: 'hit',
    actions: rule.actions,
    disposition,
    recipients: aimed(member, concerned.recipients, view),
    people: concerned.people,
    reasons: answer.reasons,
    missing: [],
  };
}

function heldBy(
  { id, version, rule }: Member,
  outcome: 'undecidable' | 'failed',
  recipients: readonly number[],
  missing: readonly string[],
): VerdictPart {
  const passes = outcome === 'undecidable' && rule.undecidable === 'deliver';
  return {
    rule: id,
    version,
    name: rule.name,
    outcome,
    actions: passes ? [] : rule.actions.filter((action) => action.do === 'holdForApproval'),
    disposition: passes ? 'deliver' : 'hold',
    recipients,
    people: [],
    reasons: [],
    missing: [...new Set(missing)],
  };
}

/** A hold may be about external recipients alone. */
function aimed(
  { isExternalOnly }: Member,
  recipients: readonly number[],
  { facts }: MailView,
): readonly number[] {
  return isExternalOnly
    ? recipients.filter((ordinal) => facts.recipients[ordinal]!.account === null)
    : recipients;
}
