/** Who was here, who was refused, and who saw what. */
import Type from 'typebox';
import { nullable, pageOf, pageQuery, strictObject, timeMs, uuid } from './fields.ts';
import { route } from './route-declaration.ts';

const access = Type.Object({
  position: Type.Integer(),
  atMs: timeMs,
  by: Type.String({ description: 'address of whoever it was' }),
  byName: Type.String(),
  owner: nullable(Type.String({ description: 'address of whose it was; null: the installation’s' })),
  kind: Type.Enum(['opened', 'read', 'searched', 'shown', 'acted']),
  items: Type.String({ description: 'what of the mails was shown, the mode of opening, or the act' }),
  count: Type.Integer({ description: 'messages, or times' }),
  query: Type.String(),
  message: nullable(uuid),
  rules: Type.Array(Type.String({ description: 'name of a rule that put the mail before whoever it was' })),
  reason: Type.String({ description: 'why, where that was asked; otherwise empty' }),
  protocol: nullable(Type.String()),
  peer: nullable(Type.String()),
});

const login = Type.Object({
  session: uuid,
  protocol: Type.String(),
  openedAtMs: timeMs,
  closedAtMs: nullable(timeMs),
  ended: nullable(Type.String()),
  peer: Type.String(),
  program: Type.String(),
  isOpen: Type.Boolean({ description: 'by HTTP, and not ended' }),
  isThis: Type.Boolean({ description: 'the session that asks' }),
});

const time = { fromMs: Type.Optional(timeMs), untilMs: Type.Optional(timeMs) };

export const accessRoutes = {
  listOwnAccesses: route({
    method: 'GET',
    path: '/api/own/accesses',
    act: 'readAccessLog',
    concerns: 'own',
    summary: 'Tells who has seen one’s own mail, newest first.',
    query: strictObject({
      others: Type.Optional(Type.Boolean({ description: 'leaves out what one has seen oneself' })),
      message: Type.Optional(uuid),
      ...time,
      ...pageQuery,
    }),
    answer: pageOf(access),
  }),
  listAccesses: route({
    method: 'GET',
    path: '/api/accesses',
    act: 'readAccessLog',
    concerns: 'installation',
    summary: 'Tells who has seen what in whose mailbox, newest first.',
    query: strictObject({
      account: Type.Optional(Type.String({ maxLength: 320, description: 'address of whoever it was' })),
      owner: Type.Optional(Type.String({ maxLength: 320, description: 'address of whose mail it was' })),
      others: Type.Optional(Type.Boolean({ description: 'only what concerns somebody else’s mail' })),
      ...time,
      ...pageQuery,
    }),
    answer: pageOf(access),
  }),
  listOwnLogins: route({
    method: 'GET',
    path: '/api/own/sessions',
    act: 'readAccessLog',
    concerns: 'own',
    summary: 'Lists one’s own sessions, newest first.',
    query: strictObject(pageQuery),
    answer: pageOf(login),
  }),
  endSession: route({
    method: 'DELETE',
    path: '/api/own/sessions/:session',
    act: 'changePassword',
    concerns: 'own',
    summary: 'Ends one of one’s own sessions.',
    params: strictObject({ session: uuid }),
    answer: null,
  }),
  listOwnRefusals: route({
    method: 'GET',
    path: '/api/own/refusals',
    act: 'readAccessLog',
    concerns: 'own',
    summary: 'Lists failed attempts to sign in to one’s own account, newest first.',
    query: strictObject(pageQuery),
    answer: pageOf(
      Type.Object({
        atMs: timeMs,
        protocol: nullable(Type.String()),
        reason: Type.String(),
        count: Type.Integer(),
        peer: Type.String(),
      }),
    ),
  }),
} as const;
