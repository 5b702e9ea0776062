/** What a peer answered, in one line, as it is recorded and shown. Pure. */

export interface PeerReply {
  /** RFC 5321 §4.2; 0 where it is our own no. */
  readonly code: number;
  /** Code, enhanced status and words of all its lines. */
  readonly text: string;
  readonly isPermanent: boolean;
}

/** A peer may talk at length; nobody reads more of it. */
const maxReplyCharacters = 1000;

/** `reply`: its lines, with their codes. */
export function peerReply(reply: string): PeerReply {
  const code = Number(/^\d{3}/.exec(reply)?.[0] ?? 0);
  const [first = '', ...rest] = reply.split(/\r?\n/).map((line) => line.trim());
  // Each line repeats code and status; what the others add are the words behind them.
  const words = rest.map((line) => line.replace(/^\d{3}[ -]?(?:[245]\.\d{1,3}\.\d{1,3} ?)?/, ''));
  const text = oneLine([first.replace(/^(\d{3})-/, '$1 '), ...words].join(' '));
  return { code, text, isPermanent: code >= 500 };
}

/** No control character of a peer reaches a terminal, a report or a record. */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .toWellFormed()
    .trim()
    .slice(0, maxReplyCharacters);
}
