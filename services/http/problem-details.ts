/** Errors of HTTP as RFC 9457 has them. */
import type { FastifyReply } from 'fastify';
import { type RefusalCode, refusals } from '../domain/refusals.ts';
import { ownPageHeader } from './own-page.ts';

/** Status of each refusal; 422 where nothing fits better. */
const statusOf: Readonly<Partial<Record<RefusalCode, number>>> = {
  credentialsWrong: 401,
  accountFrozen: 403,
  notPermitted: 403,
  tooManyAttempts: 429,
  serverBusy: 503,
  accountNotFound: 404,
  domainNotFound: 404,
  addressNotFound: 404,
  departmentNotFound: 404,
  mailboxNotFound: 404,
  messageNotFound: 404,
  approvalNotFound: 404,
  approvalEnded: 409,
  modifiedMeanwhile: 409,
  addressTaken: 409,
  domainTaken: 409,
  departmentExists: 409,
  mailboxExists: 409,
  messageTooLarge: 413,
  requestTooLarge: 413,
  overQuota: 507,
  diskLow: 507,
  storageFailed: 503,
};

const mediaType = 'application/problem+json';

export function sendRefusal(reply: FastifyReply, code: RefusalCode): FastifyReply {
  const status = statusOf[code] ?? 422;
  // A browser would ask for the password in a window of its own.
  const isOwnPage = reply.request.headers[ownPageHeader] !== undefined;
  if (status === 401 && !isOwnPage)
    reply.header('www-authenticate', 'Basic realm="Muniment", charset="UTF-8"');
  return sendProblem(reply, status, refusals[code], { code });
}

export function sendProblem(
  reply: FastifyReply,
  status: number,
  detail: string,
  more: Readonly<Record<string, unknown>> = {},
): FastifyReply {
  return reply
    .code(status)
    .type(mediaType)
    .send({ status, detail, ...more });
}
