import { taggedReply } from '../protocol/reply.ts';
import { bad, type Reply } from '../replies.ts';
import type { Session } from '../session.ts';

/** RFC 9051 §6.2.1. Null: the reply has gone out before the handshake, in the clear. */
export function startTls(session: Session, tag: string): Reply | null {
  if (session.connection.secure) return bad('TLS is on already');
  const announcement = taggedReply(tag, 'OK', 'Begin TLS');
  session.connection.startTls(session.services.secureContext(), announcement);
  // RFC 9051 §6.2.1: what was learnt before TLS is forgotten.
  session.program = '';
  return null;
}
