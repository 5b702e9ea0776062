/** Signing in and out for browsers. */
import Type from 'typebox';
import { nullable, password, strictObject, uuid } from './fields.ts';
import { route } from './route-declaration.ts';

const language = Type.Enum(['en', 'zh-CN', 'zh-TW']);

export const sessionRoutes = {
  signIn: route({
    method: 'POST',
    path: '/api/session',
    act: 'signIn',
    concerns: 'installation',
    summary: 'Signs in; the answer sets the session’s cookie.',
    body: strictObject({
      login: Type.String({ minLength: 1, maxLength: 320 }),
      password,
      code: Type.Optional(
        Type.String({ maxLength: 40, description: 'of the second factor, or a recovery code' }),
      ),
    }),
    answer: null,
    blames: { secondFactorNeeded: 'code', secondFactorWrong: 'code' },
  }),
  showSession: route({
    method: 'GET',
    path: '/api/session',
    act: 'readMail',
    concerns: 'own',
    summary: 'Says who is signed in.',
    answer: Type.Object({
      account: uuid,
      address: Type.String(),
      realName: nullable(Type.String()),
      roles: Type.Array(Type.String()),
      language: nullable(language),
    }),
  }),
  chooseLanguage: route({
    method: 'PUT',
    path: '/api/own/language',
    act: 'chooseLanguage',
    concerns: 'own',
    summary: 'Chooses the language in which the server writes to oneself.',
    body: strictObject({ language }),
    answer: null,
  }),
  changeOwnPassword: route({
    method: 'PUT',
    path: '/api/own/password',
    act: 'changePassword',
    concerns: 'own',
    summary: 'Changes one’s own password, by that of today; all sessions end, this one too.',
    body: strictObject({ current: password, password }),
    answer: null,
    blames: { credentialsWrong: 'current', passwordTooWeak: 'password' },
  }),
  signOut: route({
    method: 'DELETE',
    path: '/api/session',
    act: 'signIn',
    concerns: 'installation',
    summary: 'Signs out; the session has ended when it is answered.',
    answer: null,
  }),
} as const;
