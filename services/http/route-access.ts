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

interface RouteConfig {
  readonly act: Act;
  /** Asked of the table as belonging to nobody; otherwise as the caller's own. */
  readonly isInstallations?: boolean;
}

/** Options of a route: `app.get(path, actOf(act), handler)`. */
export function actOf(act: Act, isInstallations = false): { readonly config: RouteConfig } {
  return { config: { act, isInstallations } };
}

const anybody: Subject = { kind: 'anybody' };
const callers = new WeakMap<FastifyRequest, HttpSession>();

/** Whose session a request is in, on a route of an act that is not anybody's. */
export function callerOf(request: FastifyRequest): HttpSession {
  const caller = callers.get(request);
  if (!caller) throw new Error(`${request.routeOptions.url} is answered to anybody`);
  return caller;
}

/** Whether a request is on a route of an act that is anybody's. */
export function isOpen(request: FastifyRequest): boolean {
  const act = namedAct(request.routeOptions.config);
  return act !== null && may(anybody, act, { owner: null });
}

export interface AskedRoute extends Required<RouteConfig> {
  readonly method: string;
  readonly url: string;
}

const askedRoutes = new WeakMap<FastifyInstance, AskedRoute[]>();

/** Every route of an application, with what the table is asked for it; complete when the application is ready. */
export function routesAskedFor(app: FastifyInstance): readonly AskedRoute[] {
  return askedRoutes.get(app) ?? [];
}

/** Before the routes are added: one without an act stops the start. */
export function askForRoutes(app: FastifyInstance, sessions: HttpSessions): void {
  const asked: AskedRoute[] = [];
  askedRoutes.set(app, asked);
  app.addHook('onRoute', ({ method, url, config }) => {
    const act = namedAct(config);
    if (act === null) throw new Error(`the route ${url} names no act`);
    const { isInstallations = false } = config as Partial<RouteConfig>;
    for (const each of [method].flat()) asked.push({ method: each, url, act, isInstallations });
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
    const { isInstallations } = request.routeOptions.config as Partial<RouteConfig>;
    const owner = isInstallations ? null : signedIn.account;
    if (!may(subjectOf(signedIn), act, { owner })) return sendRefusal(reply, 'notPermitted');
    callers.set(request, caller);
  });
}

function namedAct(config: unknown): Act | null {
  const act = (config as { readonly act?: Act } | undefined)?.act;
  return act !== undefined && acts.includes(act) ? act : null;
}
