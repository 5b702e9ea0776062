/** What the handlers of `/api/` work on; `start/doors.ts` gives it. */
import type { AccessLog } from '../../../projections/access-log-queries.ts';
import type { Deliveries } from '../../../projections/deliveries-queries.ts';
import type { Directory } from '../../../projections/directory-queries.ts';
import type { MessageTraces } from '../../../projections/message-trace-queries.ts';
import type { RuleHistory } from '../../../projections/rules-queries.ts';
import type { DeliveryRequests } from '../../delivery-requests.ts';
import type { AccountChanges } from '../../directory/account-settings.ts';
import type { Administration } from '../../directory/administration.ts';
import type { Rosters } from '../../directory/roster.ts';
import type { Uuid } from '../../domain/values.ts';
import type { RuleAdministration } from '../../rules/rule-administration.ts';
import type { HttpSessions } from '../http-sessions.ts';

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
  readonly rosters: Pick<Rosters, 'of' | 'membersOf'>;
  usedOctets(account: Uuid): number;
  /** Waits until the projections have what is acknowledged now, up to two seconds; then lists answer anyway. */
  settle(): Promise<void>;
}

export interface ApiParts extends ApiHouse {
  readonly sessions: HttpSessions;
  /** Told of faults of ours; the client gets no word of them. */
  report(failure: unknown): void;
}
