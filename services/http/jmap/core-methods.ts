/** What JMAP Core itself offers (RFC 8620 §4). */
import type { CallContext, MethodEntry } from './run-request.ts';

export const coreCapability = 'urn:ietf:params:jmap:core';

/** `Core/echo` (§4): the arguments come back as they are. */
export const coreEcho: MethodEntry<CallContext> = {
  capability: coreCapability,
  run: async (args) => args,
};
