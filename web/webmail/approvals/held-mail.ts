/** One held mail as the desk opens it: to be decided on, or as the log keeps it. */
import { type Answered, ApiProblem, ask } from '../../api/calls.ts';
import type { Email } from '../email.ts';

export type HeldMail = Answered<'GET /api/approvals/:approval'>;
export type Hit = HeldMail['hits'][number];
export type ApprovalRecord = Answered<'GET /api/approval-log/:approval'>;

/** `gone`: it is nothing of the reader's, or not any more. */
export type Opened =
  | { readonly kind: 'loading' | 'gone' }
  | { readonly kind: 'held'; readonly held: HeldMail; readonly email: Email }
  | { readonly kind: 'record'; readonly record: ApprovalRecord };

/** To be decided on where the reader may, else what the log says of it. Throws `ApiProblem`. */
export async function openHeld(approval: string): Promise<Opened> {
  const found = await unlessHidden(async () => {
    const asked = { params: { approval } };
    const [held, email] = await Promise.all([
      ask('GET /api/approvals/:approval', asked),
      ask('GET /api/approvals/:approval/email', asked),
    ]);
    return { kind: 'held', held, email: emailOf(held, email) } as const;
  });
  // A link of an old notice: who has decided meanwhile is told to those whom it concerns.
  return found?.held.state === 'waiting' ? found : openRecord(approval);
}

/** Throws `ApiProblem`. */
export async function openRecord(approval: string): Promise<Opened> {
  const record = await unlessHidden(() => ask('GET /api/approval-log/:approval', { params: { approval } }));
  return record === null ? { kind: 'gone' } : { kind: 'record', record };
}

/** It lies in no mailbox of the reader, so it has no place and no marks. */
function emailOf(
  { approval, mailOctets, requestedAtMs }: HeldMail,
  shown: Answered<'GET /api/approvals/:approval/email'>,
): Email {
  return {
    ...shown,
    id: approval,
    blobId: approval,
    threadId: approval,
    mailboxIds: {},
    keywords: {},
    size: mailOctets,
    receivedAt: new Date(requestedAtMs).toISOString(),
  };
}

/** Null where the server says that there is no such thing for the reader. */
async function unlessHidden<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ApiProblem && [403, 404].includes(error.status)) return null;
    throw error;
  }
}
