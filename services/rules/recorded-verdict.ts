/** What the events of a mail keep of a verdict: rules and versions in the clear, reasons sealed, all of it bounded. Pure. */
import type { Reason } from '../../policies/rule-language/answer.ts';
import type { Verdict, VerdictPart } from '../../policies/rule-language/verdict.ts';
import { sealable } from '../accepted-facts.ts';
import type { JsonObject } from '../domain/event.ts';
import type { RecordedVerdict } from '../domain/message.ts';

/** Rules named; the strictest come first. */
const maxParts = 200;
/** Characters of all reasons together: beyond, a rule is named without places. */
const maxReasonCharacters = 40_000;
const maxOrdinals = 500;

export function recordedVerdict({ parts }: Verdict): RecordedVerdict {
  const kept = parts.slice(0, maxParts);
  let room = maxReasonCharacters;
  const judgements = kept.map((part) => {
    const judgement = isUnderSeal(part)
      ? judgementUnderSeal(part)
      : judgementOf(part, part.reasons.map(reasonOf));
    const characters = JSON.stringify(judgement).length;
    room -= characters;
    return room >= 0 ? judgement : judgementOf(part, []);
  });
  return {
    rules: kept.map(({ rule }) => rule),
    ruleVersions: kept.map(({ version }) => version),
    judgements,
  };
}

/** Of a rule that supervises under seal and does nothing else. */
function isUnderSeal({ actions, disposition }: VerdictPart): boolean {
  const isSealed = actions.some((action) => action.do === 'copyToSupervisors' && action.sealed !== undefined);
  return isSealed && disposition === 'deliver';
}

/** People may see what rules said of their own mail: what such a rule is about stands with the copies alone. */
function judgementUnderSeal(part: VerdictPart): JsonObject {
  return judgementOf({ ...part, name: '', actions: [] }, []);
}

function judgementOf(
  { name, outcome, disposition, actions, recipients, missing }: VerdictPart,
  reasons: readonly JsonObject[],
): JsonObject {
  return {
    name: sealable(name),
    outcome,
    disposition,
    actions: actions.map((action) => action.do),
    recipients: recipients.slice(0, maxOrdinals),
    missing: missing.slice(0, 20).map(sealable),
    reasons,
  };
}

function reasonOf({ at, test, count, places }: Reason): JsonObject {
  return {
    at,
    test,
    count,
    places: places.map((place) => ({ ...place, found: sealable(place.found) })),
  };
}
