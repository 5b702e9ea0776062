/** The events of a mail as people are told of them: by whom, about which recipient, by which rules. Pure. */
import type { MessageTrace, TracedRecipient, TraceStep } from '../../../projections/message-trace-queries.ts';
import type { JsonObject, JsonValue } from '../../domain/event.ts';
import type { Uuid } from '../../domain/values.ts';
import type { Names } from './names.ts';

/**
 * Steps about recipients that the asker may not see are left out; those of supervision are for who may see everybody's.
 */
export function stepsSeen(
  trace: MessageTrace,
  seen: readonly TracedRecipient[],
  seesSupervision: boolean,
  names: Names,
) {
  const byOrdinal = new Map(seen.map((recipient) => [recipient.ordinal, recipient]));
  return trace.steps
    .filter((step) => !concernsOthers(step, trace, byOrdinal))
    .filter(({ stream }) => seesSupervision || !stream.startsWith('supervision-'))
    .map((step) => {
      const { position, atMs, type, actor, detail } = step;
      const { rules, mailbox: _, ...shown } = detail;
      return {
        position,
        atMs,
        type,
        by: names.ofActor(actor),
        recipient: recipientOf(step, trace, byOrdinal)?.address ?? null,
        detail: detailOf(type, shown, names),
        rules: rulesOf(rules),
      };
    });
}

/** They name everybody whom the mail was for. */
const namingAll: ReadonlySet<string> = new Set(['RecipientsResolved', 'MembersPassedOver']);

/** Members who got no copy are told by their addresses. */
function detailOf(type: string, shown: JsonObject, names: Names): Record<string, unknown> {
  if (type !== 'MembersPassedOver') return shown;
  return { texts: (shown['accounts'] as Uuid[]).map((account) => names.of(account).address) };
}

function concernsOthers(
  step: TraceStep,
  trace: MessageTrace,
  seen: ReadonlyMap<number, TracedRecipient>,
): boolean {
  if (seen.size === trace.recipientList.length) return false;
  const concerned = ordinalOf(step, trace);
  return namingAll.has(step.type) || (concerned !== null && !seen.has(concerned));
}

function recipientOf(step: TraceStep, trace: MessageTrace, seen: ReadonlyMap<number, TracedRecipient>) {
  const ordinal = ordinalOf(step, trace);
  return ordinal === null ? undefined : seen.get(ordinal);
}

/** Of a delivery the event says it; of a filing its stream does. */
function ordinalOf({ detail, stream }: TraceStep, { recipientList }: MessageTrace): number | null {
  if (typeof detail['ordinal'] === 'number') return detail['ordinal'];
  if (!stream.startsWith('mailstore-')) return null;
  const account = stream.slice('mailstore-'.length);
  return recipientList.find((recipient) => recipient.account === account)?.ordinal ?? null;
}

function rulesOf(rules: JsonValue | undefined) {
  if (!Array.isArray(rules)) return [];
  // Other events name the rules by their ids alone: what each said stands with the acceptance.
  return rules.filter(isJudged).map(({ rule, version, name, outcome, disposition, found }) => ({
    rule: rule as string,
    version: version as number,
    name: name as string,
    outcome: outcome as string,
    disposition: disposition as string,
    found: found as string[],
  }));
}

function isJudged(rule: JsonValue): rule is JsonObject {
  return typeof rule === 'object' && rule !== null && !Array.isArray(rule);
}
