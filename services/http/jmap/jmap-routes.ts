/** The doors of JMAP: session, method calls, downloads (RFC 8620 §2, §3, §6.2). */
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { Identities } from '../../directory/identities.ts';
import type { Intake } from '../../intake.ts';
import type { MailboxRoom } from '../../mailstores/mailbox-room.ts';
import { dropRest } from '../body-progress.ts';
import type { HttpSession } from '../http-sessions.ts';
import { sendProblem } from '../problem-details.ts';
import { actOf, callerOf } from '../route-access.ts';
import { attachmentNamed } from './attachment-name.ts';
import { coreLimits, sendLimit, soManyAtOnce } from './core-limits.ts';
import { findBlob } from './download.ts';
import { addEventSource } from './event-source.ts';
import type { MailContext } from './mail-context.ts';
import { mailMethods } from './mail-methods.ts';
import { RequestProblem } from './problem.ts';
import { parseRequest } from './request.ts';
import { runRequest } from './run-request.ts';
import type { Sending } from './sending.ts';
import { capabilities, sessionObject, sessionState } from './session-object.ts';
import { type SupervisionStates, stateSources } from './state-sources.ts';
import { addUpload } from './upload-route.ts';
import type { Uploads } from './uploads.ts';
import { addView } from './view-route.ts';

const limits = { capabilities, maxCallsInRequest: coreLimits.maxCallsInRequest };
const jsonRequest = {
  bodyLimit: coreLimits.maxSizeRequest,
  preParsing: soManyAtOnce('maxConcurrentRequests', (caller) => caller),
};

export interface JmapParts {
  readonly uploads: Uploads;
  readonly intake: Intake;
  readonly room: MailboxRoom;
  readonly identities: Identities;
  readonly sending: Sending;
  readonly supervision: SupervisionStates;
  /** Told of faults of ours; the client gets no word of them. */
  report(failure: unknown): void;
}

export function addJmapRoutes(app: FastifyInstance, parts: JmapParts): void {
  app.get('/.well-known/jmap', actOf('readMail'), async (_, reply) => reply.redirect('/jmap/session', 307));
  app.get('/jmap/session', actOf('readMail'), async (request) => sessionObject(callerOf(request).signedIn));
  void app.register(async (inner) => {
    // The request's own text: JMAP says itself what is wrong with it.
    inner.removeAllContentTypeParsers();
    inner.addContentTypeParser('application/json', { parseAs: 'string' }, (_, body, done) =>
      done(null, body),
    );
    inner.setErrorHandler((error: Error & { code?: string }, request, reply) => {
      if (error.code !== 'FST_ERR_CTP_BODY_TOO_LARGE') throw error;
      dropRest(request.raw);
      reply.removeHeader('connection');
      return sendLimit(reply, 'maxSizeRequest');
    });
    inner.post('/jmap/api', { ...actOf('changeMail'), ...jsonRequest }, async (request, reply) => {
      const { signedIn } = callerOf(request);
      try {
        const asked = parseRequest(String(request.body ?? ''), limits);
        const context = contextOf(callerOf(request), request.ip, parts, new Map(asked.createdIds));
        const methodResponses = await runRequest(asked, mailMethods, context, (_, error) =>
          parts.report(error),
        );
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
  addUpload(app, parts.uploads);
  addDownload(app, parts.uploads);
  addView(app);
  addEventSource(app, stateSources(parts));
}

function contextOf(
  { signedIn, mail, recorder }: HttpSession,
  peer: string,
  { uploads, intake, room, identities, sending }: JmapParts,
  createdIds: Map<string, string>,
): MailContext {
  const { account, address, maxMessageOctets, maxRecipients } = signedIn;
  const octetsLeft = () => room.octetsLeft(account);
  const asker = { peer, address, maxMessageOctets, maxRecipients };
  return { account: mail, recorder, uploads, intake, identities, sending, octetsLeft, asker, createdIds };
}

function addDownload(app: FastifyInstance, uploads: Uploads): void {
  app.get('/jmap/download/:accountId/:blobId/:name', actOf('readMail'), async (request, reply) => {
    const { accountId, blobId, name } = request.params as Record<'accountId' | 'blobId' | 'name', string>;
    const { type } = request.query as { readonly type?: string };
    const isOwn = accountId === callerOf(request).signedIn.account;
    const uploaded = isOwn ? uploads.open(accountId, blobId) : null;
    const blob = uploaded ?? (isOwn ? await findBlob(callerOf(request), blobId) : null);
    if (blob === null) return sendProblem(reply, 404, 'There is no such blob for you.');
    if (blob === 'busy')
      return sendProblem(reply, 503, 'What is shown cannot be recorded now; try again later.');
    return reply
      .type(safeType(type))
      .header('content-disposition', attachmentNamed(name))
      .send(Readable.from('stream' in blob ? blob.stream : blob.open()));
  });
}

/** The client's word for it, where it is a media type at all. Nothing of it runs: see `security-headers.ts`. */
function safeType(type: string | undefined): string {
  const isType =
    type !== undefined && /^[\w.+-]{1,100}\/[\w.+-]{1,100}(?:; ?charset=[\w-]{1,40})?$/.test(type);
  return isType ? type : 'application/octet-stream';
}
