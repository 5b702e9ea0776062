/** `Email/import` (RFC 8621 §4.8): an uploaded mail goes through the intake into the account's own mailboxes. */
import { fileMail, readTarget } from './filed-mail.ts';
import { type MailAccount, stateText } from './mail-account.ts';
import { type MailContext, mailCapability, takeAccount } from './mail-context.ts';
import { invalidArguments } from './problem.ts';
import { ArgumentReader } from './read-arguments.ts';
import { isMap, type JsonMap } from './request.ts';
import type { MethodEntry } from './run-request.ts';
import { invalidProperties, mustBeInState, SetError, SetOutcome, setErrorFor } from './standard-set.ts';

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
    return outcome.creations(account.account, oldState, stateText(await account.open()));
  },
};

async function importEmail(account: MailAccount, email: JsonMap, context: MailContext): Promise<JsonMap> {
  const { blobId } = email;
  const target = await readTarget(account, email, context);
  const upload = typeof blobId === 'string' ? context.uploads.open(account.account, blobId) : null;
  if (!upload) throw new SetError('blobNotFound', 'There is no such upload (any more).');
  if (upload.octets > (await context.octetsLeft())) throw setErrorFor('overQuota');
  return fileMail(account, upload.stream, target, context);
}
