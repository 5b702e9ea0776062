import { ok, type Reply } from '../replies.ts';

/** NOOP and CHECK (RFC 9051 §6.1.2, RFC 3501 §6.4.1): what has changed is told by whoever runs the command. */
export function noop(): Reply {
  return ok('Nothing done');
}
