/**
 * Updates of mails (RFC 8621 §4.6): what is the same for many becomes one command for each mailbox, so that marking
 * five hundred mails read is one event and not five hundred.
 */
import type { MailstoreCommand } from '../../domain/mailstore-commands.ts';
import type { MailstoreState } from '../../domain/mailstore-state.ts';
import { isRefusal } from '../../domain/refusals.ts';
import { rangesOf, type UidRanges } from '../../domain/uid-ranges.ts';
import type { Uuid } from '../../domain/values.ts';
import { rowObject } from './email-object.ts';
import { type EmailRow, flagOf, isShown } from './email-row.ts';
import type { MailAccount } from './mail-account.ts';
import type { JsonMap } from './request.ts';
import { invalidProperties, patchedOrRefused, SetError, setErrorFor, trueKeys } from './standard-set.ts';

/** What is to change of one mail. Empty lists: nothing. */
export interface EmailChange {
  readonly addKeywords: readonly string[];
  readonly removeKeywords: readonly string[];
  readonly addMailboxes: readonly Uuid[];
  readonly removeMailboxes: readonly Uuid[];
}

const maxKeywords = 100;

/** What a patch changes of a mail; throws `SetError`. `resolve` turns references into ids. */
export function changeOf(
  row: EmailRow,
  patch: JsonMap,
  state: MailstoreState,
  resolve: (id: string) => string,
): EmailChange {
  const before = rowObject(row);
  const after = patchedOrRefused(before, resolvedMailboxes(patch, resolve));
  const other = Object.keys(after).find(
    (name) =>
      name !== 'keywords' &&
      name !== 'mailboxIds' &&
      JSON.stringify(after[name]) !== JSON.stringify(before[name]),
  );
  if (other !== undefined) throw invalidProperties(`${other} of a mail never changes`, other);
  const keywords = trueKeys(after['keywords'])?.map((keyword) => keyword.toLowerCase());
  if (!keywords) throw invalidProperties('keywords is not a set', 'keywords');
  if (keywords.length > maxKeywords) throw new SetError('tooManyKeywords', 'a mail has too many keywords');
  const mailboxes = trueKeys(after['mailboxIds']);
  if (!mailboxes || mailboxes.length === 0)
    throw invalidProperties('a mail is in at least one mailbox', 'mailboxIds');
  const unknown = mailboxes.find((id) => !state.mailboxes.has(id));
  if (unknown !== undefined) throw invalidProperties('there is no such mailbox', 'mailboxIds');
  const now = row.mailboxes.map(({ id }) => id);
  return {
    addKeywords: keywords.filter((keyword) => !row.keywords.includes(keyword)),
    removeKeywords: row.keywords.filter((keyword) => !keywords.includes(keyword)),
    addMailboxes: mailboxes.filter((id) => !now.includes(id)),
    removeMailboxes: now.filter((id) => !mailboxes.includes(id)),
  };
}

/** `mailboxIds/#creationId` and `mailboxIds: {"#creationId": true}`. */
function resolvedMailboxes(patch: JsonMap, resolve: (id: string) => string): JsonMap {
  return Object.fromEntries(
    Object.entries(patch).map(([path, value]) => {
      if (path.startsWith('mailboxIds/#'))
        return [`mailboxIds/${resolve(path.slice('mailboxIds/'.length))}`, value];
      if (path !== 'mailboxIds' || typeof value !== 'object' || value === null) return [path, value];
      return [path, Object.fromEntries(Object.entries(value).map(([id, is]) => [resolve(id), is]))];
    }),
  );
}

/** Carries out the same change for all of these mails; throws `SetError` where the domain says no. */
export async function changeEmails(
  account: MailAccount,
  messages: readonly Uuid[],
  change: EmailChange,
): Promise<void> {
  const { addKeywords, removeKeywords, addMailboxes, removeMailboxes } = change;
  for (const [mode, keywords] of [
    ['add', addKeywords],
    ['remove', removeKeywords],
  ] as const) {
    if (keywords.length === 0) continue;
    const names = keywords.map(flagOf);
    await inEachMailbox(account, messages, (mailbox, uids) => ({
      kind: 'changeFlags',
      mailbox,
      uids,
      mode,
      names,
    }));
  }
  await transfer(account, messages, addMailboxes, removeMailboxes);
}

/** Into the new mailboxes first, so that a mail is never nowhere. One for one is a move. */
async function transfer(
  account: MailAccount,
  messages: readonly Uuid[],
  add: readonly Uuid[],
  remove: readonly Uuid[],
): Promise<void> {
  const [to, ...more] = add;
  if (to !== undefined && remove.length === 1 && more.length === 0) {
    const from = remove[0]!;
    await inEachMailbox(account, messages, (mailbox, uids) =>
      mailbox === from ? { kind: 'move', from, uids, to } : null,
    );
    return;
  }
  for (const target of add) await copyTo(account, messages, target);
  await removeFrom(account, messages, remove);
}

/** From the first mailbox that each is in. */
async function copyTo(account: MailAccount, messages: readonly Uuid[], to: Uuid): Promise<void> {
  const copied = new Set<Uuid>();
  await inEachMailbox(
    account,
    messages,
    (from, uids) => ({ kind: 'copy', from, uids, to }),
    (message) => !copied.has(message) && copied.add(message) !== undefined,
  );
}

export async function removeFrom(
  account: MailAccount,
  messages: readonly Uuid[],
  mailboxes: readonly Uuid[],
): Promise<void> {
  await inEachMailbox(account, messages, (mailbox, uids) =>
    mailboxes.includes(mailbox) ? { kind: 'expunge', mailbox, uids } : null,
  );
}

/** One command for each mailbox that holds some of the messages, with the UIDs that they have there. */
async function inEachMailbox(
  account: MailAccount,
  messages: readonly Uuid[],
  commandFor: (mailbox: Uuid, uids: UidRanges) => MailstoreCommand | null,
  isWanted: (message: Uuid) => boolean = () => true,
): Promise<void> {
  const state = await account.open();
  const uids = new Map<Uuid, number[]>();
  for (const message of messages) {
    for (const { mailbox, place } of account.places(state, message).filter(isShown)) {
      if (!isWanted(message)) continue;
      uids.set(mailbox.id, [...(uids.get(mailbox.id) ?? []), mailbox.rows.uidAt(place)]);
    }
  }
  for (const [mailbox, each] of uids) {
    const command = commandFor(mailbox, rangesOf(each.sort((a, b) => a - b)));
    const outcome = command && (await account.execute(command));
    if (isRefusal(outcome)) throw setErrorFor(outcome.refused);
  }
}
