/** Signing in and out for browsers: `/api/session`. */
import type { FastifyInstance } from 'fastify';
import { isRefusal } from '../domain/refusals.ts';
import { askerOf, cookieOf, setCookie } from './authenticate.ts';
import type { HttpSessions } from './http-sessions.ts';
import { sendRefusal } from './problem-details.ts';
import { actOf, callerOf } from './route-access.ts';

const credentials = {
  type: 'object',
  required: ['login', 'password'],
  additionalProperties: false,
  properties: {
    login: { type: 'string', minLength: 1, maxLength: 320 },
    password: { type: 'string', minLength: 1, maxLength: 1024 },
  },
} as const;

export function addSessionRoutes(app: FastifyInstance, sessions: HttpSessions): void {
  app.post('/api/session', { ...actOf('signIn'), schema: { body: credentials } }, async (request, reply) => {
    const { login, password } = request.body as { readonly login: string; readonly password: string };
    const outcome = await sessions.signIn(login, password, askerOf(request));
    if (isRefusal(outcome)) return sendRefusal(reply, outcome.refused);
    setCookie(reply, outcome.token, request.protocol === 'https');
    return reply.code(204).send();
  });
  app.get('/api/session', actOf('readMail'), async (request) => {
    const { account, address, realName, roles } = callerOf(request).signedIn;
    return { account, address, realName, roles };
  });
  app.delete('/api/session', actOf('signIn'), async (request, reply) => {
    const token = cookieOf(request);
    if (token !== null) await sessions.signOut(token);
    setCookie(reply, null, request.protocol === 'https');
    return reply.code(204).send();
  });
}
