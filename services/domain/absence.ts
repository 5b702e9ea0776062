/** When somebody is away, in the stream of their account: then a deputy decides in their place. */
import { defineEvents } from './event-type.ts';
import { type Decision, drafterOf, type FactOf } from './fact.ts';
import { refuse } from './refusals.ts';

export const absenceEvents = defineEvents({
  AbsencePlanned: {
    version: 1,
    means: 'The person is away from the one time until the other.',
    clear: { from: 'time', until: 'time' },
  },
  AbsenceEnded: {
    version: 1,
    means: 'The person is back; whatever absence was still to come is no more.',
    clear: { at: 'time' },
  },
});

/** From `fromMs` on, before `untilMs`. */
export interface Absence {
  readonly fromMs: number;
  readonly untilMs: number;
}

export type AbsenceCommand =
  | { readonly kind: 'goAway'; readonly fromMs: number; readonly untilMs: number; readonly nowMs: number }
  | { readonly kind: 'comeBack'; readonly nowMs: number };

/** Planned ahead by one person. */
const maxAbsences = 100;

const draft = drafterOf(absenceEvents);

export function decideAbsence(absences: readonly Absence[], command: AbsenceCommand): Decision {
  const { nowMs } = command;
  const ahead = absences.filter(({ untilMs }) => untilMs > nowMs);
  if (command.kind === 'comeBack')
    return { events: ahead.length === 0 ? [] : [draft('AbsenceEnded', { at: nowMs })] };
  const { fromMs, untilMs } = command;
  if (fromMs >= untilMs || untilMs <= nowMs) return refuse('absenceInvalid');
  if (ahead.length >= maxAbsences) return refuse('requestTooLarge', 'too many absences');
  if (ahead.some((known) => known.fromMs === fromMs && known.untilMs === untilMs)) return { events: [] };
  return { events: [draft('AbsencePlanned', { from: fromMs, until: untilMs })] };
}

export function evolveAbsence(
  absences: readonly Absence[],
  { type, data }: FactOf<typeof absenceEvents>,
): readonly Absence[] {
  if (type === 'AbsencePlanned') {
    // Those that are over by then say nothing any more.
    return [...absences.slice(1 - maxAbsences), { fromMs: data.from, untilMs: data.until }];
  }
  return absences.flatMap(({ fromMs, untilMs }) =>
    fromMs >= data.at ? [] : [{ fromMs, untilMs: Math.min(untilMs, data.at) }],
  );
}

export function isAway(absences: readonly Absence[], atMs: number): boolean {
  return absences.some(({ fromMs, untilMs }) => fromMs <= atMs && atMs < untilMs);
}
