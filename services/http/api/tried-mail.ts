/** The mail that a rule is tried on: one that is brought along, or one that the caller has sent or opened with a reason. */
import { Refused, refuse } from '../../domain/refusals.ts';
import type { Uuid } from '../../domain/values.ts';
import { maxTriedOctets, type TriedMail } from '../../rules/try-rule.ts';
import type { ApiCall } from './api-call.ts';
import type { ApiParts } from './api-parts.ts';
import type { ruleRoutes } from './contract/rules.ts';
import { RequestInvalid } from './request-problems.ts';

type TryCall = ApiCall<(typeof ruleRoutes)['tryRule']>;

/** Throws `Refused` or `RequestInvalid`. */
export async function triedMail(call: TryCall, parts: ApiParts): Promise<TriedMail> {
  const { mail, message, sender = null, recipients = null, isFromOutside = false } = call.body;
  if ((mail === undefined) === (message === undefined))
    throw new RequestInvalid([{ in: 'body', field: 'mail', detail: 'either this or message is asked for' }]);
  if (message !== undefined) return acceptedMail(message, call, parts);
  const octets = Buffer.from(mail!, 'base64');
  if (octets.length > maxTriedOctets) throw new Refused(refuse('messageTooLarge'));
  return { octets, sender, recipients, isFromOutside };
}

/** Recorded as shown: what the rule finds in it comes back. */
async function acceptedMail(message: Uuid, call: TryCall, parts: ApiParts): Promise<TriedMail> {
  await parts.settle();
  const trace = parts.traces.trace(message);
  if (!trace) throw new Refused(refuse('messageNotFound'));
  const { submitter, recipientList, returnPath } = trace;
  const owners = new Set(
    [submitter, ...recipientList.map(({ account }) => account)].filter((each) => each !== null),
  );
  const reason = call.caller.openings.reasonFor(message, Date.now());
  if (reason !== null) await call.shows([...owners], message, false, reason);
  // Whoever got it does not learn who else did.
  else if (submitter === call.caller.signedIn.account) await call.shows([submitter], message);
  else throw new Refused(refuse('reasonMissing'));
  const octets = await parts.supervisedMail(message);
  if (octets.length > maxTriedOctets) throw new Refused(refuse('messageTooLarge'));
  const recipients = recipientList.map(({ address }) => address);
  return { octets, sender: returnPath, recipients, isFromOutside: submitter === null };
}
