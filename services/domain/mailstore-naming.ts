/** Mailbox names and the tree: create, rename, delete, subscribe. Paths are NFC with `/` between levels. */
import type { DraftEvent } from './event.ts';
import { type MailboxRole, mailstoreLimits, standardMailboxes } from './mailstore.ts';
import { inboxOf, type Mailbox, type MailstoreState } from './mailstore-state.ts';
import { isRefusal, type Refusal, refuse } from './refusals.ts';
import type { Uuid } from './values.ts';

/** Path of a mailbox from the root. */
export function pathOf(state: MailstoreState, mailbox: Mailbox): string {
  const names = [mailbox.name ?? mailbox.id];
  for (let at = mailbox.parent; at !== null; ) {
    const parent = state.mailboxes.get(at);
    if (!parent) break;
    names.unshift(parent.name ?? parent.id);
    at = parent.parent;
  }
  return names.join('/');
}

/** The mailbox of that path; INBOX in any letter case (RFC 9051 §5.1). */
export function findMailbox(state: MailstoreState, path: string): Mailbox | undefined {
  let parent: Uuid | null = null;
  let found: Mailbox | undefined;
  for (const name of splitPath(path)) {
    found = childOf(state, parent, name);
    if (!found) return undefined;
    parent = found.id;
  }
  return found;
}

export function childrenOf(state: MailstoreState, parent: Uuid | null): Mailbox[] {
  return [...state.mailboxes.values()].filter((mailbox) => mailbox.parent === parent);
}

function childOf(state: MailstoreState, parent: Uuid | null, name: string): Mailbox | undefined {
  for (const mailbox of state.mailboxes.values()) {
    if (mailbox.parent === parent && mailbox.name === name) return mailbox;
  }
  return undefined;
}

/** NFC names of a path; a first level of `inbox` in any case is INBOX; a trailing `/` is dropped (RFC 9051 §6.3.4). */
export function splitPath(path: string): string[] {
  const names = path.normalize('NFC').replace(/\/$/, '').split('/');
  if (names[0]!.toUpperCase() === 'INBOX') names[0] = 'INBOX';
  return names;
}

function checkNames(names: readonly string[]): Refusal | null {
  if (names.length > mailstoreLimits.maxDepth) return refuse('mailboxNameInvalid', 'too many levels');
  for (const name of names) {
    if (name === '') return refuse('mailboxNameInvalid', 'an empty level');
    if (Buffer.byteLength(name) > mailstoreLimits.maxNameOctets)
      return refuse('mailboxNameInvalid', 'too long');
    if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029%*\ufffd]/.test(name)) {
      return refuse('mailboxNameInvalid', 'a character that mail programs cannot list');
    }
  }
  return null;
}

export interface NewMailbox {
  readonly id: Uuid;
  readonly parent: Uuid | null;
  readonly name: string;
  readonly uidValidity: number;
  readonly role: MailboxRole;
}

export function mailboxCreated({ id, parent, name, uidValidity, role }: NewMailbox): DraftEvent {
  return {
    type: 'MailboxCreated',
    version: 1,
    data: { mailbox: id, parent, uidValidity, role },
    personal: { name },
  };
}

/** The first events of an account's mailstore. `newIds` brings a fresh id for each standard mailbox. */
export function openMailstore(account: Uuid, newIds: readonly Uuid[], nowMs: number): DraftEvent[] {
  const first = Math.floor(nowMs / 1000);
  return [
    { type: 'MailstoreOpened', version: 1, data: { account }, personal: null },
    ...standardMailboxes.map(({ name, role }, i) =>
      mailboxCreated({ id: newIds[i]!, parent: null, name, uidValidity: first + i, role }),
    ),
  ];
}

/** CREATE (RFC 9051 §6.3.4): missing levels above are made as well. The last event's mailbox is the one asked for. */
export function createMailbox(
  state: MailstoreState,
  path: string,
  role: MailboxRole,
  newIds: readonly Uuid[],
  nowMs: number,
): DraftEvent[] | Refusal {
  const names = splitPath(path);
  const invalid = checkNames(names);
  if (invalid) return invalid;
  if (findMailbox(state, path)) return refuse('mailboxExists');
  if (role !== 'none' && [...state.mailboxes.values()].some((mailbox) => mailbox.role === role)) {
    return refuse('mailboxExists', `another mailbox is used for ${role}`);
  }
  const events = createLevels(state, names, role, newIds, nowMs);
  if (state.mailboxes.size + events.length > mailstoreLimits.maxMailboxes) {
    return refuse('requestTooLarge', `an account has at most ${mailstoreLimits.maxMailboxes} mailboxes`);
  }
  return events;
}

/** RFC 9051 §2.3.1.1: ascending, and not below what a lost log may have given by now. */
function nextUidValidity({ lastUidValidity }: MailstoreState, nowMs: number): number {
  return Math.max(lastUidValidity + 1, Math.floor(nowMs / 1000));
}

function createLevels(
  state: MailstoreState,
  names: readonly string[],
  role: MailboxRole,
  newIds: readonly Uuid[],
  nowMs: number,
): DraftEvent[] {
  const events: DraftEvent[] = [];
  let parent: Uuid | null = null;
  let uidValidity = nextUidValidity(state, nowMs) - 1;
  names.forEach((name, level) => {
    const existing: Mailbox | undefined = events.length === 0 ? childOf(state, parent, name) : undefined;
    if (existing) {
      parent = existing.id;
      return;
    }
    const id = newIds[events.length]!;
    const isLast = level === names.length - 1;
    events.push(
      mailboxCreated({ id, parent, name, uidValidity: ++uidValidity, role: isLast ? role : 'none' }),
    );
    parent = id;
  });
  return events;
}

/** RENAME (RFC 9051 §6.3.6) of anything but INBOX: one event; what is below follows by its parent. */
export function renameMailbox(
  state: MailstoreState,
  path: string,
  newPath: string,
  newIds: readonly Uuid[],
  nowMs: number,
): DraftEvent[] | Refusal {
  const mailbox = findMailbox(state, path);
  if (!mailbox) return refuse('mailboxNotFound');
  const names = splitPath(newPath);
  const invalid = checkNames(names);
  if (invalid) return invalid;
  if (findMailbox(state, newPath)) return refuse('mailboxExists');
  if (names.join('/').startsWith(`${pathOf(state, mailbox)}/`)) {
    return refuse('mailboxNameInvalid', 'a mailbox cannot move below itself');
  }
  const above = placeAbove(state, names, newIds, nowMs);
  return [
    ...above.events,
    {
      type: 'MailboxRenamed',
      version: 1,
      data: { mailbox: mailbox.id, parent: above.parent },
      personal: { name: names.at(-1)! },
    },
  ];
}

/** Id of the mailbox that holds the last level, with the events that make it where it is missing. */
function placeAbove(
  state: MailstoreState,
  names: readonly string[],
  newIds: readonly Uuid[],
  nowMs: number,
): { events: DraftEvent[]; parent: Uuid | null } {
  if (names.length === 1) return { events: [], parent: null };
  const above = names.slice(0, -1);
  const existing = findMailbox(state, above.join('/'));
  if (existing) return { events: [], parent: existing.id };
  const events = createLevels(state, above, 'none', newIds, nowMs);
  return { events, parent: events.at(-1)!.data['mailbox'] as Uuid };
}

/** RENAME of INBOX (RFC 9051 §6.3.6): its messages move to a new mailbox, INBOX stays and is empty. */
export function renameInbox(
  state: MailstoreState,
  newPath: string,
  newIds: readonly Uuid[],
  nowMs: number,
): DraftEvent[] | Refusal {
  const inbox = inboxOf(state);
  if (!inbox) return refuse('mailboxNotFound');
  const created = createMailbox(state, newPath, 'none', newIds, nowMs);
  if (isRefusal(created)) return created;
  const to = created.at(-1)!.data['mailbox'] as Uuid;
  if (inbox.exists === 0) return created;
  const uids = [1, inbox.uidNext - 1];
  return [
    ...created,
    { type: 'MessagesMoved', version: 1, data: { from: inbox.id, uids, to, firstUid: 1 }, personal: null },
  ];
}

/** New UIDVALIDITYs for all mailboxes, greater than any the account has had. */
export function renewUidValidities(state: MailstoreState, nowMs: number): DraftEvent[] {
  const mailboxes = [...state.mailboxes.keys()];
  const first = nextUidValidity(state, nowMs);
  const events: DraftEvent[] = [];
  for (let at = 0; at < mailboxes.length; at += mailstoreLimits.maxRenewedPerEvent) {
    const renewed = mailboxes.slice(at, at + mailstoreLimits.maxRenewedPerEvent);
    const data = { mailboxes: renewed, firstUidValidity: first + at };
    events.push({ type: 'UidValiditiesRenewed', version: 1, data, personal: null });
  }
  return events;
}

/** DELETE (RFC 9051 §6.3.5). A mailbox with others below it is refused: those must not vanish with it. */
export function deleteMailbox(state: MailstoreState, path: string): DraftEvent[] | Refusal {
  const mailbox = findMailbox(state, path);
  if (!mailbox) return refuse('mailboxNotFound');
  if (mailbox.role === 'inbox') return refuse('mailboxProtected');
  if (childrenOf(state, mailbox.id).length > 0) return refuse('mailboxHasChildren');
  return [{ type: 'MailboxDeleted', version: 1, data: { mailbox: mailbox.id }, personal: null }];
}

/** SUBSCRIBE and UNSUBSCRIBE (RFC 9051 §6.3.7, §6.3.8). */
export function subscribeMailbox(
  state: MailstoreState,
  path: string,
  subscribed: boolean,
): DraftEvent[] | Refusal {
  const mailbox = findMailbox(state, path);
  if (!mailbox) return refuse('mailboxNotFound');
  if (mailbox.subscribed === subscribed) return [];
  return [
    { type: 'MailboxSubscribed', version: 1, data: { mailbox: mailbox.id, subscribed }, personal: null },
  ];
}
