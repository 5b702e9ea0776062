/** `Mailbox/set` (RFC 8621 §2.5). */
import type { MailstoreCommand } from '../../domain/mailstore-commands.ts';
import { childrenOf, findMailbox, pathOf } from '../../domain/mailstore-naming.ts';
import type { Mailbox, MailstoreState } from '../../domain/mailstore-state.ts';
import { isRefusal } from '../../domain/refusals.ts';
import { type MailAccount, stateText } from './mail-account.ts';
import { type MailContext, mailCapability, resolvedId, takeAccount } from './mail-context.ts';
import { countMailbox, mailboxObject } from './mailbox-object.ts';
import { ArgumentReader } from './read-arguments.ts';
import type { JsonMap } from './request.ts';
import type { MethodEntry } from './run-request.ts';
import {
  invalidProperties,
  mustBeInState,
  patchedOrRefused,
  readSet,
  SetError,
  SetOutcome,
  setErrorFor,
} from './standard-set.ts';

/** Between a parent's name and its child's in the mailstore's paths. */
const separator = '/';

export const mailboxSet: MethodEntry<MailContext> = {
  capability: mailCapability,
  run: async (args, context) => {
    const reader = new ArgumentReader(args);
    const account = takeAccount(reader, context);
    const request = readSet(reader);
    const removeEmails = reader.flag('onDestroyRemoveEmails');
    reader.end();
    const oldState = stateText(await account.open());
    mustBeInState(request, oldState);
    const outcome = new SetOutcome();
    for (const [creationId, object] of request.create)
      await outcome.attempt('create', creationId, () =>
        create(account, creationId, object, outcome, context),
      );
    for (const [id, patch] of request.update)
      await outcome.attempt('update', id, () => update(account, id, patch, outcome, context));
    for (const id of request.destroy)
      await outcome.attempt('destroy', id, () => destroy(account, id, removeEmails, outcome, context));
    return outcome.answer(account.account, oldState, stateText(await account.open()));
  },
};

async function create(
  account: MailAccount,
  creationId: string,
  { name, parentId = null, isSubscribed = true, ...others }: JsonMap,
  outcome: SetOutcome,
  context: MailContext,
): Promise<void> {
  const other = Object.keys(others).find((each) => each !== 'sortOrder' && each !== 'role');
  if (other !== undefined || (others['role'] ?? null) !== null)
    throw invalidProperties('the server alone sets this', other ?? 'role');
  const state = await account.open();
  const path = pathFor(state, name, parentId, context);
  await execute(account, { kind: 'createMailbox', path, role: 'none' });
  const mailbox = findMailbox(await account.open(), path)!;
  if (isSubscribed === false) await execute(account, { kind: 'subscribe', path, subscribed: false });
  context.createdIds.set(creationId, mailbox.id);
  outcome.created(creationId, without(mailboxObject(mailbox, countMailbox(mailbox)), ['name', 'parentId']));
}

async function update(
  account: MailAccount,
  id: string,
  patch: JsonMap,
  outcome: SetOutcome,
  context: MailContext,
): Promise<void> {
  const state = await account.open();
  const mailbox = mailboxOf(state, resolvedId(id, context));
  const before = mailboxObject(mailbox, countMailbox(mailbox));
  const after = patchedOrRefused(before, patch);
  const changed = Object.keys(after).filter(
    (name) => JSON.stringify(after[name]) !== JSON.stringify(before[name]),
  );
  const fixed = changed.find((name) => !['name', 'parentId', 'isSubscribed'].includes(name));
  if (fixed !== undefined) throw invalidProperties(`${fixed} is the server's`, fixed);
  let path = pathOf(state, mailbox);
  if (changed.includes('name') || changed.includes('parentId')) {
    const newPath = pathFor(state, after['name'], after['parentId'], context);
    await execute(account, { kind: 'renameMailbox', path, newPath });
    path = newPath;
  }
  if (changed.includes('isSubscribed'))
    await execute(account, { kind: 'subscribe', path, subscribed: after['isSubscribed'] === true });
  outcome.updated(id);
}

async function destroy(
  account: MailAccount,
  id: string,
  removeEmails: boolean,
  outcome: SetOutcome,
  context: MailContext,
): Promise<void> {
  const state = await account.open();
  const mailbox = mailboxOf(state, resolvedId(id, context));
  if (childrenOf(state, mailbox.id).length > 0)
    throw new SetError('mailboxHasChild', 'There are mailboxes below it.');
  if (mailbox.exists > 0 && !removeEmails) throw new SetError('mailboxHasEmail', 'There are mails in it.');
  await execute(account, { kind: 'deleteMailbox', path: pathOf(state, mailbox) });
  outcome.destroyed(id);
}

function mailboxOf(state: MailstoreState, id: string): Mailbox {
  const mailbox = state.mailboxes.get(id);
  if (!mailbox) throw new SetError('notFound', 'There is no such mailbox.');
  return mailbox;
}

function pathFor(state: MailstoreState, name: unknown, parentId: unknown, context: MailContext): string {
  if (typeof name !== 'string' || name === '' || name.includes(separator))
    throw invalidProperties('this is not a name for a mailbox', 'name');
  if (parentId === null || parentId === undefined) return name;
  const parent =
    typeof parentId === 'string' ? state.mailboxes.get(resolvedId(parentId, context)) : undefined;
  if (!parent) throw invalidProperties('there is no such mailbox', 'parentId');
  return `${pathOf(state, parent)}${separator}${name}`;
}

async function execute(account: MailAccount, command: MailstoreCommand): Promise<void> {
  const outcome = await account.execute(command);
  if (isRefusal(outcome)) throw setErrorFor(outcome.refused);
}

function without(object: JsonMap, names: readonly string[]): JsonMap {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}
