/** What `/healthz` and `/metrics` read of the house. */
import type { Config } from '../config.ts';
import { freeOctetsOf } from '../free-space.ts';
import type { HealthSources, MailReading } from '../http/health-readings.ts';
import type { OpenHouse } from './house.ts';

/** A mail that is neither filed nor queued after so long is stuck. */
const maxUnderwayMs = 60_000;
/** Stuck recipients that are counted: more of them are no news. */
const maxStuck = 1000;

export function healthSources({ data, minFreeOctets }: Config, house: OpenHouse): HealthSources {
  const freeOctets = freeOctetsOf(data);
  return {
    log: oneAtATime(async () => ({ head: await house.ledger.store.head() })),
    projections: oneAtATime(() => house.projections.health()),
    recorder: () => house.recorder.health(),
    reactions: () => house.reactions.map((reaction) => reaction.health()),
    disk: () => ({ freeOctets: freeOctets(), minFreeOctets }),
    ledger: () => ({
      leaves: house.sealer.size,
      sealedLeaves: house.sealer.head?.size ?? 0,
      sealedAtMs: house.sealer.head?.sealedAt ?? null,
      stopped: house.sealerStopped(),
    }),
    mail: () => mailReading(house),
  };
}

function mailReading({ counters }: OpenHouse): MailReading {
  const { messages, underway, finished, unaccounted } = counters.counts();
  const stuck = counters.stuck(Date.now() - maxUnderwayMs, maxStuck).length;
  return { messages, recipients: { ...finished, ...underway }, unaccounted, stuck };
}

/** Who asks while one call is under way hears its answer: a log that is away is not asked ever more. */
function oneAtATime<T>(ask: () => Promise<T>): () => Promise<T> {
  let underWay: Promise<T> | null = null;
  return () => {
    underWay ??= ask().finally(() => {
      underWay = null;
    });
    return underWay;
  };
}
