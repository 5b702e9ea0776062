/** The second factor of one's own account, the passwords of its mail programs, and an administrator's way to help. */
import Type from 'typebox';
import { nullable, password, reason, strictObject, timeMs, uuid } from './fields.ts';
import { route } from './route-declaration.ts';

const code = Type.String({
  minLength: 1,
  maxLength: 40,
  description: 'six digits of the authenticator program, or a recovery code',
});
const proof = strictObject({ password, code });
const proofBlames = {
  credentialsWrong: 'password',
  secondFactorNeeded: 'code',
  secondFactorWrong: 'code',
} as const;
const recoveryCodes = Type.Object({
  recoveryCodes: Type.Array(Type.String(), { description: 'each good for once; shown this once' }),
});

export const secondFactorRoutes = {
  showSecondFactor: route({
    method: 'GET',
    path: '/api/own/second-factor',
    act: 'changePassword',
    concerns: 'own',
    summary: 'Says whether one’s own account has a second factor.',
    answer: Type.Object({
      isOn: Type.Boolean(),
      recoveryCodesLeft: Type.Integer({ minimum: 0 }),
    }),
  }),
  offerSecondFactor: route({
    method: 'POST',
    path: '/api/own/second-factor/secret',
    act: 'changePassword',
    concerns: 'own',
    summary: 'Makes a secret for an authenticator program; nothing is turned on before a code proves it.',
    answer: Type.Object({
      secret: Type.String({ description: 'base 32 (RFC 4648)' }),
      uri: Type.String({ description: 'the same for a QR code' }),
    }),
  }),
  turnOnSecondFactor: route({
    method: 'PUT',
    path: '/api/own/second-factor',
    act: 'changePassword',
    concerns: 'own',
    summary:
      'Turns the second factor on, by password and a code of the secret; all sessions end, this one too.',
    body: proof,
    answer: recoveryCodes,
    blames: proofBlames,
  }),
  renewRecoveryCodes: route({
    method: 'POST',
    path: '/api/own/second-factor/recovery-codes',
    act: 'changePassword',
    concerns: 'own',
    summary: 'Makes new recovery codes, by password and code; those before are worth nothing any more.',
    body: proof,
    answer: recoveryCodes,
    blames: proofBlames,
  }),
  turnOffSecondFactor: route({
    method: 'POST',
    path: '/api/own/second-factor/turn-off',
    act: 'changePassword',
    concerns: 'own',
    summary: 'Turns the second factor off, by password and code; all sessions end, this one too.',
    body: proof,
    answer: null,
    blames: proofBlames,
  }),
  resetSecondFactor: route({
    method: 'POST',
    path: '/api/accounts/:account/second-factor/reset',
    act: 'changePassword',
    concerns: 'installation',
    summary: 'Takes away the second factor of somebody who has lost device and recovery codes.',
    params: strictObject({ account: uuid }),
    body: strictObject({ reason }),
    answer: null,
  }),
  listApplicationPasswords: route({
    method: 'GET',
    path: '/api/own/application-passwords',
    act: 'changePassword',
    concerns: 'own',
    summary: 'Lists the passwords of one’s own mail programs.',
    answer: Type.Object({
      items: Type.Array(
        Type.Object({
          applicationPassword: uuid,
          name: Type.String(),
          madeAtMs: timeMs,
          usedAtMs: nullable(Type.Integer({ description: 'UTC milliseconds, to the day' })),
        }),
      ),
    }),
  }),
  makeApplicationPassword: route({
    method: 'POST',
    path: '/api/own/application-passwords',
    act: 'changePassword',
    concerns: 'own',
    summary: 'Makes a password for one mail program, by the account’s own.',
    body: strictObject({
      name: Type.String({ minLength: 1, maxLength: 100, description: 'what the program is called' }),
      current: password,
    }),
    answer: Type.Object({ password: Type.String({ description: 'shown this once' }) }),
    blames: { credentialsWrong: 'current' },
  }),
  revokeApplicationPassword: route({
    method: 'DELETE',
    path: '/api/own/application-passwords/:applicationPassword',
    act: 'changePassword',
    concerns: 'own',
    summary: 'Revokes the password of one mail program; its sessions end.',
    params: strictObject({ applicationPassword: uuid }),
    answer: null,
  }),
} as const;
