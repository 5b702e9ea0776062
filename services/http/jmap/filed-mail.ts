/** A mail that a method takes in: through the intake, into the account's own mailboxes, and answered when it is filed. */
import { flagBits } from '../../domain/mailstore-messages.ts';
import { isRefusal } from '../../domain/refusals.ts';
import type { Arrival } from '../../intake.ts';
import { FilingWatch } from '../../mailstores/filing-watch.ts';
import { rowObject } from './email-object.ts';
import { flagOf } from './email-row.ts';
import { changeEmails } from './email-update.ts';
import type { MailAccount } from './mail-account.ts';
import { type MailContext, resolvedId } from './mail-context.ts';
import type { JsonMap } from './request.ts';
import { invalidProperties, SetError, setErrorFor, trueKeys } from './standard-set.ts';

/** Where a mail goes, and as what: properties that a client gives. */
export interface FilingTarget {
  /** The first gets it, the others a copy. */
  readonly mailboxes: readonly string[];
  readonly flags: number;
  /** Null: now. */
  readonly atMs: number | null;
}

/** How long an answer waits for a mail to be filed that is safe by then. */
const filingWaitMs = 30_000;
const maxKeywords = 100;

/** Reads `mailboxIds`, `keywords` and `receivedAt`; throws `SetError`. */
export async function readTarget(
  account: MailAccount,
  { mailboxIds, keywords, receivedAt }: JsonMap,
  context: MailContext,
): Promise<FilingTarget> {
  const mailboxes = trueKeys(mailboxIds)?.map((id) => resolvedId(id, context)) ?? [];
  const state = await account.open();
  if (mailboxes.length === 0 || mailboxes.some((id) => !state.mailboxes.has(id)))
    throw invalidProperties('there is no such mailbox', 'mailboxIds');
  const atMs = receivedAt === undefined || receivedAt === null ? null : Date.parse(String(receivedAt));
  if (Number.isNaN(atMs) || (atMs !== null && atMs < 0))
    throw invalidProperties('this is no date', 'receivedAt');
  return { mailboxes, flags: await keywordBits(account, trueKeys(keywords ?? {})), atMs };
}

/** Bits of the keywords; new ones get theirs now. */
async function keywordBits(account: MailAccount, keywords: readonly string[] | null): Promise<number> {
  if (keywords === null) throw invalidProperties('keywords is not a set', 'keywords');
  if (keywords.length > maxKeywords) throw new SetError('tooManyKeywords', 'a mail has too many keywords');
  if (keywords.length === 0) return 0;
  const names = keywords.map((keyword) => flagOf(keyword.toLowerCase()));
  const outcome = await account.execute({ kind: 'nameKeywords', names });
  if (isRefusal(outcome)) throw setErrorFor(outcome.refused);
  const named = flagBits(outcome.state.keywords, names, false);
  if (isRefusal(named)) throw setErrorFor(named.refused);
  return named.bits;
}

/** What the server alone says of the new Email (RFC 8621 §4.6, §4.8); throws `SetError`. */
export async function fileMail(
  account: MailAccount,
  octets: AsyncIterable<Uint8Array>,
  target: FilingTarget,
  context: MailContext,
): Promise<JsonMap> {
  const message = await take(account, octets, target, context);
  const addMailboxes = target.mailboxes.slice(1);
  await changeEmails(account, [message], {
    addMailboxes,
    addKeywords: [],
    removeKeywords: [],
    removeMailboxes: [],
  });
  const row = account.email(await account.open(), message);
  if (!row) throw new SetError('notFound', 'The mail is safe, and not filed yet.');
  const { id, blobId, threadId, size } = rowObject(row);
  return { id: id!, blobId: blobId!, threadId: threadId!, size: size! };
}

/** Resolves with the message's id when it is filed. */
async function take(
  account: MailAccount,
  octets: AsyncIterable<Uint8Array>,
  { mailboxes: [mailbox = ''], flags, atMs }: FilingTarget,
  { intake, recorder, asker: { peer, address } }: MailContext,
): Promise<string> {
  const arrival = intake.begin(account.permits.change);
  const watch = new FilingWatch(account.parts.mailstores, account.permits.read);
  try {
    await hand(octets, arrival);
    const accepted = await arrival.finish({
      source: 'append',
      returnPath: '',
      recipients: [{ account: account.account, address }],
      submitterAddress: address,
      peer: { address: peer, helo: '', with: 'HTTP', tls: null },
      mailbox,
      flags,
      internalDateMs: atMs,
      normalised: false,
    });
    if (isRefusal(accepted)) throw setErrorFor(accepted.refused);
    recorder.acted('append', mailbox);
    await watch.filed(accepted.message, filingWaitMs);
    return accepted.message;
  } finally {
    watch.close();
  }
}

/** The intake keeps what it gets: chunks of a stream share their memory with others. */
export async function hand(octets: AsyncIterable<Uint8Array>, arrival: Arrival): Promise<void> {
  try {
    for await (const chunk of octets) await arrival.write(new Uint8Array(chunk));
  } catch (error) {
    arrival.abort();
    throw error;
  }
}
