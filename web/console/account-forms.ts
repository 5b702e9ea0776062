/** The forms by which people are added and changed. */

import { type Answered, ask, askWithRevision } from '../api/calls.ts';
import type { ConsoleMessages } from '../i18n/console-en.ts';
import { type Field, type Filled, type FormPlan, listOf, textOf } from './form-dialog.ts';

export type Account = Answered<'GET /api/accounts'>['items'][number];
type Role = 'supervisor' | 'auditor' | 'administrator';

const giga = 1_000_000_000;

export function roleText(role: string, say: ConsoleMessages): string {
  const names: Readonly<Record<string, string>> = {
    staff: say.roleStaff,
    supervisor: say.roleSupervisor,
    auditor: say.roleAuditor,
    administrator: say.roleAdministrator,
  };
  return names[role] ?? role;
}

function settingFields(say: ConsoleMessages, account?: Account): Field[] {
  const roles: readonly Role[] = ['supervisor', 'auditor', 'administrator'];
  const room = account && account.quotaOctets > 0 ? String(account.quotaOctets / giga) : '';
  return [
    { name: 'realName', label: say.name, kind: 'text', value: account?.realName ?? '' },
    { name: 'quotaOctets', label: say.room, kind: 'number', value: room, hint: say.roomUnit },
    {
      name: 'roles',
      label: say.roles,
      kind: 'checks',
      value: account?.roles ?? [],
      options: roles.map((role) => [role, roleText(role, say)]),
    },
  ];
}

function settingsOf(filled: Filled) {
  return {
    realName: textOf(filled, 'realName'),
    quotaOctets: Math.round(Number(textOf(filled, 'quotaOctets') || 0) * giga),
    roles: listOf(filled, 'roles') as Role[],
  };
}

export function addAccountPlan(say: ConsoleMessages, done: () => void): FormPlan {
  return {
    heading: say.addAccount,
    confirm: say.addAccount,
    fields: [
      { name: 'address', label: say.addressLabel, kind: 'email', isRequired: true },
      { name: 'password', label: say.password, kind: 'password', hint: say.passwordHint, isRequired: true },
      ...settingFields(say),
    ],
    perform: async (filled) => {
      const [address, password] = [textOf(filled, 'address'), textOf(filled, 'password')];
      await ask('POST /api/accounts', { body: { address, password, ...settingsOf(filled) } });
      done();
    },
  };
}

/** What somebody else changes meanwhile is not written over. */
export async function changeAccountPlan(
  say: ConsoleMessages,
  account: Account,
  done: () => void,
): Promise<FormPlan> {
  const params = { account: account.account };
  const { revision } = await askWithRevision('GET /api/accounts/:account', { params });
  return {
    heading: account.realName || account.address,
    text: account.address,
    confirm: say.save,
    fields: settingFields(say, account),
    perform: async (filled) => {
      await ask('PATCH /api/accounts/:account', { params, revision, body: settingsOf(filled) });
      done();
    },
  };
}

export function passwordPlan(say: ConsoleMessages, account: Account, done: () => void): FormPlan {
  const params = { account: account.account };
  return {
    heading: say.setPassword,
    text: account.address,
    confirm: say.setPassword,
    fields: [
      {
        name: 'password',
        label: say.newPassword,
        kind: 'password',
        hint: say.passwordHint,
        isRequired: true,
      },
    ],
    perform: async (filled) => {
      const body = { password: textOf(filled, 'password') };
      await ask('PUT /api/accounts/:account/password', { params, body });
      done();
    },
  };
}

export function resetSecondFactorPlan(say: ConsoleMessages, account: Account, done: () => void): FormPlan {
  const params = { account: account.account };
  return {
    heading: say.resetSecondFactor,
    text: `${account.address}: ${say.resetSecondFactorAbout}`,
    confirm: say.resetSecondFactor,
    isDanger: true,
    fields: [{ name: 'reason', label: say.reason, kind: 'text', hint: say.reasonHint, isRequired: true }],
    perform: async (filled) => {
      const body = { reason: textOf(filled, 'reason') };
      await ask('POST /api/accounts/:account/second-factor/reset', { params, body });
      done();
    },
  };
}

export function freezePlan(say: ConsoleMessages, account: Account, done: () => void): FormPlan {
  const params = { account: account.account };
  return {
    heading: `${say.freeze}: ${account.realName || account.address}`,
    text: say.freezeAbout,
    confirm: say.freeze,
    isDanger: true,
    fields: [{ name: 'reason', label: say.reason, kind: 'text', hint: say.reasonHint, isRequired: true }],
    perform: async (filled) => {
      await ask('POST /api/accounts/:account/freeze', { params, body: { reason: textOf(filled, 'reason') } });
      done();
    },
  };
}
