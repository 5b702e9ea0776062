import { ok, type Reply } from '../replies.ts';
import type { Session } from '../session.ts';

/** RFC 9051 §6.4.2. */
export function unselect(session: Session): Reply {
  session.deselect();
  return ok('Closed, and nothing removed');
}
