/**
 * The built pages of `web/dist`: the webmail at `/`, the console at `/console/`, what they are made of below `/assets/`, and the
 * pages of the frames in which mails are shown and written, each with a policy of its own on what it may load.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { actOf } from './route-access.ts';

/** Where `bin/build-pages` puts them. */
export const builtPages = fileURLToPath(new URL('../../web/dist', import.meta.url));

const webmailPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "frame-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/**
 * A mail brings its own style and pictures and nothing else: no script, no form, no font, no request, whatever the
 * cleaning of its HTML has missed.
 */
function mailFramePolicy(pictures: string): string {
  return [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    `img-src data: blob:${pictures}`,
    "frame-ancestors 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    'sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox',
  ].join('; ');
}

/** The editor runs there and nothing else; what a quoted mail brings along has its styles and its own pictures. */
const writingFramePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'unsafe-inline'",
  'img-src data: blob:',
  "frame-ancestors 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

interface Frame {
  readonly path: string;
  readonly page: string;
  readonly policy: string;
}

/** A mail's frame without and with pictures from elsewhere, and the editor's. */
const frames: readonly Frame[] = [
  { path: '/mail-frame', page: 'mail-frame.html', policy: mailFramePolicy('') },
  { path: '/mail-frame-with-pictures', page: 'mail-frame.html', policy: mailFramePolicy(' https: http:') },
  { path: '/writing-frame', page: 'writing-frame.html', policy: writingFramePolicy },
];

/** Assets have the digest of their content in their names. */
const forEver = 'public, max-age=31536000, immutable';

export function addPages(app: FastifyInstance, folder: string = builtPages): void {
  void app.register(async (inner) => {
    await inner.register(fastifyStatic, { root: folder, serve: false, cacheControl: false });
    inner.get('/', actOf('loadPages'), async (_, reply) => {
      // Started without `npm start`: what runs is said all the same.
      if (!existsSync(join(folder, 'index.html'))) return reply.redirect('/status', 302);
      return reply.header('content-security-policy', webmailPolicy).sendFile('index.html');
    });
    inner.get('/console', actOf('loadPages'), async (_, reply) => reply.redirect('/console/', 308));
    inner.get('/console/', actOf('loadPages'), async (_, reply) => {
      if (!existsSync(join(folder, 'console.html'))) return reply.redirect('/status', 302);
      return reply.header('content-security-policy', webmailPolicy).sendFile('console.html');
    });
    inner.get('/assets/*', actOf('loadPages'), async (request, reply) => {
      const { '*': name } = request.params as { readonly '*': string };
      return reply.header('cache-control', forEver).sendFile(`assets/${name}`);
    });
    for (const { path, page, policy } of frames) {
      inner.get(path, actOf('loadPages'), async (_, reply) =>
        reply
          .header('content-security-policy', policy)
          .header('x-frame-options', 'SAMEORIGIN')
          .sendFile(page),
      );
    }
  });
}
