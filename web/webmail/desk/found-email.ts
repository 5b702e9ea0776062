/** A mail of somebody else as the elements show mails: it lies in no mailbox of the reader, so it has no place and no marks. */
import type { Answered } from '../../api/calls.ts';
import type { Email } from '../email.ts';

/** `id`: under which the desk knows it. */
export function foundEmail(
  id: string,
  octets: number,
  atMs: number,
  shown: Answered<'GET /api/approvals/:approval/email'>,
): Email {
  return {
    ...shown,
    id,
    blobId: id,
    threadId: id,
    mailboxIds: {},
    keywords: {},
    size: octets,
    receivedAt: new Date(atMs).toISOString(),
  };
}
