/** One held mail as the desk opens it: to be decided on, or as the log keeps it. */
import { type Answered, ask } from '../../api/calls.ts';
import { type Unopened, unlessHidden } from '../desk/desk-state.ts';
import { foundEmail } from '../desk/found-email.ts';
import type { Email } from '../email.ts';

export type HeldMail = Answered<'GET /api/approvals/:approval'>;
export type MailBefore = Answered<'GET /api/approvals/:approval/before'>;
export type ApprovalRecord = Answered<'GET /api/approval-log/:approval'>;

export type OpenApproval =
  | {
      readonly kind: 'held';
      readonly held: HeldMail;
      readonly email: Email;
      /** What it was before it came back; null where it was not sent again. */
      readonly before: MailBefore | null;
    }
  | { readonly kind: 'record'; readonly record: ApprovalRecord };

/** To be decided on where the reader may, else what the log says of it. Throws `ApiProblem`. */
export async function openHeld(approval: string): Promise<OpenApproval | Unopened> {
  const found = await unlessHidden(async () => {
    const asked = { params: { approval } };
    const [held, email] = await Promise.all([
      ask('GET /api/approvals/:approval', asked),
      ask('GET /api/approvals/:approval/email', asked),
    ]);
    const before = held.resubmits === null ? null : await ask('GET /api/approvals/:approval/before', asked);
    return {
      kind: 'held',
      held,
      email: foundEmail(approval, held.mailOctets, held.requestedAtMs, email),
      before,
    } as const;
  });
  // A link of an old notice: who has decided meanwhile is told to those whom it concerns.
  return found?.held.state === 'waiting' ? found : openRecord(approval);
}

/** Throws `ApiProblem`. */
export async function openRecord(approval: string): Promise<OpenApproval | Unopened> {
  const record = await unlessHidden(() => ask('GET /api/approval-log/:approval', { params: { approval } }));
  return record === null ? { kind: 'gone' } : { kind: 'record', record };
}
