/** What went wrong with a session or a transaction, out of the errors of the protocol's library. Pure. */
import { oneLine, type PeerReply, peerReply } from './peer-reply.ts';

/** What became of one recipient of a transaction. */
export type RecipientOutcome =
  | { readonly kind: 'taken'; readonly reply: PeerReply }
  | { readonly kind: 'refused'; readonly reply: PeerReply }
  /** The connection ended. `mayBeTaken`: the final dot was on its way. */
  | { readonly kind: 'lost'; readonly mayBeTaken: boolean; readonly reply: PeerReply };

/** No session with this host came about. */
export class ConnectFailure extends Error {
  override readonly name = 'ConnectFailure';
  /** `unreachable`: nobody answers at the port. `tls`: the handshake failed. `refused`: the peer said no. */
  readonly kind: 'unreachable' | 'tls' | 'refused' | 'broken';
  readonly reply: PeerReply;
  constructor(kind: ConnectFailure['kind'], reply: PeerReply) {
    super(reply.text);
    this.kind = kind;
    this.reply = reply;
  }
}

/** `nodemailer`'s errors. */
export interface SmtpError extends Error {
  readonly code?: string | undefined;
  readonly originalCode?: string | undefined;
  readonly timeoutType?: string | undefined;
  readonly response?: string | undefined;
  readonly recipient?: string | undefined;
  /** That was answered. */
  readonly command?: string | undefined;
}

/** Of a recipient to whom the peer said nothing of its own. `isWhole`: the mail had been given to the socket. */
export function failedOutcome(error: SmtpError, isWhole: boolean): RecipientOutcome {
  const reply = replyOf(error);
  // An envelope that `nodemailer` itself refuses never reached the peer, and never will.
  if (error.code === 'EENVELOPE' && reply.code === 0) {
    return { kind: 'refused', reply: { ...reply, isPermanent: true } };
  }
  if (reply.code >= 400) return { kind: 'refused', reply };
  return { kind: 'lost', mayBeTaken: isWhole, reply };
}

export function connectFailure(error: SmtpError, inHandshake: boolean): ConnectFailure {
  const reply = replyOf(error);
  if (reply.code >= 400) return new ConnectFailure('refused', reply);
  if (inHandshake || error.code === 'ETLS') return new ConnectFailure('tls', reply);
  const cause = error.originalCode ?? '';
  const isUnreachable = /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EADDRNOTAVAIL)$/.test(cause);
  const timedOut = error.timeoutType === 'CONNECT_TIMEOUT';
  return new ConnectFailure(isUnreachable || timedOut ? 'unreachable' : 'broken', reply);
}

export function replyOf(error: SmtpError): PeerReply {
  if (error.response) return peerReply(error.response);
  return { code: 0, text: oneLine(error.message), isPermanent: false };
}
