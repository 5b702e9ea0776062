/** `Email/import` (RFC 8621 §4.8): an uploaded mail goes through the intake into the account's own mailboxes. */
import { flagBits } from '../../domain/mailstore-messages.ts';
import { isRefusal } from '../../domain/refusals.ts';
import { FilingWatch } from '../../filing-watch.ts';
import type { Arrival } from '../../intake.ts';
import { rowObject } from './email-object.ts';
import { flagOf } from './email-row.ts';
import { changeEmails } from './email-update.ts';
import { type MailAccount, stateText } from './mail-account.ts';
import { type MailContext, mailCapability, resolvedId, takeAccount } from './mail-context.ts';
import { invalidArguments } from './problem.ts';
import { ArgumentReader } from './read-arguments.ts';
import { isMap, type JsonMap } from './request.ts';
import type { MethodEntry } from './run-request.ts';
import {
  invalidProperties,
  mustBeInState,
  SetError,
  SetOutcome,
  setErrorFor,
  trueKeys,
} from './standard-set.ts';

/** How long an answer waits for a mail to be filed that is safe by then. */
const filingWaitMs = 30_000;
const maxImports = 100;

export const emailImport: MethodEntry<MailContext> = {
  capability: mailCapability,
  run: async (args, context) => {
    const reader = new ArgumentReader(args);
    const account = takeAccount(reader, context);
    const ifInState = reader.optionalText('ifInState');
    const emails = Object.entries(reader.optionalMap('emails') ?? {});
    reader.end();
    if (emails.length > maxImports) throw invalidArguments(`more than ${maxImports} mails at once`);
    const oldState = stateText(await account.open());
    mustBeInState({ ifInState }, oldState);
    const outcome = new SetOutcome();
    for (const [creationId, email] of emails) {
      await outcome.attempt('create', creationId, async () => {
        if (!isMap(email)) throw invalidProperties('this is no mail to import', 'blobId');
        const object = await importEmail(account, email, context);
        context.createdIds.set(creationId, object['id'] as string);
        outcome.created(creationId, object);
      });
    }
    const {
      oldState: before,
      newState,
      created,
      notCreated,
    } = outcome.answer(account.account, oldState, stateText(await account.open()));
    return {
      accountId: account.account,
      oldState: before!,
      newState: newState!,
      created: created!,
      notCreated: notCreated!,
    };
  },
};

async function importEmail(account: MailAccount, email: JsonMap, context: MailContext): Promise<JsonMap> {
  const { blobId, receivedAt } = email;
  const mailboxes = trueKeys(email['mailboxIds'])?.map((id) => resolvedId(id, context)) ?? [];
  const state = await account.open();
  if (mailboxes.length === 0 || mailboxes.some((id) => !state.mailboxes.has(id)))
    throw invalidProperties('there is no such mailbox', 'mailboxIds');
  const atMs = receivedAt === undefined || receivedAt === null ? null : Date.parse(String(receivedAt));
  if (Number.isNaN(atMs)) throw invalidProperties('this is no date', 'receivedAt');
  const upload = typeof blobId === 'string' ? context.uploads.open(account.account, blobId) : null;
  if (!upload) throw new SetError('blobNotFound', 'There is no such upload (any more).');
  if (upload.octets > (await context.octetsLeft())) throw setErrorFor('overQuota');
  const flags = await keywordBits(account, trueKeys(email['keywords'] ?? {}));
  const message = await take(account, upload.stream, { mailbox: mailboxes[0]!, flags, atMs }, context);
  const addMailboxes = mailboxes.slice(1);
  await changeEmails(account, [message], {
    addMailboxes,
    addKeywords: [],
    removeKeywords: [],
    removeMailboxes: [],
  });
  const row = account.email(await account.open(), message);
  if (!row) throw new SetError('notFound', 'The mail is safe, and not filed yet.');
  const { id, blobId: ownBlob, threadId, size } = rowObject(row);
  return { id: id!, blobId: ownBlob!, threadId: threadId!, size: size! };
}

/** Bits of the keywords; new ones get theirs now. */
async function keywordBits(account: MailAccount, keywords: readonly string[] | null): Promise<number> {
  if (keywords === null) throw invalidProperties('keywords is not a set', 'keywords');
  if (keywords.length === 0) return 0;
  const names = keywords.map((keyword) => flagOf(keyword.toLowerCase()));
  const outcome = await account.execute({ kind: 'nameKeywords', names });
  if (isRefusal(outcome)) throw setErrorFor(outcome.refused);
  const named = flagBits(outcome.state.keywords, names, false);
  if (isRefusal(named)) throw setErrorFor(named.refused);
  return named.bits;
}

interface Target {
  readonly mailbox: string;
  readonly flags: number;
  /** Null: now. */
  readonly atMs: number | null;
}

/** Resolves with the message's id when it is filed. */
async function take(
  account: MailAccount,
  octets: AsyncIterable<Uint8Array>,
  { mailbox, flags, atMs }: Target,
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
async function hand(octets: AsyncIterable<Uint8Array>, arrival: Arrival): Promise<void> {
  try {
    for await (const chunk of octets) await arrival.write(new Uint8Array(chunk));
  } catch (error) {
    arrival.abort();
    throw error;
  }
}
