/** The doors of JMAP: session, method calls, downloads (RFC 8620 §2, §3, §6.2). */
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { sendProblem } from '../problem-details.ts';
import { actOf, callerOf } from '../route-access.ts';
import { coreLimits } from './core-methods.ts';
import { openBlob } from './download.ts';
import { addEventSource } from './event-source.ts';
import { mailMethods } from './mail-methods.ts';
import { RequestProblem } from './problem.ts';
import { parseRequest } from './request.ts';
import { runRequest } from './run-request.ts';
import { capabilities, sessionObject, sessionState } from './session-object.ts';

const limits = { capabilities, maxCallsInRequest: coreLimits.maxCallsInRequest };
const jsonOctets = { bodyLimit: coreLimits.maxSizeRequest };

export function addJmapRoutes(app: FastifyInstance, report: (failure: unknown) => void): void {
  app.get('/.well-known/jmap', actOf('readMail'), async (_, reply) => reply.redirect('/jmap/session', 307));
  app.get('/jmap/session', actOf('readMail'), async (request) => sessionObject(callerOf(request).signedIn));
  void app.register(async (inner) => {
    // The request's own text: JMAP says itself what is wrong with it.
    inner.removeAllContentTypeParsers();
    inner.addContentTypeParser('*', { parseAs: 'string' }, (_, body, done) => done(null, body));
    inner.post('/jmap/api', { ...actOf('readMail'), ...jsonOctets }, async (request, reply) => {
      const { signedIn, mail: account, recorder } = callerOf(request);
      try {
        const asked = parseRequest(String(request.body ?? ''), limits);
        const context = { account, recorder, createdIds: new Map(asked.createdIds) };
        const methodResponses = await runRequest(asked, mailMethods, context, (_, error) => report(error));
        return {
          methodResponses: methodResponses.map(({ name, arguments: args, callId }) => [name, args, callId]),
          ...(asked.createdIds && { createdIds: Object.fromEntries(context.createdIds) }),
          sessionState: sessionState(signedIn.account, signedIn.address),
        };
      } catch (error) {
        if (!(error instanceof RequestProblem)) throw error;
        const type = `urn:ietf:params:jmap:error:${error.type}`;
        return sendProblem(reply, 400, error.message, { type, ...(error.limit && { limit: error.limit }) });
      }
    });
  });
  addDownload(app);
  addEventSource(app);
}

function addDownload(app: FastifyInstance): void {
  app.get('/jmap/download/:accountId/:blobId/:name', actOf('readMail'), async (request, reply) => {
    const { accountId, blobId, name } = request.params as Record<'accountId' | 'blobId' | 'name', string>;
    const { type } = request.query as { readonly type?: string };
    const blob = await openBlob(callerOf(request), accountId, blobId);
    if (blob === null) return sendProblem(reply, 404, 'There is no such blob for you.');
    if (blob === 'busy')
      return sendProblem(reply, 503, 'What is shown cannot be recorded now; try again later.');
    return reply
      .type(safeType(type))
      .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(name)}`)
      .header('cache-control', 'private, max-age=31536000, immutable')
      .send(Readable.from(blob));
  });
}

/** The client's word for it, where it is a media type at all. Nothing of it runs: see `security-headers.ts`. */
function safeType(type: string | undefined): string {
  const isType =
    type !== undefined && /^[\w.+-]{1,100}\/[\w.+-]{1,100}(?:; ?charset=[\w-]{1,40})?$/.test(type);
  return isType ? type : 'application/octet-stream';
}
