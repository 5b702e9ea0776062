/** One supervised mail as the desk opens it: its facts, the mail as it was sent. That it is opened is no review. */
import { type Answered, ask } from '../../api/calls.ts';
import { type Unopened, unlessHidden } from '../desk/desk-state.ts';
import { foundEmail } from '../desk/found-email.ts';
import type { Address, Email } from '../email.ts';

export type SupervisedMail = Answered<'GET /api/supervision/:supervision'>;

export interface OpenSupervised {
  readonly kind: 'supervised';
  readonly copy: SupervisedMail;
  readonly email: Email;
}

/** Throws `ApiProblem`. */
export async function openSupervised(supervision: string): Promise<OpenSupervised | Unopened> {
  const opened = await unlessHidden(async () => {
    const asked = { params: { supervision } };
    const [copy, email] = await Promise.all([
      ask('GET /api/supervision/:supervision', asked),
      ask('GET /api/supervision/:supervision/email', asked),
    ]);
    const { mailOctets, acceptedAtMs } = copy;
    return {
      kind: 'supervised',
      copy,
      email: foundEmail(supervision, mailOctets, acceptedAtMs, email),
    } as const;
  });
  return opened ?? { kind: 'gone' };
}

/** Those to whom it went, and whether the mail itself says so: whoever is in Bcc is in the envelope alone. */
export function envelopeOf(
  { recipients }: SupervisedMail,
  { to, cc }: Email,
): readonly { readonly address: string; readonly isNamed: boolean }[] {
  const named = new Set([...(to ?? []), ...(cc ?? [])].map(({ email }: Address) => email.toLowerCase()));
  return recipients.map((address) => ({ address, isNamed: named.has(address.toLowerCase()) }));
}
