/** EmailSubmission as JMAP shows it (RFC 8621 §7): what was sent, and how far each recipient has come. Pure. */
import type { DeliveryRow } from '../../../projections/deliveries-queries.ts';
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

export function submissionObject(row: SubmissionRow, deliveries: readonly DeliveryRow[]): JsonMap {
  const address = (email: string): JsonMap => ({ email, parameters: null });
  return {
    id: row.message,
    identityId: row.identity,
    emailId: row.email,
    threadId: row.thread,
    envelope: { mailFrom: address(row.sender), rcptTo: row.recipients.map(address) },
    sendAt: new Date(row.sentAtMs).toISOString().replace(/\.\d+Z$/, 'Z'),
    // It was taken over when it was made.
    undoStatus: 'final',
    deliveryStatus: Object.fromEntries(
      row.recipients.map((email, i) => [email, statusOf(row.ordinals[i]!, deliveries)]),
    ),
    dsnBlobIds: [],
    mdnBlobIds: [],
  };
}

/** A delivery that is not in the read model yet has just been queued. */
function statusOf(ordinal: number, deliveries: readonly DeliveryRow[]): JsonMap {
  const displayed = 'unknown';
  if (ordinal === filedHere) return { smtpReply: '250 2.0.0 OK', delivered: 'yes', displayed };
  const row = deliveries.find((each) => each.ordinal === ordinal);
  return { smtpReply: row?.reply || '250 2.0.0 queued', delivered: deliveredOf(row), displayed };
}

/** What another server does with the mail after its 250, nobody has said. */
function deliveredOf(row: DeliveryRow | undefined): 'queued' | 'unknown' | 'no' {
  if (!row || row.state === 'waiting' || row.state === 'attempting') return 'queued';
  return row.state === 'completed' ? 'unknown' : 'no';
}
