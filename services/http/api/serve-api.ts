/** All routes of `/api/`, each as it is declared: let in, counted, validated, recorded, answered. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { may } from '../../../policies/access.ts';
import { Refused } from '../../domain/refusals.ts';
import { isShownAct } from '../../domain/session.ts';
import { isSafe } from '../authenticate.ts';
import { sendProblem, sendRefusal } from '../problem-details.ts';
import { actOf, callerOf, isOpen } from '../route-access.ts';
import { answerCall } from './answer-call.ts';
import type { Handler } from './api-call.ts';
import { apiHandlers } from './api-handlers.ts';
import type { ApiDoor, ApiHouse, ApiParts } from './api-parts.ts';
import { apiContract } from './contract/api-contract.ts';
import { isFileAnswer, type RouteDeclaration } from './contract/route-declaration.ts';
import { RequestInvalid } from './request-problems.ts';
import { TokenBuckets } from './token-buckets.ts';

export function addApi(app: FastifyInstance, house: ApiHouse, own: ApiDoor): void {
  void app.register(async (inner) => {
    inner.setErrorHandler((error: FastifyError, request, reply) => answerFault(error, request, reply, own));
    limitRate(inner);
    const parts: ApiParts = Object.assign(Object.create(house) as ApiHouse, own);
    for (const [name, declared] of Object.entries(apiContract)) {
      const handler = apiHandlers[name as keyof typeof apiHandlers] as unknown as Handler<RouteDeclaration>;
      addRoute(inner, declared, handler, parts);
    }
  });
}

function addRoute(
  app: FastifyInstance,
  declared: RouteDeclaration,
  handler: Handler<RouteDeclaration>,
  parts: ApiParts,
): void {
  const { method, path, act, concerns, params, query, body, answer, maxBodyOctets } = declared;
  if (isSafe(method) && !isShownAct(act) && !isOpenAct(act))
    throw new Error(`${path}: ${act} is not among the acts of RecordsShown (services/domain/session.ts)`);
  app.route({
    method,
    url: path,
    config: { ...actOf(act, concerns === 'installation').config, declared },
    ...(maxBodyOctets !== undefined && { bodyLimit: maxBodyOctets }),
    schema: {
      ...(params && { params }),
      ...(query && { querystring: query }),
      ...(body && { body }),
      ...(answer !== null && !isFileAnswer(answer) && { response: { 200: answer } }),
    },
    handler: (request, reply) => answerCall(request, reply, { declared, handler, parts }),
  });
}

function isOpenAct(act: RouteDeclaration['act']): boolean {
  return may({ kind: 'anybody' }, act, { owner: null });
}

/** Behind the question who it is, so that one account cannot use up another's share. */
function limitRate(app: FastifyInstance): void {
  const limit = new TokenBuckets();
  app.addHook('onRequest', async (request, reply) => {
    const asker = isOpen(request) ? request.ip : callerOf(request).signedIn.account;
    const { declared } = request.routeOptions.config as { readonly declared?: RouteDeclaration };
    const kind = declared?.rate ?? (isSafe(request.method) ? 'read' : 'change');
    const waitSeconds = limit.take(asker, kind, Date.now());
    if (waitSeconds === 0) return;
    reply.header('retry-after', waitSeconds);
    return sendProblem(reply, 429, `Too many requests; go on in ${waitSeconds} seconds.`, {
      code: 'tooManyRequests',
    });
  });
}

function answerFault(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
  { report }: Pick<ApiDoor, 'report'>,
): FastifyReply {
  if (error instanceof RequestInvalid)
    return sendProblem(reply, 400, error.message, { code: 'requestInvalid', problems: error.problems });
  if (error instanceof Refused) return answerRefused(error, request, reply);
  const status = error.statusCode ?? 500;
  if (status < 500) return sendProblem(reply, status, error.message, { code: 'requestInvalid' });
  report(error);
  return sendProblem(reply, 500, 'The server failed; try again later.', { code: 'serverFailed' });
}

/** Names the member that the refusal is about, where the route says which that is. */
function answerRefused({ refusal }: Refused, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { refused, detail, problems } = refusal;
  const { declared } = request.routeOptions.config as { readonly declared?: RouteDeclaration };
  const field = declared?.blames?.[refused];
  const place = declared?.body ? 'body' : 'query';
  return sendRefusal(reply, refused, {
    ...(detail !== undefined && { about: detail }),
    ...(field !== undefined && {
      problems: (problems ?? [{ at: '', says: detail ?? '' }]).map(({ at, says }) => ({
        in: place,
        field: at === '' ? field : `${field} › ${at}`,
        detail: says,
      })),
    }),
  });
}
