/** Judges the readings: what `/healthz` says. Pure; nothing in it names a person, a mail or a reason. */
import type { HealthState, ProjectionHealth } from '../../projections/projection-health.ts';
import type {
  DiskReading,
  HealthReadings,
  LedgerReading,
  LogReading,
  MailReading,
  ReactionReading,
} from './health-readings.ts';

export interface PartReport {
  readonly state: HealthState;
}

export interface HealthReport {
  /** The worst of the parts. */
  readonly state: HealthState;
  /** UTC milliseconds. */
  readonly checkedAtMs: number;
  /** Red: it does not answer. Nothing is accepted, shown or released meanwhile. */
  readonly log: PartReport & Partial<LogReading>;
  readonly projections: PartReport & { readonly each: readonly ProjectionHealth[] };
  readonly recorder: PartReport & { readonly waitingFacts: number; readonly oldestMs: number };
  readonly reactions: PartReport & { readonly each: readonly ReactionReading[] };
  readonly disk: PartReport & Partial<DiskReading>;
  readonly ledger: PartReport & { readonly unsealedLeaves: number; readonly headAgeMs: number | null };
  readonly mail: PartReport & Partial<MailReading>;
}

/** A head is made every ten seconds while there is something new: older than this, nothing is being sealed. */
const maxUnsealedAgeMs = 120_000;
/** The newest head is a record itself and waits for the next one. */
const ownLeaves = 1;

const severity: Readonly<Record<HealthState, number>> = { ok: 0, degraded: 1, red: 2 };

export function judgeHealth(readings: HealthReadings): HealthReport {
  const parts = {
    log: judgeLog(readings.log),
    projections: judgeProjections(readings.projections),
    recorder: judgeRecorder(readings.recorder),
    reactions: judgeReactions(readings.reactions),
    disk: judgeDisk(readings.disk),
    ledger: judgeLedger(readings.ledger, readings.atMs),
    mail: judgeMail(readings.mail, readings.projections),
  };
  return { state: worst(Object.values(parts)), checkedAtMs: readings.atMs, ...parts };
}

function worst(parts: readonly PartReport[]): HealthState {
  return parts.reduce<HealthState>(
    (state, part) => (severity[part.state] > severity[state] ? part.state : state),
    'ok',
  );
}

function judgeLog(log: LogReading | null): HealthReport['log'] {
  return log === null ? { state: 'red' } : { state: 'ok', ...log };
}

function judgeProjections(each: HealthReadings['projections']): HealthReport['projections'] {
  return each === null ? { state: 'red', each: [] } : { state: worst(each), each };
}

function judgeRecorder(recorder: HealthReadings['recorder']): HealthReport['recorder'] {
  if (recorder === null) return { state: 'red', waitingFacts: 0, oldestMs: 0 };
  const { state, waitingFacts, oldestMs } = recorder;
  return {
    state: ({ well: 'ok', strained: 'degraded', stopped: 'red' } as const)[state],
    waitingFacts,
    oldestMs,
  };
}

function judgeReactions(each: HealthReadings['reactions']): HealthReport['reactions'] {
  if (each === null) return { state: 'red', each: [] };
  return { state: each.some(({ state }) => state === 'failing') ? 'red' : 'ok', each };
}

function judgeDisk(disk: DiskReading | null): HealthReport['disk'] {
  if (disk === null) return { state: 'red' };
  const { freeOctets, minFreeOctets } = disk;
  if (freeOctets < minFreeOctets) return { state: 'red', ...disk };
  return { state: freeOctets < 2 * minFreeOctets ? 'degraded' : 'ok', ...disk };
}

function judgeLedger(ledger: LedgerReading | null, nowMs: number): HealthReport['ledger'] {
  if (ledger === null) return { state: 'red', unsealedLeaves: 0, headAgeMs: null };
  const { leaves, sealedLeaves, sealedAtMs, stopped } = ledger;
  const unsealedLeaves = Math.max(0, leaves - sealedLeaves - (sealedLeaves > 0 ? ownLeaves : 0));
  const headAgeMs = sealedAtMs === null ? null : Math.max(0, nowMs - sealedAtMs);
  const isLate = unsealedLeaves > 0 && headAgeMs !== null && headAgeMs > maxUnsealedAgeMs;
  return { state: stopped ? 'red' : isLate ? 'degraded' : 'ok', unsealedLeaves, headAgeMs };
}

/** Believed only where the counters have everything: what they have not seen yet looks stuck. */
function judgeMail(
  mail: MailReading | null,
  projections: HealthReadings['projections'],
): HealthReport['mail'] {
  if (mail === null) return { state: 'red' };
  const counters = projections?.find(({ name }) => name === 'message-counters');
  const isMissing = mail.stuck > 0 || mail.unaccounted !== 0;
  if (!isMissing) return { state: 'ok', ...mail };
  return { state: counters?.state === 'ok' ? 'red' : 'degraded', ...mail };
}
