/** `Email/set` (RFC 8621 §4.6). */
import type { Uuid } from '../../domain/values.ts';
import { createEmail } from './email-create.ts';
import { changeEmails, changeOf, type EmailChange, removeFrom } from './email-update.ts';
import type { MailAccount } from './mail-account.ts';
import { stateText } from './mail-account.ts';
import { type MailContext, mailCapability, resolvedId, takeAccount } from './mail-context.ts';
import { ArgumentReader } from './read-arguments.ts';
import type { MethodEntry } from './run-request.ts';
import { mustBeInState, readSet, SetError, SetOutcome, type SetRequest } from './standard-set.ts';

export const emailSet: MethodEntry<MailContext> = {
  capability: mailCapability,
  run: async (args, context) => {
    const reader = new ArgumentReader(args);
    const account = takeAccount(reader, context);
    const request = readSet(reader);
    reader.end();
    const state = await account.open();
    const oldState = stateText(state);
    mustBeInState(request, oldState);
    const outcome = new SetOutcome();
    for (const [creationId, email] of request.create) {
      await outcome.attempt('create', creationId, async () => {
        const created = await createEmail(account, email, context);
        context.createdIds.set(creationId, created['id'] as string);
        outcome.created(creationId, created);
      });
    }
    await updateAll(account, request, outcome, context);
    await destroyAll(account, request, outcome, context);
    return outcome.answer(account.account, oldState, stateText(await account.open()));
  },
};

/** Mails that change alike change together. */
async function updateAll(
  account: MailAccount,
  { update }: SetRequest,
  outcome: SetOutcome,
  context: MailContext,
): Promise<void> {
  const alike = new Map<string, { change: EmailChange; ids: Uuid[] }>();
  const state = await account.open();
  for (const [id, patch] of update) {
    await outcome.attempt('update', id, async () => {
      const row = account.email(state, resolvedId(id, context));
      if (!row) throw new SetError('notFound', 'There is no such mail.');
      const change = changeOf(row, patch, state, (each) => resolvedId(each, context));
      const key = JSON.stringify(change);
      alike.set(key, { change, ids: [...(alike.get(key)?.ids ?? []), id] });
    });
  }
  for (const { change, ids } of alike.values()) {
    const messages = ids.map((id) => resolvedId(id, context));
    await attemptAll(outcome, 'update', ids, () => changeEmails(account, messages, change));
  }
}

/** Out of every mailbox; what retention keeps, it keeps. */
async function destroyAll(
  account: MailAccount,
  { destroy }: SetRequest,
  outcome: SetOutcome,
  context: MailContext,
): Promise<void> {
  const state = await account.open();
  const isThere = (id: string) => account.email(state, resolvedId(id, context)) !== null;
  for (const id of destroy.filter((each) => !isThere(each)))
    outcome.failed('destroy', id, new SetError('notFound', 'There is no such mail.'));
  const ids = destroy.filter(isThere);
  if (ids.length === 0) return;
  const messages = ids.map((id) => resolvedId(id, context));
  await attemptAll(outcome, 'destroy', ids, () => removeFrom(account, messages, [...state.mailboxes.keys()]));
}

/** One piece of work for many objects: it succeeds or fails for all of them. */
async function attemptAll(
  outcome: SetOutcome,
  how: 'update' | 'destroy',
  ids: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof SetError)) throw error;
    for (const id of ids) outcome.failed(how, id, error);
    return;
  }
  for (const id of ids) how === 'update' ? outcome.updated(id) : outcome.destroyed(id);
}
