/** `Email/changes`, `Thread/get`, `Thread/changes` and `Mailbox/changes` (RFC 8621 §2.2, §3, §4.3). */
import type { LoggedEvent } from '../../domain/event.ts';
import { type MailstoreState, modseqOf } from '../../domain/mailstore-state.ts';
import {
  type Change,
  changesAnswer,
  emailChanges,
  modseqSince,
  readChanges,
  threadChanges,
} from './changes.ts';
import { type MailAccount, revisionOf, stateText } from './mail-account.ts';
import { type MailContext, mailCapability, resolvedId, takeAccount } from './mail-context.ts';
import { invalidArguments, MethodError } from './problem.ts';
import { ArgumentReader } from './read-arguments.ts';
import type { MethodEntry } from './run-request.ts';
import { checkProperties, gotten, pick, readGet } from './standard-get.ts';

type FindChanges = (
  account: MailAccount,
  state: MailstoreState,
  since: number,
) => Change[] | Promise<Change[]>;

function changesMethod(find: FindChanges, more: object = {}): MethodEntry<MailContext> {
  return {
    capability: mailCapability,
    run: async (args, context) => {
      const reader = new ArgumentReader(args);
      const account = takeAccount(reader, context);
      const request = readChanges(reader);
      reader.end();
      const state = await account.open();
      const changes = await find(account, state, modseqSince(request.sinceState, state));
      return { ...changesAnswer(account.account, state, request, changes), ...more };
    },
  };
}

export const emailChangesMethod = changesMethod(emailChanges);
export const threadChangesMethod = changesMethod(threadChanges);
export const mailboxChangesMethod = changesMethod(mailboxChanges, { updatedProperties: null });

export const threadGet: MethodEntry<MailContext> = {
  capability: mailCapability,
  run: async (args, context) => {
    const reader = new ArgumentReader(args);
    const account = takeAccount(reader, context);
    const { ids, properties } = readGet(reader);
    reader.end();
    checkProperties(properties, new Set(['id', 'emailIds']));
    if (ids === null) throw invalidArguments('ids must be named');
    const state = await account.open();
    const threads = ids.map((id) => ({
      id,
      emailIds: account.thread(state, resolvedId(id, context)).map((email) => email.id),
    }));
    const list = threads.filter(({ emailIds }) => emailIds.length > 0);
    const notFound = threads.filter(({ emailIds }) => emailIds.length === 0).map(({ id }) => id);
    return gotten(
      account.account,
      stateText(state),
      list.map((each) => pick(each, properties)),
      notFound,
    );
  },
};

/** More than these have happened since: a client that has been away for so long begins anew. */
const maxEventsLookedAt = 5000;

/** Mailboxes do not keep when they were made or renamed: the mailstore's own events tell. */
async function mailboxChanges(account: MailAccount, state: MailstoreState, since: number): Promise<Change[]> {
  const revision = revisionOf(String(since), state)!;
  const events = await account.parts.readMailstore(account.account, revision + 1, maxEventsLookedAt + 1);
  if (events.length > maxEventsLookedAt)
    throw new MethodError('cannotCalculateChanges', 'too much has happened since: begin anew');
  const changes = new Map<string, Change>();
  for (const event of events.filter((each) => each.revision <= state.revision)) {
    for (const id of mailboxesOf(event)) {
      const modseq = modseqOf(event.epoch, event.revision);
      const became = becoming(event.type, changes.get(id)?.became);
      if (became === null) changes.delete(id);
      else changes.set(id, { id, modseq, became });
    }
  }
  return [...changes.values()];
}

function mailboxesOf({ data }: LoggedEvent): string[] {
  return ['mailbox', 'from', 'to'].flatMap((member) => (data[member] as string | undefined) ?? []);
}

/** Null: made and gone again, which nobody has to know. */
function becoming(type: string, before: Change['became'] | undefined): Change['became'] | null {
  if (type === 'MailboxCreated') return 'created';
  if (type === 'MailboxDeleted') return before === 'created' ? null : 'destroyed';
  return before ?? 'updated';
}
