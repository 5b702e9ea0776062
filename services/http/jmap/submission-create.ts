/** A submission (RFC 8621 §7.5): a stored mail goes through the intake as one that its owner sends. */

import { EnvelopeRecipients, type Reached, resolveRecipient } from '../../directory/envelope-recipients.ts';
import { refuseOwnSender } from '../../directory/own-sender.ts';
import { filedHere, type SubmittedEmail } from '../../domain/message.ts';
import { isRefusal, type Refusal, type RefusalCode, refusals } from '../../domain/refusals.ts';
import type { Uuid } from '../../domain/values.ts';
import type { AcceptedMail } from '../../intake.ts';
import type { EmailRow } from './email-row.ts';
import { hand } from './filed-mail.ts';
import type { MailAccount } from './mail-account.ts';
import { type MailContext, resolvedId } from './mail-context.ts';
import { type OutgoingMail, outgoingMail } from './outgoing-octets.ts';
import type { Json, JsonMap } from './request.ts';
import { invalidProperties, SetError, type SetErrorType } from './standard-set.ts';
import { type Envelope, envelopeOf } from './submission-envelope.ts';

/** Of no RFC: the approval after which the mail came back that this one was made from. */
export const resubmitted = 'muniment:resubmits';

/** Its id is that of the message. Throws `SetError`: nothing was sent then. */
export async function submitEmail(
  account: MailAccount,
  { identityId, emailId, envelope: given = null, [resubmitted]: before = null, ...others }: JsonMap,
  context: MailContext,
): Promise<AcceptedMail> {
  const [other] = Object.keys(others);
  if (other !== undefined) throw invalidProperties(`${other} cannot be set`, other);
  const email = await emailOf(account, emailId, context);
  const identity = await identityOf(account, identityId, context);
  const resubmits = await resubmitsOf(before, context);
  const mail = await account.parts.mails.open(email.id);
  if (!mail) throw invalidProperties('the mail has been erased', 'emailId');
  const outgoing = await outgoingMail(mail, account.parts.mails);
  const { wasGiven, ...asked } = envelopeOf(given, outgoing.header);
  const envelope = await withSender(asked, wasGiven, identity.address, context);
  refuseSize(outgoing, envelope, context);
  const { reached, ordinals } = await resolved(envelope, outgoing.octets, context);
  const submitted: SubmittedEmail = {
    account: account.account,
    email: email.id,
    identity: identity.id,
    thread: email.threadId,
    resubmits,
    ordinals,
    sender: envelope.mailFrom,
    recipients: envelope.rcptTo,
  };
  return send(account, outgoing, reached, submitted, context);
}

async function emailOf(account: MailAccount, id: unknown, context: MailContext): Promise<EmailRow> {
  const state = await account.open();
  const row = typeof id === 'string' ? account.email(state, resolvedId(id, context)) : null;
  if (!row) throw invalidProperties('there is no such mail', 'emailId');
  return row;
}

/** Only one's own mail is sent again, and only when nobody decides on it any more. */
async function resubmitsOf(before: Json, { account, sending }: MailContext): Promise<Uuid | null> {
  if (before === null) return null;
  if (typeof before !== 'string' || !(await sending.cameBack(before, account.account)))
    throw invalidProperties('no mail of yours has come back after that approval', resubmitted);
  return before;
}

async function identityOf(account: MailAccount, id: unknown, context: MailContext) {
  const identities = await context.identities.list(account.permits.send);
  const wanted = typeof id === 'string' ? resolvedId(id, context) : '';
  const found = identities.find((each) => each.id === wanted);
  if (!found) throw invalidProperties('there is no such identity', 'identityId');
  return found;
}

/** A sender out of the header gives way to the identity's address where it may not be used (§7). */
async function withSender(
  envelope: Envelope,
  wasGiven: boolean,
  identityAddress: string,
  { account, sending: { directory, rules } }: MailContext,
): Promise<Envelope> {
  const refused = await refuseOwnSender(envelope.mailFrom, account.account, directory, rules);
  if (refused === null) return envelope;
  if (!wasGiven) return { ...envelope, mailFrom: identityAddress };
  throw new SetError('forbiddenMailFrom', refusals[refused]);
}

function refuseSize(
  { octets }: OutgoingMail,
  { rcptTo }: Envelope,
  { asker, sending: { rules } }: MailContext,
): void {
  const maxSize = smallest(rules.maxMessageOctets, asker.maxMessageOctets);
  if (octets > maxSize) throw new SetError('tooLarge', refusals.messageTooLarge, { maxSize });
  const maxRecipients = smallest(rules.maxRecipients, asker.maxRecipients);
  if (rcptTo.length > maxRecipients)
    throw new SetError('tooManyRecipients', refusals.tooManyRecipients, { maxRecipients });
}

/** 0 is no limit. */
function smallest(...limits: readonly number[]): number {
  return Math.min(...limits.map((limit) => limit || Number.POSITIVE_INFINITY));
}

/** All that are refused are told at once; then nobody gets the mail. */
async function resolved(
  { rcptTo }: Envelope,
  octets: number,
  { sending }: MailContext,
): Promise<{ reached: Reached; ordinals: readonly number[] }> {
  const all = new EnvelopeRecipients();
  const refused = new Map<string, RefusalCode>();
  const found: Reached[] = [];
  for (const address of rcptTo) {
    const reached = await resolveRecipient(address, sending, { mayRelay: true, octets });
    if ('reason' in reached) refused.set(address, reached.reason);
    else if (all.add(reached)) found.push(reached);
    else refused.set(address, 'tooManyRecipients');
  }
  if (refused.size > 0) {
    const description = [...refused].map(([address, code]) => `${address}: ${refusals[code]}`).join('\n');
    throw new SetError('invalidRecipients', description, { invalidRecipients: [...refused.keys()] });
  }
  const ordinals = found.map(({ recipients: [first] }) =>
    first?.account === null ? all.ordinalOf(first) : filedHere,
  );
  return { reached: { recipients: all.list, passedOver: all.passedOver }, ordinals };
}

async function send(
  account: MailAccount,
  outgoing: OutgoingMail,
  { recipients, passedOver }: Reached,
  submitted: SubmittedEmail,
  { intake, recorder, asker }: MailContext,
): Promise<AcceptedMail> {
  const arrival = intake.begin(account.permits.send);
  await hand(outgoing.stream(), arrival);
  const isGlobal = [submitted.sender, ...submitted.recipients].some((each) => /[^\p{ASCII}]/u.test(each));
  const accepted = await arrival.finish({
    source: 'submission',
    returnPath: submitted.sender,
    recipients,
    passedOver,
    submitterAddress: asker.address,
    peer: { address: asker.peer, helo: '', with: isGlobal ? 'UTF8HTTP' : 'HTTP', tls: null },
    mailbox: null,
    flags: 0,
    internalDateMs: null,
    normalised: false,
    submitted,
  });
  recorder.acted(isRefusal(accepted) ? 'submitRefused' : 'submit', null);
  if (isRefusal(accepted)) throw submissionError(accepted);
  return accepted;
}

const errorOf: Readonly<Partial<Record<RefusalCode, SetErrorType>>> = {
  senderNotPermitted: 'forbiddenFrom',
  messageTooLarge: 'tooLarge',
};

/** What a rule tells the sender is told. */
function submissionError({ refused, notice }: Refusal): SetError {
  const text = notice ?? refusals[refused];
  if (refused === 'messageMalformed') return new SetError('invalidEmail', text, { properties: ['headers'] });
  return new SetError(errorOf[refused] ?? 'forbiddenToSend', text);
}
