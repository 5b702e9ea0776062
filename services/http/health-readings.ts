/** What the health of the server is judged by, read from its parts; no part may keep the others waiting. */
import type { ProjectionHealth } from '../../projections/projection-health.ts';
import type { RecorderHealth } from '../record.ts';

export interface ReactionReading {
  readonly name: string;
  readonly state: 'running' | 'failing';
}

export interface DiskReading {
  readonly freeOctets: number;
  /** Below it no mail is taken. */
  readonly minFreeOctets: number;
}

export interface LedgerReading {
  /** Records taken into the tree. */
  readonly leaves: number;
  /** Records that the newest head covers; 0 before the first. */
  readonly sealedLeaves: number;
  /** When the newest head was signed; null before the first. */
  readonly sealedAtMs: number | null;
  /** The sealer has given up. */
  readonly stopped: boolean;
}

/** Where the recipients of all accepted mails are. */
export interface MailReading {
  readonly messages: number;
  /** Recipients by state, those under way and those at an end. */
  readonly recipients: Readonly<Record<string, number>>;
  /** Recipients that are in no state: something was lost. */
  readonly unaccounted: number;
  /** Accepted a while ago, and neither filed nor queued. */
  readonly stuck: number;
}

export interface LogReading {
  /** Position of its last record. */
  readonly head: number;
}

export interface HealthSources {
  /** Asks the log itself, which may be kept elsewhere. */
  log(): Promise<LogReading>;
  projections(): Promise<readonly ProjectionHealth[]>;
  recorder(): RecorderHealth;
  reactions(): readonly ReactionReading[];
  disk(): DiskReading;
  ledger(): LedgerReading;
  mail(): MailReading;
}

/** A part that does not answer, or fails to, is null. */
export interface HealthReadings {
  readonly atMs: number;
  readonly log: LogReading | null;
  readonly projections: readonly ProjectionHealth[] | null;
  readonly recorder: RecorderHealth | null;
  readonly reactions: readonly ReactionReading[] | null;
  readonly disk: DiskReading | null;
  readonly ledger: LedgerReading | null;
  readonly mail: MailReading | null;
}

/** A part that needs longer than this counts as not answering. */
const maxAnswerMs = 2000;

export async function readHealth(sources: HealthSources, atMs: number): Promise<HealthReadings> {
  // At once: a log that does not answer keeps more than one of them waiting.
  const [log, projections, recorder, reactions, disk, ledger, mail] = await Promise.all([
    withinTime(sources.log.bind(sources)),
    withinTime(sources.projections.bind(sources)),
    withinTime(sources.recorder.bind(sources)),
    withinTime(sources.reactions.bind(sources)),
    withinTime(sources.disk.bind(sources)),
    withinTime(sources.ledger.bind(sources)),
    withinTime(sources.mail.bind(sources)),
  ]);
  return { atMs, log, projections, recorder, reactions, disk, ledger, mail };
}

async function withinTime<T>(read: () => T | Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), maxAnswerMs);
  });
  try {
    return await Promise.race([read(), tooLate]);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}
