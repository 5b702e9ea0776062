/**
 * Every route names its act and is answered only where the table allows it. Nobody signs in by HTTP so far: whoever
 * asks is anybody, and what anybody may read here (`readState`) is public by decision.
 */
import type { FastifyInstance } from 'fastify';
import { type Act, acts, may, type Subject } from '../../policies/access.ts';

/** Options of a route: `app.get(path, actOf(act), handler)`. */
export function actOf(act: Act): { readonly config: { readonly act: Act } } {
  return { config: { act } };
}

const asker: Subject = { kind: 'anybody' };

/** Before the routes are added: one without an act stops the start. */
export function askForRoutes(app: FastifyInstance): void {
  app.addHook('onRoute', ({ url, config }) => {
    if (namedAct(config) === null) throw new Error(`the route ${url} names no act`);
  });
  app.addHook('preHandler', async (request, reply) => {
    const act = namedAct(request.routeOptions.config);
    // What is found nowhere has no act, and its answer says nothing.
    if (act === null || may(asker, act, { owner: null })) return;
    return reply.code(403).send({ error: 'This is not allowed for you.' });
  });
}

function namedAct(config: unknown): Act | null {
  const act = (config as { readonly act?: Act } | undefined)?.act;
  return act !== undefined && acts.includes(act) ? act : null;
}
