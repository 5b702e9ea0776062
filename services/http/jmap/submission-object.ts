/** EmailSubmission as JMAP shows it (RFC 8621 §7): what was sent, and how far each recipient has come. Pure. */
import type { DeliveryRow } from '../../../projections/deliveries-queries.ts';
import type { MessageTrace } from '../../../projections/message-trace-queries.ts';
import type { SubmissionRow } from '../../../projections/submissions-queries.ts';
import { filedHere } from '../../domain/message.ts';
import type { JsonMap } from './request.ts';

export const submissionProperties: ReadonlySet<string> = new Set([
  'id',
  'identityId',
  'emailId',
  'threadId',
  'envelope',
  'sendAt',
  'undoStatus',
  'deliveryStatus',
  'dsnBlobIds',
  'mdnBlobIds',
]);

/** Of no RFC, and so told only where it is asked for by name (RFC 8620 §1.8): what the queue knows of each recipient. */
export const deliveryDetails = 'muniment:deliveryDetails';

/** What rules hold back of it. */
export type HeldOf = Pick<MessageTrace, 'recipientList' | 'steps'> | null;

export function submissionObject(
  row: SubmissionRow,
  deliveries: readonly DeliveryRow[],
  held: HeldOf = null,
): JsonMap {
  const address = (email: string): JsonMap => ({ email, parameters: null });
  return {
    id: row.message,
    identityId: row.identity,
    emailId: row.email,
    threadId: row.thread,
    envelope: { mailFrom: address(row.sender), rcptTo: row.recipients.map(address) },
    sendAt: utcDate(row.sentAtMs),
    undoStatus: undoStatusOf(held),
    deliveryStatus: Object.fromEntries(
      row.recipients.map((email, i) => [email, statusOf(row.ordinals[i]!, deliveries, held)]),
    ),
    [deliveryDetails]: Object.fromEntries(
      row.recipients.map((email, i) => [email, detailsOf(row.ordinals[i]!, deliveries, held)]),
    ),
    dsnBlobIds: [],
    mdnBlobIds: [],
  };
}

/** It was taken over when it was made; until somebody has decided on it, its sender may take it back. */
export function undoStatusOf(held: HeldOf): 'pending' | 'final' | 'canceled' {
  if (held?.steps.some(({ type }) => type === 'ApprovalWithdrawn')) return 'canceled';
  return held?.recipientList.some(({ hold }) => hold === 'waiting') ? 'pending' : 'final';
}

/** A delivery that is not in the read model yet has just been queued. */
function statusOf(ordinal: number, deliveries: readonly DeliveryRow[], held: HeldOf): JsonMap {
  const displayed = 'unknown';
  const hold = holdOf(ordinal, held);
  if (hold === 'waiting') return { smtpReply: '250 2.0.0 held for approval', delivered: 'queued', displayed };
  if (hold === 'returned') return { smtpReply: '550 5.7.1 not approved', delivered: 'no', displayed };
  if (ordinal === filedHere) return { smtpReply: '250 2.0.0 OK', delivered: 'yes', displayed };
  const row = deliveries.find((each) => each.ordinal === ordinal);
  return { smtpReply: row?.reply || '250 2.0.0 queued', delivered: deliveredOf(row), displayed };
}

function holdOf(ordinal: number, held: HeldOf) {
  const recipient = held?.recipientList.find((each) =>
    ordinal === filedHere ? each.account !== null && each.hold !== null : each.ordinal === ordinal,
  );
  return recipient?.hold ?? null;
}

/** Null: it lies in a mailbox here. */
function detailsOf(ordinal: number, deliveries: readonly DeliveryRow[], held: HeldOf): JsonMap | null {
  const hold = holdOf(ordinal, held);
  if (hold === 'waiting') return { state: 'held', attempts: 0 };
  if (hold === 'returned') return { state: 'cancelled', attempts: 0 };
  if (ordinal === filedHere) return null;
  const row = deliveries.find((each) => each.ordinal === ordinal);
  if (!row) return { state: 'waiting', attempts: 0 };
  const { attempts, unknownOutcomes, host, reply, tls, certificateValid, cipher } = row;
  return {
    state: row.held ? 'held' : row.state,
    changedAt: utcDate(row.changedAtMs),
    nextAttemptAt: row.dueAtMs === null ? null : utcDate(row.dueAtMs),
    bounceClass: row.class,
    ...{ attempts, unknownOutcomes, host, reply, tls, certificateValid, cipher },
  };
}

/** RFC 8620 §1.4: in whole seconds. */
function utcDate(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** What another server does with the mail after its 250, nobody has said. */
function deliveredOf(row: DeliveryRow | undefined): 'queued' | 'unknown' | 'no' {
  if (!row || row.state === 'waiting' || row.state === 'attempting') return 'queued';
  return row.state === 'completed' ? 'unknown' : 'no';
}
