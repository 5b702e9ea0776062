/** Accounts: who works here, how much room they have and what they may do. */
import Type from 'typebox';
import {
  address,
  nullable,
  octets,
  pageOf,
  pageQuery,
  password,
  reason,
  strictObject,
  timeMs,
  uuid,
} from './fields.ts';
import { route } from './route-declaration.ts';

const role = Type.Enum(['supervisor', 'auditor', 'administrator']);
const realName = Type.String({ maxLength: 200 });
const account = strictObject({ account: uuid });

const accountItem = Type.Object({
  account: uuid,
  address: Type.String({ description: 'empty once it has been erased' }),
  realName: Type.String(),
  state: Type.Enum(['active', 'frozen', 'closed']),
  stateReason: Type.String(),
  roles: Type.Array(Type.String()),
  quotaOctets: octets,
  usedOctets: Type.Integer(),
  openedAtMs: timeMs,
});

const importProblem = Type.Object({
  line: Type.Integer({ description: 'in the file, from 1' }),
  code: Type.String(),
  about: Type.String({ description: 'what of the line' }),
  text: Type.String(),
});

export const accountRoutes = {
  listAccounts: route({
    method: 'GET',
    path: '/api/accounts',
    act: 'listAccounts',
    concerns: 'installation',
    summary: 'Lists accounts by address.',
    query: strictObject({
      search: Type.Optional(
        Type.String({ maxLength: 200, description: 'part of the address or of the name' }),
      ),
      ...pageQuery,
    }),
    answer: Type.Intersect([pageOf(accountItem), Type.Object({ total: Type.Integer() })]),
  }),
  showAccount: route({
    method: 'GET',
    path: '/api/accounts/:account',
    act: 'listAccounts',
    concerns: 'installation',
    summary: 'Shows an account; its ETag is what changes name in If-Match.',
    params: account,
    answer: Type.Object({
      account: uuid,
      address: nullable(Type.String()),
      realName: nullable(Type.String()),
      state: Type.Enum(['active', 'frozen', 'closed']),
      hasPassword: Type.Boolean(),
      hasSecondFactor: Type.Boolean(),
      roles: Type.Array(Type.String()),
      quotaOctets: octets,
      usedOctets: Type.Integer(),
      aliases: Type.Array(Type.String()),
      sendAs: Type.Array(Type.String()),
    }),
  }),
  addAccount: route({
    method: 'POST',
    path: '/api/accounts',
    act: 'manageAccounts',
    concerns: 'installation',
    summary: 'Adds an account with its own mailbox.',
    body: strictObject({
      address,
      password: Type.Optional(password),
      realName: Type.Optional(realName),
      quotaOctets: Type.Optional(octets),
      roles: Type.Optional(Type.Array(role, { uniqueItems: true })),
    }),
    answer: Type.Object({ account: uuid }),
    blames: {
      addressTaken: 'address',
      addressInvalid: 'address',
      domainNotFound: 'address',
      passwordTooWeak: 'password',
    },
  }),
  changeAccount: route({
    method: 'PATCH',
    path: '/api/accounts/:account',
    act: 'manageAccounts',
    concerns: 'installation',
    summary: 'Changes name, room or roles of an account; what is not named stays.',
    params: account,
    takesRevision: true,
    body: strictObject({
      realName: Type.Optional(realName),
      quotaOctets: Type.Optional(octets),
      roles: Type.Optional(Type.Array(role, { uniqueItems: true })),
    }),
    answer: null,
  }),
  setAccountPassword: route({
    method: 'PUT',
    path: '/api/accounts/:account/password',
    act: 'changePassword',
    concerns: 'installation',
    summary: 'Sets somebody’s password; their sessions end.',
    params: account,
    body: strictObject({ password }),
    answer: null,
    blames: { passwordTooWeak: 'password' },
  }),
  freezeAccount: route({
    method: 'POST',
    path: '/api/accounts/:account/freeze',
    act: 'manageAccounts',
    concerns: 'installation',
    summary: 'Stops an account: no sign-in, no sending, no receiving; its mail stays.',
    params: account,
    takesRevision: true,
    body: strictObject({ reason }),
    answer: null,
  }),
  unfreezeAccount: route({
    method: 'POST',
    path: '/api/accounts/:account/unfreeze',
    act: 'manageAccounts',
    concerns: 'installation',
    summary: 'Lets a frozen account work again.',
    params: account,
    takesRevision: true,
    answer: null,
  }),
  importAccounts: route({
    method: 'POST',
    path: '/api/accounts/import',
    act: 'manageAccounts',
    concerns: 'installation',
    summary: 'Adds the accounts of a CSV file, or only looks at it; what is wrong is told by line.',
    body: strictObject({
      csv: Type.String({ contentEncoding: 'base64', description: 'the file as it is' }),
      mode: Type.Enum(['look', 'addAll', 'addFine'], {
        description: 'addAll adds nothing where a line is wrong, addFine leaves wrong lines out',
      }),
    }),
    maxBodyOctets: 16 * 1024 * 1024,
    answer: Type.Object({
      added: Type.Integer(),
      fine: Type.Array(
        Type.Object({
          line: Type.Integer(),
          address: Type.String(),
          realName: Type.String(),
          roles: Type.Array(Type.String()),
          quotaOctets: octets,
        }),
        { description: 'lines with nothing wrong; what was added, or would be' },
      ),
      problems: Type.Array(importProblem),
    }),
  }),
} as const;
