/** Uploads (RFC 8620 §6.1): octets in, a blob id out. */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { dropRest } from '../body-progress.ts';
import { sendProblem, sendRefusal } from '../problem-details.ts';
import { actOf, callerOf } from '../route-access.ts';
import { coreLimits, sendLimit, soManyAtOnce } from './core-limits.ts';
import { UploadRefused, type Uploads } from './uploads.ts';

export function addUpload(app: FastifyInstance, uploads: Uploads): void {
  void app.register(async (inner) => {
    inner.removeAllContentTypeParsers();
    inner.addContentTypeParser('*', (_, payload, done) => done(null, payload));
    const options = {
      ...actOf('changeMail'),
      bodyLimit: coreLimits.maxSizeUpload,
      preParsing: soManyAtOnce('maxConcurrentUpload', ({ signedIn }) => signedIn.account),
    };
    inner.post('/jmap/upload/:accountId', options, async (request, reply) => {
      const { accountId } = request.params as { readonly accountId: string };
      const { account } = callerOf(request).signedIn;
      if (accountId !== account) return sendProblem(reply, 404, 'There is no such account for you.');
      try {
        const announced = Number(request.headers['content-length'] ?? 0);
        const { blobId, octets } = await uploads.keep(account, octetsOf(request.body), announced);
        const type = request.headers['content-type'] ?? 'application/octet-stream';
        return reply.code(201).send({ accountId, blobId, type, size: octets });
      } catch (error) {
        // Whoever has gone reads no answer, and that is no fault of ours.
        if (request.raw.destroyed && !request.raw.complete) return reply.hijack();
        if (!(error instanceof UploadRefused)) throw error;
        return refuse(request, reply, error);
      }
    });
  });
}

/** Giving up half-way leaves the connection open: it is still to be answered. */
function octetsOf(body: unknown): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  return body instanceof Readable ? body.iterator({ destroyOnReturn: false }) : [];
}

function refuse({ raw }: FastifyRequest, reply: FastifyReply, { why }: UploadRefused): FastifyReply {
  dropRest(raw);
  return why === 'tooLarge' ? sendLimit(reply, 'maxSizeUpload') : sendRefusal(reply, why);
}
