/** Parts of a server in which nothing is wrong, for the tests of the HTTP door. */

import type { ProjectionHealth } from '../../projections/projection-health.ts';
import type { HealthReadings, HealthSources } from '../../services/http/health-readings.ts';

export const nowMs = 1_700_000_000_000;

export function projection(over: Partial<ProjectionHealth> = {}): ProjectionHealth {
  return {
    name: 'directory',
    state: 'ok',
    phase: 'live',
    position: 41,
    lagPositions: 0,
    lagMs: 0,
    poisonedStreams: 0,
    rebuiltTo: null,
    stoppedBy: null,
    ...over,
  };
}

export const healthy: HealthReadings = {
  atMs: nowMs,
  log: { head: 42 },
  projections: [projection(), projection({ name: 'message-counters' })],
  recorder: { state: 'well', waitingFacts: 3, oldestMs: 20 },
  reactions: [{ name: 'file-locally', state: 'running' }],
  disk: { freeOctets: 9_000_000, minFreeOctets: 1_000_000 },
  ledger: { leaves: 43, sealedLeaves: 42, sealedAtMs: nowMs - 4000, stopped: false },
  mail: { messages: 5, recipients: { accepted: 1, queued: 2, delivered: 4 }, unaccounted: 0, stuck: 0 },
};

export function sourcesOf(readings: HealthReadings): HealthSources {
  return {
    log: async () => readings.log!,
    projections: async () => readings.projections!,
    recorder: () => readings.recorder!,
    reactions: () => readings.reactions!,
    disk: () => readings.disk!,
    ledger: () => readings.ledger!,
    mail: () => readings.mail!,
  };
}
