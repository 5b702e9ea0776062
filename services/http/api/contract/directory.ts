/** Domains, aliases, groups and departments: what addresses lead to, and who belongs where. */
import Type from 'typebox';
import { address, domainName, nullable, strictObject, uuid } from './fields.ts';
import { route } from './route-declaration.ts';

const members = Type.Array(address, { minItems: 1, maxItems: 1000 });
const departmentName = Type.String({ minLength: 1, maxLength: 100 });
const person = Type.Object({ account: uuid, address: Type.String(), realName: Type.String() });
const list = <S extends Type.TSchema>(item: S) => Type.Object({ items: Type.Array(item) });

export const domainRoutes = {
  listDomains: route({
    method: 'GET',
    path: '/api/domains',
    act: 'listAccounts',
    concerns: 'installation',
    summary: 'Lists the domains that are received here.',
    answer: list(
      Type.Object({
        domain: uuid,
        name: Type.String({ description: 'A-labels' }),
        boundNames: Type.Array(Type.String()),
        accounts: Type.Integer(),
      }),
    ),
  }),
  addDomain: route({
    method: 'POST',
    path: '/api/domains',
    act: 'manageDomains',
    concerns: 'installation',
    summary: 'Takes a domain in: its mail is received here from now on.',
    body: strictObject({ name: domainName }),
    answer: Type.Object({ domain: uuid, administrator: nullable(Type.String()) }),
    blames: { domainTaken: 'name', domainNameInvalid: 'name' },
  }),
} as const;

export const aliasRoutes = {
  listAliases: route({
    method: 'GET',
    path: '/api/aliases',
    act: 'listAccounts',
    concerns: 'installation',
    summary: 'Lists the aliases.',
    answer: list(Type.Object({ alias: Type.String(), account: uuid, address: Type.String() })),
  }),
  addAlias: route({
    method: 'POST',
    path: '/api/aliases',
    act: 'manageAccounts',
    concerns: 'installation',
    summary: 'Gives an account one more address; nobody can sign in with it.',
    body: strictObject({ alias: address, address }),
    answer: null,
    blames: {
      addressTaken: 'alias',
      addressInvalid: 'alias',
      domainNotFound: 'alias',
      accountNotFound: 'address',
      aliasTargetInvalid: 'address',
    },
  }),
  removeAlias: route({
    method: 'DELETE',
    path: '/api/aliases/:alias',
    act: 'manageAccounts',
    concerns: 'installation',
    summary: 'Takes an alias away.',
    params: strictObject({ alias: address }),
    answer: null,
  }),
} as const;

export const groupRoutes = {
  listGroups: route({
    method: 'GET',
    path: '/api/groups',
    act: 'listAccounts',
    concerns: 'installation',
    summary: 'Lists the groups with their members.',
    answer: list(Type.Object({ group: Type.String(), members: Type.Array(person) })),
  }),
  addGroup: route({
    method: 'POST',
    path: '/api/groups',
    act: 'manageAccounts',
    concerns: 'installation',
    summary: 'Makes an address whose mail goes to every member.',
    body: strictObject({ group: address, members }),
    answer: null,
    blames: {
      addressTaken: 'group',
      addressInvalid: 'group',
      domainNotFound: 'group',
      accountNotFound: 'members',
      groupEmpty: 'members',
    },
  }),
  changeGroupMembers: route({
    method: 'POST',
    path: '/api/groups/:group/members',
    act: 'manageAccounts',
    concerns: 'installation',
    summary: 'Adds members to a group or takes them out.',
    params: strictObject({ group: address }),
    body: strictObject({
      add: Type.Optional(Type.Array(address, { maxItems: 1000 })),
      remove: Type.Optional(Type.Array(address, { maxItems: 1000 })),
    }),
    answer: null,
    blames: { accountNotFound: 'add', groupEmpty: 'remove' },
  }),
  removeGroup: route({
    method: 'DELETE',
    path: '/api/groups/:group',
    act: 'manageAccounts',
    concerns: 'installation',
    summary: 'Takes a group away.',
    params: strictObject({ group: address }),
    answer: null,
  }),
} as const;

export const departmentRoutes = {
  listDepartments: route({
    method: 'GET',
    path: '/api/departments',
    act: 'listAccounts',
    concerns: 'installation',
    summary: 'Lists the departments as a tree: each is followed by those below it.',
    answer: list(
      Type.Object({
        department: uuid,
        name: Type.String(),
        parent: nullable(uuid),
        level: Type.Integer({ description: 'departments above it' }),
        leader: nullable(uuid),
        leaderAddress: nullable(Type.String()),
        members: Type.Array(person),
      }),
    ),
  }),
  addDepartment: route({
    method: 'POST',
    path: '/api/departments',
    act: 'manageAccounts',
    concerns: 'installation',
    summary: 'Adds a department, below another one where `under` names it.',
    body: strictObject({
      name: departmentName,
      under: Type.Optional(nullable(departmentName)),
      leader: Type.Optional(nullable(address)),
    }),
    answer: Type.Object({ department: uuid }),
    blames: {
      departmentNameTaken: 'name',
      departmentNameInvalid: 'name',
      departmentNotFound: 'under',
      accountNotFound: 'leader',
    },
  }),
  leadDepartment: route({
    method: 'PUT',
    path: '/api/departments/:name/leader',
    act: 'manageAccounts',
    concerns: 'installation',
    summary: 'Says who leads a department; null: nobody.',
    params: strictObject({ name: departmentName }),
    body: strictObject({ leader: nullable(address) }),
    answer: null,
    blames: { accountNotFound: 'leader' },
  }),
  assignDepartment: route({
    method: 'POST',
    path: '/api/departments/:name/members',
    act: 'manageAccounts',
    concerns: 'installation',
    summary: 'Puts people into a department, out of the one in which they were.',
    params: strictObject({ name: departmentName }),
    body: strictObject({ members }),
    answer: null,
    blames: { accountNotFound: 'members' },
  }),
  removeDepartment: route({
    method: 'DELETE',
    path: '/api/departments/:name',
    act: 'manageAccounts',
    concerns: 'installation',
    summary: 'Takes an empty department away.',
    params: strictObject({ name: departmentName }),
    answer: null,
  }),
} as const;
