/** What the verbs work on: the composed services, wherever they run. `start/house.ts` fills it. */
import type { AccessLog } from '../../projections/access-log-queries.ts';
import type { ApprovalList } from '../../projections/approvals-queries.ts';
import type { Deliveries } from '../../projections/deliveries-queries.ts';
import type { DepartmentTree } from '../../projections/departments-queries.ts';
import type { Directory } from '../../projections/directory-queries.ts';
import type { MessageCounters } from '../../projections/message-counters-queries.ts';
import type { MessageTraces } from '../../projections/message-trace-queries.ts';
import type { RuleHistory } from '../../projections/rules-queries.ts';
import type { SupervisionList } from '../../projections/supervision-queries.ts';
import type { ApprovalDesk } from '../approvals/approval-desk.ts';
import type { CalendarAdministration } from '../approvals/calendar-administration.ts';
import type { DkimKeys } from '../authentication/dkim-keys.ts';
import type { Config } from '../config.ts';
import type { DeliveryRequests } from '../delivery-requests.ts';
import type { Administration } from '../directory/administration.ts';
import type { DepartmentAdministration } from '../directory/department-administration.ts';
import type { Rosters } from '../directory/roster.ts';
import type { HouseCalendar } from '../domain/calendar.ts';
import type { Uuid } from '../domain/values.ts';
import type { Checkpoint } from '../ledger/checkpoint.ts';
import type { ProveSources } from '../ledger/prove.ts';
import type { RestorePlan } from '../ledger/restore-plan.ts';
import type { Sealer } from '../ledger/sealer.ts';
import type { FileCheck, ProjectionCheck, VerifySources } from '../ledger/verify.ts';
import type { OperatorRecorder } from '../recording/record-operator.ts';
import type { RuleAdministration } from '../rules/rule-administration.ts';
import type { SecondFactors } from '../sign-in/second-factors.ts';
import type { SupervisionDesk } from '../supervision/supervision-desk.ts';
import type { Progress } from './verb.ts';

export interface RebuildSummary {
  readonly events: number;
  readonly elapsedMs: number;
  /** Parts that differed from what served before; null where there was nothing to compare. */
  readonly differing: readonly string[] | null;
  /** False: what was rebuilt takes over at the next start. */
  readonly switched: boolean;
}

export interface Projections {
  readonly names: readonly string[];
  rebuild(name: string, progress: Progress): Promise<RebuildSummary>;
  /** Waits until the projections have everything that is acknowledged now, up to two seconds; then answers anyway. */
  settle(): Promise<void>;
  /** Each held against its rebuild, for `verify`. */
  checks(): readonly ProjectionCheck[];
}

/** What `verify` needs. Where the log is refused, there are its stores and nothing else. */
export interface VerifiableHouse {
  readonly ledger: VerifySources;
  readonly sealer: Pick<Sealer, 'sealNow'> | null;
  readonly projections: Pick<Projections, 'checks'> | null;
  readonly files: FileCheck;
  /** What opening the data for this one verb found and mended. */
  readonly openingNotes?: readonly string[];
}

export interface House {
  readonly config: Config;
  readonly administration: Administration;
  readonly secondFactors: SecondFactors;
  readonly departments: DepartmentAdministration;
  readonly directory: Directory;
  readonly departmentTree: DepartmentTree;
  readonly traces: MessageTraces;
  readonly counters: MessageCounters;
  readonly accessLog: AccessLog;
  readonly approvals: ApprovalList;
  houseCalendar(): Promise<HouseCalendar>;
  readonly calendar: CalendarAdministration;
  readonly desk: ApprovalDesk;
  readonly supervision: SupervisionList;
  readonly supervisionDesk: SupervisionDesk;
  readonly deliveries: Deliveries;
  readonly rules: RuleAdministration;
  readonly ruleHistory: RuleHistory;
  /** Who belongs to what rules name. */
  readonly rosters: Pick<Rosters, 'of' | 'membersOf'>;
  /** Keys under which domains sign their mail. */
  readonly dkim: DkimKeys;
  readonly queue: DeliveryRequests;
  readonly projections: Projections;
  /** Stores, as `verify` and `prove` read them. */
  readonly ledger: Omit<ProveSources, 'publicKey'>;
  /** Of the checkpoints, 32 octets. */
  readonly publicKey: Uint8Array;
  readonly sealer: Sealer;
  readonly files: FileCheck;
  readonly openingNotes?: readonly string[];
  usedOctets(account: Uuid): number;
  /** Before mail is shown at the command line. */
  readonly recordLook: OperatorRecorder;
  /** Into the server's log; nothing of it goes to the person. */
  reportFault(error: unknown): void;
}

/** A data folder whose log is to begin a new epoch; nothing of it is served. */
export interface RestorableHouse {
  /** Reads only. `outside`: a checkpoint that was kept elsewhere. Throws `RestoreRefused` and `HeadRefused`. */
  plan(outside: Checkpoint | null, progress: Progress): Promise<RestorePlan>;
  /** The first head of the new epoch. */
  carryOut(plan: RestorePlan, by: string, reason: string): Promise<Checkpoint>;
}
