/**
 * Every route names its act and is answered only where the table allows it to whoever asks: somebody who has signed
 * in, for what is their own, or anybody.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Act, acts, may, type Subject } from '../../policies/access.ts';
import { isRefusal } from '../domain/refusals.ts';
import { subjectOf } from '../sign-in/sign-in.ts';
import { authenticate } from './authenticate.ts';
import type { HttpSession, HttpSessions } from './http-sessions.ts';
import { sendRefusal } from './problem-details.ts';

/** Options of a route: `app.get(path, actOf(act), handler)`. */
export function actOf(act: Act): { readonly config: { readonly act: Act } } {
  return { config: { act } };
}

const anybody: Subject = { kind: 'anybody' };
const callers = new WeakMap<FastifyRequest, HttpSession>();

/** Whose session a request is in, on a route of an act that is not anybody's. */
export function callerOf(request: FastifyRequest): HttpSession {
  const caller = callers.get(request);
  if (!caller) throw new Error(`${request.routeOptions.url} is answered to anybody`);
  return caller;
}

/** Before the routes are added: one without an act stops the start. */
export function askForRoutes(app: FastifyInstance, sessions: HttpSessions): void {
  app.addHook('onRoute', ({ url, config }) => {
    if (namedAct(config) === null) throw new Error(`the route ${url} names no act`);
  });
  // Before the body is read: nobody fills the memory who has not signed in.
  app.addHook('onRequest', async (request, reply) => {
    const act = namedAct(request.routeOptions.config);
    // What is found nowhere has no act, and its answer says nothing.
    if (act === null || may(anybody, act, { owner: null })) return;
    const caller = await authenticate(request, sessions);
    if (caller === null) return sendRefusal(reply, 'credentialsWrong');
    if (isRefusal(caller)) return sendRefusal(reply, caller.refused);
    const { signedIn } = caller;
    if (!may(subjectOf(signedIn), act, { owner: signedIn.account }))
      return sendRefusal(reply, 'notPermitted');
    callers.set(request, caller);
  });
}

function namedAct(config: unknown): Act | null {
  const act = (config as { readonly act?: Act } | undefined)?.act;
  return act !== undefined && acts.includes(act) ? act : null;
}
