/** Files that the browser shows itself, in a frame of the webmail: PDF, and nothing else under its name. */
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { sendProblem } from '../problem-details.ts';
import { actOf, callerOf } from '../route-access.ts';
import { findBlob } from './download.ts';

/** The browser's own viewer draws it; whatever is in the file loads nothing. */
const viewPolicy = [
  "default-src 'none'",
  "object-src 'self'",
  "style-src 'unsafe-inline'",
  "frame-ancestors 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

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
      .header('content-security-policy', viewPolicy)
      .header('x-frame-options', 'SAMEORIGIN')
      .header('content-disposition', `inline; filename*=UTF-8''${encodeURIComponent(name)}`)
      .send(Readable.from(blob.open()));
  });
}
