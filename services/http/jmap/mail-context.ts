/** What the methods of JMAP Mail (RFC 8621) have besides their arguments, and what they begin with. */

import type { Identities } from '../../directory/identities.ts';
import { isRefusal, type Refusal } from '../../domain/refusals.ts';
import type { Intake } from '../../intake.ts';
import type { SessionRecorder } from '../../record.ts';
import type { MailAccount } from './mail-account.ts';
import { MethodError } from './problem.ts';
import type { ArgumentReader } from './read-arguments.ts';
import type { CallContext } from './run-request.ts';
import type { Sending } from './sending.ts';
import type { Uploads } from './uploads.ts';

export const mailCapability = 'urn:ietf:params:jmap:mail';
export const submissionCapability = 'urn:ietf:params:jmap:submission';

export interface MailContext extends CallContext {
  readonly account: MailAccount;
  readonly recorder: SessionRecorder;
  readonly uploads: Uploads;
  readonly intake: Intake;
  readonly identities: Identities;
  readonly sending: Sending;
  /** Octets that the account's quota leaves. */
  octetsLeft(): Promise<number>;
  readonly asker: {
    /** IP address. */
    readonly peer: string;
    /** The account's own address. */
    readonly address: string;
    /** The account's own limits; 0 leaves each to the server's. */
    readonly maxMessageOctets: number;
    readonly maxRecipients: number;
  };
}

/** Reads `accountId`; throws `accountNotFound` where it is not the caller's own. */
export function takeAccount(reader: ArgumentReader, { account }: MailContext): MailAccount {
  if (reader.id('accountId') !== account.account)
    throw new MethodError('accountNotFound', 'There is no such account for you.');
  return account;
}

/** Before anything of one's own mail is shown (design §4, class B). */
export async function untilMayReveal({ recorder }: MailContext): Promise<void> {
  if (recorder.mayReveal() || (await recorder.untilMayReveal())) return;
  throw new MethodError('serverUnavailable', 'What is shown cannot be recorded now; try again later.');
}

/** Ids that this request has created may stand as `#creationId` (RFC 8620 §5.3). */
export function resolvedId(id: string, { createdIds }: MailContext): string {
  return id.startsWith('#') ? (createdIds.get(id.slice(1)) ?? id) : id;
}

export function mustBe<T>(outcome: T | Refusal): T {
  if (isRefusal(outcome)) throw new MethodError('serverFail', `refused: ${outcome.refused}`);
  return outcome;
}
