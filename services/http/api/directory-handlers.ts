/** Domains, aliases, groups and departments. */
import type { Handlers } from './api-call.ts';
import type { aliasRoutes, departmentRoutes, domainRoutes, groupRoutes } from './contract/directory.ts';

type Person = { readonly account: string; readonly address: string; readonly realName: string };

function personOf({ account, address, realName }: Person): Person {
  return { account, address, realName };
}

export const domainHandlers: Handlers<typeof domainRoutes> = {
  async listDomains(_, { directory, settle }) {
    await settle();
    const items = directory.domains().map(({ domain, name, boundNames, accounts }) => ({
      domain,
      name,
      boundNames: [...boundNames],
      accounts,
    }));
    return { items };
  },
  async addDomain({ body, actor }, { administration }) {
    return administration.addDomain(body.name, actor);
  },
};

export const aliasHandlers: Handlers<typeof aliasRoutes> = {
  async listAliases(_, { directory, settle }) {
    await settle();
    return { items: directory.aliases().map((row) => ({ ...row })) };
  },
  async addAlias({ body, actor }, { administration }) {
    await administration.addAlias(body.alias, body.address, actor);
  },
  async removeAlias({ params, actor }, { administration }) {
    await administration.removeAlias(params.alias, actor);
  },
};

export const groupHandlers: Handlers<typeof groupRoutes> = {
  async listGroups(_, { directory, settle }) {
    await settle();
    const items = directory.groups().map(({ group, domain, tag }) => ({
      group,
      members: directory.members(domain, tag).map(personOf),
    }));
    return { items };
  },
  async addGroup({ body, actor }, { administration }) {
    await administration.addGroup(body.group, body.members, actor);
  },
  async changeGroupMembers({ params, body, actor }, { administration }) {
    const { add = [], remove = [] } = body;
    if (add.length > 0) await administration.changeMembers('addMembers', params.group, add, actor);
    if (remove.length > 0) await administration.changeMembers('removeMembers', params.group, remove, actor);
  },
  async removeGroup({ params, actor }, { administration }) {
    await administration.removeGroup(params.group, actor);
  },
};

export const departmentHandlers: Handlers<typeof departmentRoutes> = {
  async listDepartments(_, { departmentTree, settle }) {
    await settle();
    const items = departmentTree.list().map((row) => ({ ...row, members: row.members.map(personOf) }));
    return { items };
  },
  async addDepartment({ body, actor }, { departments }) {
    const place = { under: body.under ?? null, order: null };
    return { department: await departments.add(body.name, place, body.leader ?? null, actor) };
  },
  async leadDepartment({ params, body, actor }, { departments }) {
    await departments.lead(params.name, body.leader, actor);
  },
  async assignDepartment({ params, body, actor }, { departments }) {
    await departments.assign(params.name, body.members, actor);
  },
  async removeDepartment({ params, actor }, { departments }) {
    await departments.remove(params.name, actor);
  },
};
