/** A mail that the server itself writes goes through the intake; rules do not judge it, and a repeat sends nothing twice. */
import { ask } from '../../policies/access.ts';
import type { ResolvedRecipient } from '../domain/message.ts';
import { isRefusal } from '../domain/refusals.ts';
import type { Uuid } from '../domain/values.ts';
import { WrongExpectedRevision } from '../event-store/event-store.ts';
import type { Intake } from '../intake.ts';

export interface ServerMail {
  /** Follows from what caused it. */
  readonly message: Uuid;
  readonly octets: Buffer;
  readonly recipients: readonly ResolvedRecipient[];
}

/** From the null sender. */
export async function fileServerMail(
  intake: Intake,
  hostname: string,
  { message, octets, recipients }: ServerMail,
): Promise<void> {
  const permit = ask({ kind: 'system' }, 'reportDelivery', { owner: null });
  if (isRefusal(permit)) throw new Error('the server may not report');
  const arrival = intake.begin(permit);
  await arrival.write(octets);
  try {
    const accepted = await arrival.finish({
      source: 'report',
      message,
      returnPath: '',
      recipients,
      submitterAddress: null,
      peer: { address: '127.0.0.1', helo: hostname, with: 'ESMTP', tls: null },
      mailbox: null,
      flags: 0,
      internalDateMs: null,
      normalised: false,
    });
    if (isRefusal(accepted)) throw new Error(`a report was refused: ${accepted.refused}`);
  } catch (error) {
    // It stands there already: this is a repeat.
    if (!(error instanceof WrongExpectedRevision)) throw error;
  }
}
