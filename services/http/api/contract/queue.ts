/** The mail that waits for other servers. */
import Type from 'typebox';
import { address, nullable, pageOf, pageQuery, reason, strictObject, timeMs, uuid } from './fields.ts';
import { route } from './route-declaration.ts';

export const deliveryItem = Type.Object({
  delivery: uuid,
  message: uuid,
  ordinal: Type.Integer(),
  recipient: Type.String(),
  state: Type.Enum(['waiting', 'attempting', 'completed', 'failed', 'expired', 'cancelled']),
  held: Type.Boolean(),
  dueAtMs: nullable(timeMs),
  queuedAtMs: timeMs,
  expiresAtMs: timeMs,
  changedAtMs: timeMs,
  attempts: Type.Integer(),
  unknownOutcomes: Type.Integer({
    description: 'attempts that may have brought a copy although nobody knows',
  }),
  class: nullable(Type.String({ description: 'class of the last reply' })),
  code: nullable(Type.Integer()),
  host: Type.String(),
  reply: Type.String(),
  tls: nullable(Type.Enum(['none', 'tls12', 'tls13'])),
  certificateValid: nullable(Type.Boolean()),
  reason: Type.String({ description: 'of the last thing that somebody asked for' }),
});

export const queueRoutes = {
  listQueue: route({
    method: 'GET',
    path: '/api/queue',
    act: 'traceMail',
    concerns: 'installation',
    summary: 'Lists the mail that waits for other servers, the longest waiting first.',
    query: strictObject({
      search: Type.Optional(Type.String({ maxLength: 320, description: 'part of the recipient’s address' })),
      all: Type.Optional(Type.Boolean({ description: 'what has left or come back as well' })),
      ...pageQuery,
    }),
    answer: Type.Intersect([
      pageOf(Type.Intersect([deliveryItem, Type.Object({ sender: Type.String(), subject: Type.String() })])),
      Type.Object({ waiting: Type.Integer({ description: 'waiting and under way, in all' }) }),
    ]),
  }),
  changeQueue: route({
    method: 'POST',
    path: '/api/queue/changes',
    act: 'manageQueue',
    concerns: 'installation',
    summary:
      'Retries, holds, releases, redirects or bounces deliveries, with a reason that stays in the log.',
    body: strictObject({
      deliveries: Type.Array(uuid, { minItems: 1, maxItems: 500, uniqueItems: true }),
      change: Type.Enum(['retry', 'hold', 'release', 'redirect', 'bounce']),
      reason,
      to: Type.Optional(address),
    }),
    answer: Type.Object({
      done: Type.Array(uuid),
      refused: Type.Array(Type.Object({ delivery: uuid, code: Type.String() })),
    }),
    blames: { addressInvalid: 'to' },
  }),
} as const;
