/** What rules can still judge a mail by when it has long been taken over: the facts that its acceptance records. Pure. */
import type { Roster, RuleFacts } from '../../policies/rule-language/rule-facts.ts';
import { type AuthenticationResult, authenticationMethods } from '../domain/authentication.ts';
import type { JsonObject, LoggedEvent } from '../domain/event.ts';
import type { Uuid } from '../domain/values.ts';

export interface RecordedRecipient {
  readonly account: Uuid | null;
  readonly address: string;
}

/** Null where they have been erased. */
export function recordedFacts(
  accepted: LoggedEvent,
  recipients: readonly RecordedRecipient[],
  roster: Roster,
): RuleFacts | null {
  const { personal, data, at } = accepted;
  if (!personal) return null;
  const toAndCc = personal['to'] as string[];
  return {
    nowMs: at,
    sender: { address: personal['returnPath'] as string, account: data['submitter'] as Uuid | null },
    recipients,
    addresses: {
      from: personal['from'] as string[],
      sender: [],
      replyTo: [],
      to: toAndCc,
      cc: toAndCc,
      bcc: [],
    },
    headerComplete: true,
    subject: personal['subject'] as string,
    headers: null,
    body: null,
    attachmentTexts: null,
    attachments: [],
    octets: data['blobOctets'] as number,
    authentication: resultsOf(data),
    isEncrypted: false,
    isSigned: false,
    isOfRecord: true,
    roster,
  };
}

/** All are null where its peer is not checked. */
function resultsOf(data: JsonObject): RuleFacts['authentication'] {
  const known = authenticationMethods.filter((method) => data[method] !== null);
  if (known.length === 0) return 'unchecked';
  return Object.fromEntries(known.map((method) => [method, data[method] as AuthenticationResult]));
}
