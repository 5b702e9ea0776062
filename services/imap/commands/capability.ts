import { capabilityText } from '../capabilities.ts';
import { ok, type Reply } from '../replies.ts';
import type { Session } from '../session.ts';

/** RFC 9051 §6.1.1. */
export function capability(session: Session): Reply {
  session.tell(`CAPABILITY ${capabilityText(session)}`);
  return ok('That is what this server can do');
}
