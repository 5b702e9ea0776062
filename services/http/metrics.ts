/** `/metrics` in the text format of Prometheus. Every number is read when it is asked for. */
import type * as Prometheus from 'prom-client';
import type { HealthState } from '../../projections/projection-health.ts';
import type { HealthReadings } from './health-readings.ts';
import { judgeHealth } from './health-report.ts';
import { type Meter, type Sample, safeLabel } from './meters.ts';

const stateNumber: Readonly<Record<HealthState, number>> = { ok: 0, degraded: 1, red: 2 };

export interface MetricsText {
  readonly contentType: string;
  readonly text: string;
}

/** A registry of its own for each answer: nothing has to be reset, and two answers never mix. */
export async function metricsText(readings: HealthReadings, meters: readonly Meter[]): Promise<MetricsText> {
  // Loaded when somebody first asks: many never do.
  const prometheus = await import('prom-client');
  const registry = new prometheus.Registry();
  for (const meter of [...processMeters(), ...healthMeters(readings), ...meters])
    register(prometheus, registry, meter);
  return { contentType: registry.contentType, text: await registry.metrics() };
}

/** What cannot be read has no line: a 0 would be a lie. */
function register(
  { Counter, Gauge }: typeof Prometheus,
  registry: Prometheus.Registry,
  { name, help, kind, labelName, read }: Meter,
): void {
  const samples = read();
  if (samples.length === 0) return;
  const described = { name, help, labelNames: labelName === null ? [] : [labelName], registers: [registry] };
  const metric = kind === 'counter' ? new Counter(described) : new Gauge(described);
  for (const { label, value } of samples) {
    if (labelName === null) metric.inc(value);
    else metric.inc({ [labelName]: safeLabel(label ?? '') }, value);
  }
}

function gauge(name: string, help: string, value: number | null | undefined): Meter {
  const samples = value === null || value === undefined ? [] : [{ value }];
  return { name, help, kind: 'gauge', labelName: null, read: () => samples };
}

function labelled(name: string, help: string, labelName: string, samples: readonly Sample[]): Meter {
  return { name, help, kind: 'gauge', labelName, read: () => samples };
}

function healthMeters(readings: HealthReadings): Meter[] {
  const { ledger, disk, recorder, mail } = readings;
  const report = judgeHealth(readings);
  const recipients = Object.entries(mail?.recipients ?? {}).map(([label, value]) => ({ label, value }));
  return [
    gauge('muniment_health_state', '0 ok, 1 degraded, 2 red', stateNumber[report.state]),
    ...projectionMeters(readings),
    gauge('muniment_recorder_waiting_facts', 'Facts not yet on disk', recorder?.waitingFacts),
    gauge('muniment_recorder_oldest_seconds', 'Age of the oldest of them', seconds(recorder?.oldestMs)),
    gauge('muniment_disk_free_bytes', 'Free space where the data lies', disk?.freeOctets),
    gauge('muniment_ledger_leaves', 'Records in the tree', ledger?.leaves),
    gauge('muniment_ledger_unsealed_leaves', 'Records behind the newest head', report.ledger.unsealedLeaves),
    gauge('muniment_ledger_head_age_seconds', 'Age of the newest head', seconds(report.ledger.headAgeMs)),
    counter('muniment_messages_accepted_total', 'Mails accepted', mail?.messages),
    labelled('muniment_recipients', 'Recipients of accepted mails, by state', 'state', recipients),
    gauge('muniment_recipients_stuck', 'Accepted a while ago, neither filed nor queued', mail?.stuck),
    gauge('muniment_recipients_unaccounted', 'Accepted, and in no state', mail?.unaccounted),
  ];
}

function counter(name: string, help: string, value: number | undefined): Meter {
  return { ...gauge(name, help, value), kind: 'counter' };
}

function projectionMeters({ projections, reactions }: HealthReadings): Meter[] {
  const each = projections ?? [];
  return [
    labelled(
      'muniment_projection_state',
      '0 ok, 1 degraded, 2 red',
      'projection',
      each.map(({ name, state }) => ({ label: name, value: stateNumber[state] })),
    ),
    labelled(
      'muniment_projection_lag_positions',
      'Places in the log between it and the head',
      'projection',
      each.map(({ name, lagPositions }) => ({ label: name, value: lagPositions })),
    ),
    labelled(
      'muniment_projection_lag_seconds',
      'Time since it had everything',
      'projection',
      each.map(({ name, lagMs }) => ({ label: name, value: lagMs / 1000 })),
    ),
    labelled(
      'muniment_projection_poisoned_streams',
      'Streams that it leaves out',
      'projection',
      each.map(({ name, poisonedStreams }) => ({ label: name, value: poisonedStreams })),
    ),
    labelled(
      'muniment_reaction_failing',
      '1 while it cannot go on',
      'reaction',
      (reactions ?? []).map(({ name, state }) => ({ label: name, value: state === 'failing' ? 1 : 0 })),
    ),
  ];
}

function processMeters(): Meter[] {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  const { rss, heapUsed } = process.memoryUsage();
  return [
    counter('process_cpu_seconds_total', 'CPU time of the process', (userCPUTime + systemCPUTime) / 1e6),
    gauge('process_resident_memory_bytes', 'Memory of the process', rss),
    gauge('nodejs_heap_size_used_bytes', 'Memory of the JavaScript heap', heapUsed),
    gauge('process_uptime_seconds', 'Time since the process began', process.uptime()),
  ];
}

function seconds(durationMs: number | null | undefined): number | null {
  return durationMs === null || durationMs === undefined ? null : durationMs / 1000;
}
