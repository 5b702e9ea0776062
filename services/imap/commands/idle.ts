import { continuation } from '../protocol/reply.ts';
import { bad, ok, type Reply, unavailable } from '../replies.ts';
import type { Session } from '../session.ts';
import { tellChanges } from '../tell-changes.ts';

/** How often a client that waits hears something, so that neither end nor a router in between forgets the other. */
const noticeIntervalMs = 120_000;

/** RFC 9051 §6.3.13: changes are told as they happen, until the client says DONE. */
export async function idle(session: Session): Promise<Reply> {
  const { connection } = session;
  connection.out.text(continuation('idling'));
  tellChanges(session, true);
  session.notify = tellSoon(session);
  const notices = setInterval(() => {
    connection.out.text('* OK Still here\r\n');
    connection.out.flush();
  }, noticeIntervalMs);
  const line = await connection.nextLine();
  clearInterval(notices);
  session.notify = null;
  if (line === null) return unavailable;
  return line.toUpperCase() === 'DONE' ? ok('No longer idle') : bad('Expected DONE');
}

/** Tells what came in one turn of the event loop in one write. */
function tellSoon(session: Session): () => void {
  let planned = false;
  return () => {
    if (planned) return;
    planned = true;
    setImmediate(async () => {
      // What a slow peer has not taken is not added to: changes wait folded together, output does not.
      await session.connection.out.room();
      planned = false;
      if (session.notify !== null) tellNow(session);
    });
  };
}

function tellNow(session: Session): void {
  const { connection } = session;
  if (session.selected?.gone) {
    connection.endWith('broken', 'The selected mailbox was deleted');
    return;
  }
  tellChanges(session, true);
  connection.out.flush();
}
