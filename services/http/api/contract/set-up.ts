/** The beginning: the first domain, its administrator, and what its DNS should say. */
import Type from 'typebox';
import { domainName, password, strictObject } from './fields.ts';
import { route } from './route-declaration.ts';

const records = Type.Array(
  Type.Object({
    purpose: Type.Enum(['mx', 'spf', 'dkim', 'dmarc']),
    name: Type.String(),
    type: Type.Enum(['MX', 'TXT']),
    value: Type.String(),
  }),
);

export const setUpRoutes = {
  setUp: route({
    method: 'POST',
    path: '/api/set-up',
    act: 'setUp',
    concerns: 'installation',
    summary:
      'Adds the first domain and gives its administrator a password, by the secret of the printed link.',
    body: strictObject({
      token: Type.String({ minLength: 1, maxLength: 100 }),
      domain: domainName,
      password,
      realName: Type.Optional(Type.String({ maxLength: 200 })),
    }),
    answer: Type.Object({ administrator: Type.String(), records }),
    blames: {
      setUpEnded: 'token',
      domainNameInvalid: 'domain',
      domainNotFound: 'domain',
      passwordTooWeak: 'password',
    },
  }),
  showDomainRecords: route({
    method: 'GET',
    path: '/api/domains/:name/records',
    act: 'listAccounts',
    concerns: 'installation',
    summary: 'Lists the DNS records that a domain should have.',
    params: strictObject({ name: domainName }),
    answer: Type.Object({ records }),
  }),
} as const;
