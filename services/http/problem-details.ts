/** Errors of HTTP as RFC 9457 has them. */
import { STATUS_CODES } from 'node:http';
import type { FastifyReply } from 'fastify';
import { type RefusalCode, refusals } from '../domain/refusals.ts';
import { ownPageHeader } from './own-page.ts';

/** Status of each refusal; 422 where nothing fits better. */
const statusOf: Readonly<Partial<Record<RefusalCode, number>>> = {
  credentialsWrong: 401,
  secondFactorNeeded: 401,
  secondFactorWrong: 401,
  applicationPasswordNeeded: 401,
  applicationPasswordNotFound: 404,
  secondFactorOn: 409,
  secondFactorOff: 409,
  applicationPasswordLimit: 409,
  accountFrozen: 403,
  notPermitted: 403,
  notSupervisor: 403,
  reasonMissing: 403,
  tooManyAttempts: 429,
  serverBusy: 503,
  accountNotFound: 404,
  domainNotFound: 404,
  addressNotFound: 404,
  departmentNotFound: 404,
  mailboxNotFound: 404,
  messageNotFound: 404,
  approvalNotFound: 404,
  supervisionNotFound: 404,
  deliveryNotFound: 404,
  ruleNotFound: 404,
  setUpEnded: 410,
  sessionNotFound: 404,
  ruleNameTaken: 409,
  approvalEnded: 409,
  supervisionReviewed: 409,
  deliveryEnded: 409,
  deliveryUnderway: 409,
  deliveryHeld: 409,
  modifiedMeanwhile: 409,
  // RFC 9110 §15.5.13: the revision of If-Match is not that of today.
  changedMeanwhile: 412,
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

/** What the caller may know besides the refusal's own sentence. */
export type MoreOfProblem = Readonly<Record<string, unknown>>;

export function sendRefusal(reply: FastifyReply, code: RefusalCode, more: MoreOfProblem = {}): FastifyReply {
  const status = statusOf[code] ?? 422;
  // A browser would ask for the password in a window of its own.
  const isOwnPage = reply.request.headers[ownPageHeader] !== undefined;
  if (status === 401 && !isOwnPage)
    reply.header('www-authenticate', 'Basic realm="Muniment", charset="UTF-8"');
  return sendProblem(reply, status, refusals[code], { code, ...more });
}

/** Without a `type` it is `about:blank`, and its title the status's own (RFC 9457 §4.2.1). */
export function sendProblem(
  reply: FastifyReply,
  status: number,
  detail: string,
  more: MoreOfProblem = {},
): FastifyReply {
  return reply
    .code(status)
    .type(mediaType)
    .send({ title: STATUS_CODES[status], status, detail, ...more });
}
