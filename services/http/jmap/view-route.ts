/** Files that the browser shows itself, in a frame of the webmail: PDF, and nothing else under its name. */
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { sendProblem } from '../problem-details.ts';
import { actOf, callerOf } from '../route-access.ts';
import { viewedHeaders } from '../viewed-file.ts';
import { findBlob } from './download.ts';

export function addView(app: FastifyInstance): void {
  app.get('/jmap/view/:accountId/:blobId/:name', actOf('readMail'), async (request, reply) => {
    const { accountId, blobId, name } = request.params as Record<'accountId' | 'blobId' | 'name', string>;
    const isOwn = accountId === callerOf(request).signedIn.account;
    const blob = isOwn ? await findBlob(callerOf(request), blobId) : null;
    if (blob === null) return sendProblem(reply, 404, 'There is no such blob for you.');
    if (blob === 'busy')
      return sendProblem(reply, 503, 'What is shown cannot be recorded now; try again later.');
    return reply
      .type('application/pdf')
      .headers(viewedHeaders)
      .header('content-disposition', `inline; filename*=UTF-8''${encodeURIComponent(name)}`)
      .send(Readable.from(blob.open()));
  });
}
