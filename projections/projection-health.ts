/** What `/healthz` and `/metrics` say of a projection. Numbers and names of errors only, nothing of the mail. */

/**
 * backfill: reads the log from where it stands; cutover: the last piece, while the live events wait; live: takes
 * events as they come; stopped: takes in nothing any more.
 */
export type Phase = 'backfill' | 'cutover' | 'live' | 'stopped';

export type HealthState = 'ok' | 'degraded' | 'red';

export interface ProjectionStanding {
  readonly name: string;
  readonly phase: Phase;
  readonly position: number;
  readonly lagPositions: number;
  /** Time since it last had everything, or took something in; 0 where it has everything. */
  readonly lagMs: number;
  readonly poisonedStreams: number;
  /** Place up to which a rebuild beside it has come; null where none runs. */
  readonly rebuiltTo: number | null;
  /** Name of the error that stopped it. */
  readonly stoppedBy: string | null;
}

export interface ProjectionHealth extends ProjectionStanding {
  readonly state: HealthState;
}

/** Behind for longer than this, what it shows is old news. */
const maxLagMs = 30_000;

export function judgeProjection(standing: ProjectionStanding): ProjectionHealth {
  return { ...standing, state: stateOf(standing) };
}

function stateOf({ phase, poisonedStreams, lagMs, stoppedBy }: ProjectionStanding): HealthState {
  if (phase === 'stopped' || stoppedBy !== null || poisonedStreams > 0) return 'red';
  return phase === 'live' && lagMs <= maxLagMs ? 'ok' : 'degraded';
}
