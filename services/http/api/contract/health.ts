/** How the server is doing: what `/healthz` says, always with 200, so that a page can show it. */
import Type from 'typebox';
import { nullable, timeMs } from './fields.ts';
import { route } from './route-declaration.ts';

const state = Type.Enum(['ok', 'degraded', 'red']);

export const healthRoutes = {
  showHealth: route({
    method: 'GET',
    path: '/api/health',
    act: 'readState',
    concerns: 'installation',
    summary: 'Says how the server is doing: counts and states, no names and no mail.',
    answer: Type.Object({
      state,
      checkedAtMs: timeMs,
      projections: Type.Object({
        state,
        each: Type.Array(Type.Object({ name: Type.String(), state, lagPositions: Type.Integer() })),
      }),
      recorder: Type.Object({ state, waitingFacts: Type.Integer(), oldestMs: Type.Number() }),
      reactions: Type.Object({
        state,
        each: Type.Array(Type.Object({ name: Type.String(), state: Type.Enum(['running', 'failing']) })),
      }),
      disk: Type.Object({ state, freeOctets: Type.Optional(Type.Integer()) }),
      ledger: Type.Object({ state, unsealedLeaves: Type.Integer(), headAgeMs: nullable(Type.Number()) }),
      mail: Type.Object({
        state,
        messages: Type.Optional(Type.Integer()),
        stuck: Type.Optional(Type.Integer()),
      }),
    }),
  }),
} as const;
