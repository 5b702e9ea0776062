import { hierarchySeparator } from '../protocol/mailbox-name.ts';
import { ok, type Reply } from '../replies.ts';
import type { Session } from '../session.ts';

/** RFC 9051 §6.3.10: one's own mailboxes, at the root. */
export function namespace(session: Session): Reply {
  session.tell(`NAMESPACE (("" "${hierarchySeparator}")) NIL NIL`);
  return ok('That is where mailboxes are');
}
