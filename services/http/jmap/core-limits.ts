/** Limits of the session object (RFC 8620 §2), and how a request hears that it is over one of them (§3.6.1). */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Concurrency } from '../../concurrency.ts';
import type { HttpSession } from '../http-sessions.ts';
import { sendProblem } from '../problem-details.ts';
import { callerOf } from '../route-access.ts';

/** In octets and pieces. */
export const coreLimits = {
  maxSizeUpload: 50_000_000,
  /** Of one account: what comes in takes room on the disk. */
  maxConcurrentUpload: 4,
  maxSizeRequest: 10_000_000,
  /** Of one session, so that no program is refused for what another one does. */
  maxConcurrentRequests: 8,
  maxCallsInRequest: 32,
  maxObjectsInGet: 500,
  maxObjectsInSet: 500,
} as const;

export function sendLimit(reply: FastifyReply, limit: keyof typeof coreLimits): FastifyReply {
  const isSize = limit.startsWith('maxSize');
  const detail = `The limit ${limit} of the session object is ${coreLimits[limit]}.`;
  return sendProblem(reply, isSize ? 413 : 429, detail, { type: 'urn:ietf:params:jmap:error:limit', limit });
}

/** A hook `preParsing`, before the body is read: so many requests at once, from their beginning to their answer's end. */
export function soManyAtOnce(
  limit: 'maxConcurrentUpload' | 'maxConcurrentRequests',
  whose: (caller: HttpSession) => unknown,
): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined> {
  const underWay = new Concurrency<unknown>();
  return async (request, reply) => {
    const key = whose(callerOf(request));
    if (!underWay.enter(key, coreLimits[limit])) return sendLimit(reply, limit);
    reply.raw.once('close', () => underWay.leave(key));
    return undefined;
  };
}
