/** Accounts: `/api/accounts`. */
import type { AccountRow } from '../../../projections/directory-queries.ts';
import { importAccounts } from '../../directory/import-accounts.ts';
import type { Handlers } from './api-call.ts';
import type { accountRoutes } from './contract/accounts.ts';
import { defaultPageItems } from './contract/fields.ts';
import { cursorOf } from './page-cursor.ts';

export const accountHandlers: Handlers<typeof accountRoutes> = {
  async listAccounts({ query }, { directory, settle, usedOctets }) {
    await settle();
    const limit = query.limit ?? defaultPageItems;
    const { rows, total } = directory.accounts({
      search: query.search,
      after: cursorOf(query),
      limit: limit + 1,
    });
    const page = rows.slice(0, limit);
    return {
      items: page.map((row) => ({ ...itemOf(row), usedOctets: usedOctets(row.account) })),
      next: rows.length > limit ? page.at(-1)!.account : null,
      total,
    };
  },
  async showAccount(call, { accounts, directory, settle, usedOctets }) {
    const id = call.params.account;
    const { state, revision } = await accounts.show(id);
    await settle();
    call.setRevision(revision);
    return {
      account: id,
      address: state.address,
      realName: state.realName,
      state: state.status === 'absent' ? 'closed' : state.status,
      hasPassword: state.verifier !== null,
      hasSecondFactor: state.secondFactor !== null,
      roles: [...state.roles],
      quotaOctets: state.quotaOctets,
      usedOctets: usedOctets(id),
      aliases: directory.aliases(id).map(({ alias }) => alias),
      sendAs: [...state.sendAs.values()].filter((other) => other !== null),
    };
  },
  async addAccount({ body, actor }, { administration }) {
    const { address, password = null, realName = '', quotaOctets = 0, roles = [] } = body;
    const wanted = { address, password, realName, quotaOctets, roles };
    return { account: await administration.addAccount(wanted, actor) };
  },
  async changeAccount({ params, body, actor, seenRevision }, { accounts }) {
    await accounts.change(params.account, body, actor, seenRevision);
  },
  async setAccountPassword({ params, body, actor }, { accounts }) {
    await accounts.setPassword(params.account, body.password, actor);
  },
  async freezeAccount({ params, body, actor, seenRevision }, { accounts }) {
    await accounts.carryOut(params.account, [{ kind: 'freeze', reason: body.reason }], actor, seenRevision);
  },
  async unfreezeAccount({ params, actor, seenRevision }, { accounts }) {
    await accounts.carryOut(params.account, [{ kind: 'unfreeze' }], actor, seenRevision);
  },
  async importAccounts({ body, actor }, { administration }) {
    const octets = Buffer.from(body.csv, 'base64');
    const { added, fine, problems } = await importAccounts(administration, octets, body.mode, actor);
    const shown = fine.map(({ line, address, realName, roles, quotaOctets }) => ({
      line,
      address,
      realName,
      roles,
      quotaOctets,
    }));
    return { added, fine: shown, problems: [...problems] };
  },
};

function itemOf({
  account,
  address,
  realName,
  state,
  stateReason,
  roles,
  quotaOctets,
  openedAtMs,
}: AccountRow) {
  return { account, address, realName, state, stateReason, roles: [...roles], quotaOctets, openedAtMs };
}
