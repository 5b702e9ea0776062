/** What JMAP Core itself offers (RFC 8620 §4). */
import type { CallContext, MethodEntry } from './run-request.ts';

export const coreCapability = 'urn:ietf:params:jmap:core';

/** Limits of the session object (RFC 8620 §2), in octets and pieces. */
export const coreLimits = {
  maxSizeUpload: 50_000_000,
  maxConcurrentUpload: 4,
  maxSizeRequest: 10_000_000,
  maxConcurrentRequests: 8,
  maxCallsInRequest: 32,
  maxObjectsInGet: 500,
  maxObjectsInSet: 500,
} as const;

/** `Core/echo` (§4): the arguments come back as they are. */
export const coreEcho: MethodEntry<CallContext> = {
  capability: coreCapability,
  run: async (args) => args,
};
