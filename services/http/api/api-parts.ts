/** What the handlers of `/api/` work on; `start/doors.ts` gives it. */
import type { AccessLog } from '../../../projections/access-log-queries.ts';
import type { ApprovalList } from '../../../projections/approvals-queries.ts';
import type { Deliveries } from '../../../projections/deliveries-queries.ts';
import type { DepartmentTree } from '../../../projections/departments-queries.ts';
import type { Directory } from '../../../projections/directory-queries.ts';
import type { MessageTraces } from '../../../projections/message-trace-queries.ts';
import type { RuleHistory } from '../../../projections/rules-queries.ts';
import type { SupervisionList } from '../../../projections/supervision-queries.ts';
import type { ApprovalDesk } from '../../approvals/approval-desk.ts';
import type { DeliveryRequests } from '../../delivery-requests.ts';
import type { AccountChanges } from '../../directory/account-settings.ts';
import type { Administration } from '../../directory/administration.ts';
import type { DepartmentAdministration } from '../../directory/department-administration.ts';
import type { SetUp } from '../../directory/set-up.ts';
import type { JsonValue } from '../../domain/event.ts';
import type { Uuid } from '../../domain/values.ts';
import type { Checkpoint } from '../../ledger/checkpoint.ts';
import type { Sealer } from '../../ledger/sealer.ts';
import type { Verification } from '../../ledger/verification.ts';
import type { DryRuns } from '../../rules/dry-runs.ts';
import type { HoldPreview } from '../../rules/hold-preview.ts';
import type { RuleAdministration } from '../../rules/rule-administration.ts';
import type { RuleTrial } from '../../rules/try-rule.ts';
import type { ApplicationPasswordList } from '../../sign-in/application-password-list.ts';
import type { SecondFactors } from '../../sign-in/second-factors.ts';
import type { SignedIn, SignIn } from '../../sign-in/sign-in.ts';
import type { SupervisionDesk } from '../../supervision/supervision-desk.ts';
import type { HealthReport } from '../health-report.ts';
import type { HttpSessions } from '../http-sessions.ts';
import type { HeldEmail, HeldPart, OpenedEmail } from './held-email.ts';

export interface ApiHouse {
  readonly administration: Administration;
  readonly accounts: AccountChanges;
  readonly directory: Directory;
  readonly accessLog: AccessLog;
  readonly traces: MessageTraces;
  readonly deliveries: Deliveries;
  readonly queue: DeliveryRequests;
  readonly rules: RuleAdministration;
  readonly ruleHistory: RuleHistory;
  readonly ruleTrial: Pick<RuleTrial, 'try'>;
  readonly dryRuns: Pick<DryRuns, 'start' | 'reportTo'>;
  readonly approvals: ApprovalList;
  readonly desk: ApprovalDesk;
  /** What the rules said of a mail; empty where it has been erased. */
  judgementsOf(message: Uuid): Promise<readonly JsonValue[]>;
  /** Octets of a held mail, without Bcc; throws `Refused`. */
  heldMail(message: Uuid): Promise<Uint8Array>;
  /** A held mail as its reader sees it, without Bcc; throws `Refused`. */
  heldEmail(message: Uuid): Promise<HeldEmail>;
  /** Octets of a part of any mail, decoded; throws `Refused`. */
  heldPart(message: Uuid, part: string): Promise<HeldPart>;
  /** A mail as auditors and its supervisors see it, with Bcc; throws `Refused`. */
  openedEmail(message: Uuid): Promise<OpenedEmail>;
  readonly holdPreview: Pick<HoldPreview, 'of'>;
  readonly supervision: SupervisionList;
  readonly supervisionDesk: SupervisionDesk;
  /** Octets of a supervised mail as it came, with trace text and Bcc; throws `Refused`. */
  supervisedMail(message: Uuid): Promise<Uint8Array>;
  readonly departments: DepartmentAdministration;
  readonly departmentTree: DepartmentTree;
  readonly ledger: {
    readonly sealer: Pick<Sealer, 'logId' | 'size' | 'head' | 'sealNow'>;
    /** The signed note. */
    textOf(head: Checkpoint): string;
  };
  readonly verification: Pick<Verification, 'start' | 'report'>;
  /** The package of a mail's evidence, of which they get what is theirs; throws `Refused`. */
  prove(message: Uuid, asker: SignedIn): Promise<Uint8Array>;
  readonly signIn: Pick<SignIn, 'signIn'>;
  readonly secondFactors: SecondFactors;
  readonly applicationPasswords: ApplicationPasswordList;
  readonly setUp: Pick<SetUp, 'carryOut' | 'recordsFor'>;
  usedOctets(account: Uuid): number;
  /** Waits until the projections have what is acknowledged now, up to two seconds; then lists answer anyway. */
  settle(): Promise<void>;
}

/** What the door itself has. */
export interface ApiDoor {
  readonly sessions: HttpSessions;
  /** Told of faults of ours; the client gets no word of them. */
  report(failure: unknown): void;
  health(): Promise<HealthReport>;
}

export type ApiParts = ApiHouse & ApiDoor;
