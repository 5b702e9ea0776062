/** HTTP sessions of a house in which nobody can sign in, for tests of what anybody may see. */

import { refuse } from '../../services/domain/refusals.ts';
import type { HttpParts } from '../../services/http/http-server.ts';
import { type HttpSessionParts, HttpSessions } from '../../services/http/http-sessions.ts';

export function noSessions(): HttpSessions {
  const parts = {
    signIn: { signIn: async () => refuse('credentialsWrong'), onRevoked: () => () => {} },
    recorder: { peerRefused: () => {} },
  };
  return new HttpSessions(parts as unknown as HttpSessionParts);
}

/** Nobody gets as far as to need them. */
export const untouched = {} as unknown as HttpParts['jmap'];
