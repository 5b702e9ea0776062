import { isRefusal } from '../../domain/refusals.ts';
import { type ListedMailbox, listedMailboxes, pathsAbove, specialUseOf } from '../listed-mailboxes.ts';
import { mailboxStatus } from '../mailbox-status.ts';
import type { CommandOf } from '../protocol/command.ts';
import { type ListPattern, listPattern } from '../protocol/list-pattern.ts';
import { hierarchySeparator, mailboxPath, quotedMailboxText } from '../protocol/mailbox-name.ts';
import type { OctetString } from '../protocol/octet-string.ts';
import { ok, type Reply, replyTo, unavailable } from '../replies.ts';
import type { Session } from '../session.ts';

/** LIST in its basic and extended forms (RFC 9051 §6.3.9, RFC 5258, RFC 5819, RFC 6154). */
export async function list(session: Session, command: CommandOf<'LIST'>): Promise<Reply> {
  if (!command.extended && command.patterns[0] === '') return tellRoot(session);
  if (!(await session.mayReveal())) return unavailable;
  const patterns = patternsOf(session, command.reference, command.patterns);
  const state = await session.mailstore();
  if (isRefusal(state)) return replyTo(state);
  const listed = listedMailboxes(state);
  for (const entry of chosenEntries(listed, command, patterns)) tellEntry(session, command, entry);
  session.owner.recorder.acted('list', null);
  return ok('Listed');
}

/** `LIST "" ""` asks for the separator alone. */
function tellRoot(session: Session): Reply {
  session.tell(`LIST (\\Noselect) "${hierarchySeparator}" ""`);
  return ok('Listed');
}

export function patternsOf(
  session: Session,
  reference: OctetString,
  patterns: readonly OctetString[],
): ListPattern[] {
  // A pattern that is no name in the client's form can match nothing.
  return patterns.flatMap((pattern) => {
    const path = mailboxPath(reference + pattern, session.mode);
    return path === null ? [] : [listPattern(path)];
  });
}

interface Entry {
  readonly listed: ListedMailbox;
  /** Something below it was chosen (RECURSIVEMATCH): said as CHILDINFO. */
  readonly holdsChosen: boolean;
}

function chosenEntries(
  listed: readonly ListedMailbox[],
  { selection }: CommandOf<'LIST'>,
  patterns: readonly ListPattern[],
): Entry[] {
  const chosen = listed.filter(({ mailbox }) => {
    if (selection.includes('SUBSCRIBED') && !mailbox.subscribed) return false;
    return !selection.includes('SPECIAL-USE') || specialUseOf(mailbox) !== null;
  });
  const above = selection.includes('RECURSIVEMATCH')
    ? new Set(chosen.flatMap(({ path }) => pathsAbove(path)))
    : null;
  const isChosen = new Set(chosen);
  return listed.flatMap((entry) => {
    const holdsChosen = above?.has(entry.path) ?? false;
    if (!isChosen.has(entry) && !holdsChosen) return [];
    return patterns.some((pattern) => pattern.matches(entry.path)) ? [{ listed: entry, holdsChosen }] : [];
  });
}

function tellEntry(session: Session, { selection, returns }: CommandOf<'LIST'>, entry: Entry): void {
  const { mailbox, path, hasChildren } = entry.listed;
  const attributes = [hasChildren ? '\\HasChildren' : '\\HasNoChildren'];
  const showsSubscribed = returns.subscribed || selection.includes('SUBSCRIBED');
  if (showsSubscribed && mailbox.subscribed) attributes.push('\\Subscribed');
  // RFC 6154 §2: special uses may be shown to whoever lists.
  attributes.push(specialUseOf(mailbox) ?? '');
  const shown = attributes.filter((attribute) => attribute !== '').join(' ');
  const childInfo =
    entry.holdsChosen && selection.includes('SUBSCRIBED') ? ' ("CHILDINFO" ("SUBSCRIBED"))' : '';
  const name = quotedMailboxText(path, session.mode);
  session.tell(`LIST (${shown}) "${hierarchySeparator}" ${name}${childInfo}`);
  if (returns.status !== null) session.tell(mailboxStatus(session, mailbox, path, returns.status));
}
