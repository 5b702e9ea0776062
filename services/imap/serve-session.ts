import { capabilityText } from './capabilities.ts';
import { handlerOf, mayTellExpunges } from './command-table.ts';
import { append } from './commands/append.ts';
import type { ClientItem } from './connection.ts';
import type { ImapCommand } from './protocol/command.ts';
import type { OfferedMessage } from './protocol/reader-item.ts';
import { continuation, taggedReply, untaggedStatus } from './protocol/reply.ts';
import { bad, type Reply, unavailable } from './replies.ts';
import type { Session } from './session.ts';
import { maxFailedLogins } from './sign-in-session.ts';
import { tellChanges } from './tell-changes.ts';

/** Commands that make no sense, in a row, before the peer is taken for no mail program. */
const maxFailuresInARow = 20;

/** Runs a session from the greeting to its end. Never rejects. */
export async function serveSession(session: Session): Promise<void> {
  const { connection, services } = session;
  const greeting = `${services.settings.hostname} Muniment ready`;
  connection.out.text(untaggedStatus('OK', greeting, `CAPABILITY ${capabilityText(session)}`));
  try {
    await serveItems(session);
  } catch (error) {
    services.log.fault('an IMAP session failed', error);
    connection.abort();
  }
  session.deselect();
  await session.user?.recorder.close(endOf(session));
}

function endOf({ loggedOut, connection }: Session): 'logout' | 'idle' | 'revoked' | 'shutdown' | 'lost' {
  if (loggedOut) return 'logout';
  const { ended } = connection;
  return ended === 'idle' || ended === 'revoked' || ended === 'shutdown' ? ended : 'lost';
}

async function serveItems(session: Session): Promise<void> {
  const { connection } = session;
  let failures = 0;
  for (;;) {
    const item = await connection.nextItem();
    if (item === null) break;
    const understood = await serveItem(session, item);
    failures = understood ? 0 : failures + 1;
    if (failures >= maxFailuresInARow) {
      connection.out.text(untaggedStatus('BYE', 'This is no conversation'));
      break;
    }
    if (session.loggedOut || hasTriedEnough(session)) break;
    if (session.selected?.gone) {
      connection.out.text(untaggedStatus('BYE', 'The selected mailbox was deleted'));
      break;
    }
  }
  connection.close();
}

function hasTriedEnough({ user, failedLogins, connection }: Session): boolean {
  if (user !== null || failedLogins < maxFailedLogins) return false;
  connection.out.text(untaggedStatus('BYE', 'Too many failed logins'));
  return true;
}

/** False where the client said something that cannot be understood. */
async function serveItem(session: Session, item: ClientItem): Promise<boolean> {
  const { out } = session.connection;
  switch (item.kind) {
    case 'command':
      await perform(
        session,
        item.tag,
        () => runCommand(session, item.command, item.tag),
        mayTellExpunges(item.command),
      );
      return true;
    case 'message':
      await perform(session, item.tag, () => runAppend(session, item), true);
      return true;
    case 'continue':
      out.text(continuation('Ready for the literal'));
      return true;
    case 'failure':
      out.text(
        item.tag === '*'
          ? untaggedStatus(item.status, item.text)
          : taggedReply(item.tag, item.status, item.text, item.code),
      );
      return false;
    default:
      throw new Error(`${item.kind} outside of a command`);
  }
}

/** Runs one command and writes its end: what has changed, then the tagged reply. */
async function perform(
  session: Session,
  tag: string,
  run: () => Promise<Reply | null> | Reply | null,
  expungesToo: boolean,
): Promise<void> {
  let reply: Reply | null;
  try {
    reply = await run();
  } catch (error) {
    session.services.log.fault('an IMAP command failed', error);
    reply = unavailable;
  }
  if (reply === null) return;
  // RFC 9051 §5.2: what the server knows goes out at the end of every command that may carry it.
  tellChanges(session, expungesToo);
  session.connection.out.text(taggedReply(tag, reply.status, reply.text, reply.code ?? null));
  await session.connection.out.room();
}

function runCommand(
  session: Session,
  command: ImapCommand,
  tag: string,
): Promise<Reply | null> | Reply | null {
  const handler = handlerOf(command, session.state);
  return handler === null
    ? bad(`Not now: ${command.verb} does not belong here`)
    : handler(session, command as never, tag);
}

function runAppend(session: Session, offered: OfferedMessage): Promise<Reply> | Reply {
  if (session.user !== null) return append(session, offered);
  session.connection.refuseMessage();
  return bad('Not now: APPEND does not belong here');
}
