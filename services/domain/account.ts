/**
 * Stream `account-<uuid>`: who somebody is here, how they prove it, what they may do, and whether they may do
 * it now. The address never changes (ACC-03); everything else may.
 */
import { type Absence, type AbsenceCommand, decideAbsence, evolveAbsence } from './absence.ts';
import { accountEvents } from './account-events.ts';
import {
  type ApplicationPasswordCommand,
  type ApplicationPasswords,
  decideApplicationPassword,
  evolveApplicationPasswords,
} from './application-passwords.ts';
import { type Aggregate, type Decision, drafterOf, type FactOf, sealedText } from './fact.ts';
import { refuse } from './refusals.ts';
import {
  decideSecondFactor,
  evolveSecondFactor,
  type SecondFactor,
  type SecondFactorCommand,
} from './second-factor.ts';
import type { Uuid } from './values.ts';

/** Every account is staff; the others are granted. */
export const roles = ['staff', 'supervisor', 'auditor', 'administrator'] as const;
export type Role = (typeof roles)[number];
export type GrantedRole = Exclude<Role, 'staff'>;

export type Language = 'en' | 'zh-CN' | 'zh-TW';

export interface AccountLimits {
  readonly maxMessageOctets: number;
  readonly maxRecipients: number;
  readonly maxSessions: number;
}

export interface RefusedSignIns {
  readonly protocol: 'imap' | 'pop3' | 'smtp' | 'http' | 'cli';
  /** `code`: of the second factor; `program`: the account's own password where an application password is needed. */
  readonly reason: 'password' | 'frozen' | 'rate' | 'code' | 'program';
  readonly count: number;
  readonly peer: string;
}

export interface NamedAddress {
  readonly name: string | null;
  readonly email: string;
}

/** How mail under an address is to look. */
export interface IdentityText {
  readonly address: string;
  readonly name: string;
  readonly replyTo: readonly NamedAddress[] | null;
  readonly bcc: readonly NamedAddress[] | null;
  readonly textSignature: string;
  readonly htmlSignature: string;
}

/** Each holds a text of its own in memory. */
export const maxIdentities = 100;

export type AccountCommand =
  | {
      readonly kind: 'open';
      readonly domain: Uuid;
      readonly address: string;
      readonly realName: string;
      readonly quotaOctets: number;
      readonly roles: readonly GrantedRole[];
      /** Null: nobody can sign in before a password is set. */
      readonly verifier: string | null;
    }
  | { readonly kind: 'setRealName'; readonly realName: string }
  | { readonly kind: 'setPassword'; readonly verifier: string }
  | { readonly kind: 'setQuota'; readonly quotaOctets: number }
  | ({ readonly kind: 'setLimits' } & AccountLimits)
  | { readonly kind: 'grantRole' | 'revokeRole'; readonly role: GrantedRole }
  | { readonly kind: 'grantSendAs'; readonly tag: string; readonly address: string }
  | { readonly kind: 'revokeSendAs'; readonly tag: string }
  | { readonly kind: 'describeIdentity'; readonly identity: Uuid; readonly text: IdentityText }
  | { readonly kind: 'forgetIdentity'; readonly identity: Uuid }
  | { readonly kind: 'setLanguage'; readonly language: Language }
  | AbsenceCommand
  | SecondFactorCommand
  | ApplicationPasswordCommand
  | { readonly kind: 'freeze'; readonly reason: string }
  | { readonly kind: 'unfreeze' }
  | { readonly kind: 'close' }
  | ({ readonly kind: 'noteRefusedSignIns' } & RefusedSignIns);

export interface AccountState {
  status: 'absent' | 'active' | 'frozen' | 'closed';
  domain: Uuid | null;
  /** Sealed under the account's own key, like the next two; null once that is destroyed. */
  address: string | null;
  realName: string | null;
  verifier: string | null;
  quotaOctets: number;
  limits: AccountLimits;
  readonly roles: Set<Role>;
  /** Tags of addresses it may send under besides its own, with the address; null once its key is destroyed. */
  readonly sendAs: Map<string, string | null>;
  /** What was said of addresses; null once the key is destroyed. */
  readonly identities: Map<Uuid, IdentityText | null>;
  /** Null until the person has chosen. */
  language: Language | null;
  absences: readonly Absence[];
  /** Null where none is turned on. */
  secondFactor: SecondFactor | null;
  /** Turned off or reset; the keys of their secrets are to be destroyed. */
  endedSecondFactors: readonly Uuid[];
  readonly applicationPasswords: ApplicationPasswords;
}

const draft = drafterOf(accountEvents);
const unchanged: Decision = { events: [] };

function decide(state: AccountState, command: AccountCommand): Decision {
  if (command.kind === 'open') return decideOpen(state, command);
  if (state.status === 'absent' || state.status === 'closed') return refuse('accountNotFound');
  switch (command.kind) {
    case 'freeze':
    case 'unfreeze':
    case 'close':
      return decideStatus(state, command);
    case 'grantRole':
    case 'revokeRole':
    case 'grantSendAs':
    case 'revokeSendAs':
      return decideGrant(state, command);
    case 'describeIdentity':
    case 'forgetIdentity':
      return decideIdentity(state, command);
    case 'goAway':
    case 'comeBack':
      return decideAbsence(state.absences, command);
    case 'turnOnSecondFactor':
    case 'useSecondFactor':
    case 'useRecoveryCode':
    case 'makeRecoveryCodes':
    case 'turnOffSecondFactor':
    case 'resetSecondFactor':
      return decideSecondFactor(state.secondFactor, command);
    case 'makeApplicationPassword':
    case 'useApplicationPassword':
    case 'revokeApplicationPassword':
      return decideApplicationPassword(state.applicationPasswords, command);
    default:
      return decideSetting(state, command);
  }
}

function decideOpen(state: AccountState, command: AccountCommand & { kind: 'open' }): Decision {
  if (state.status !== 'absent') return refuse('addressTaken', 'the account exists already');
  const { domain, address, realName, quotaOctets, verifier } = command;
  const events = [draft('AccountOpened', { domain, quotaOctets }, { address, realName })];
  for (const role of new Set(command.roles)) events.push(draft('RoleGranted', { role }));
  if (verifier !== null) events.push(draft('PasswordSet', {}, { verifier }));
  return { events };
}

function decideStatus(
  state: AccountState,
  command: AccountCommand & { kind: 'freeze' | 'unfreeze' | 'close' },
): Decision {
  switch (command.kind) {
    case 'freeze':
      return state.status === 'frozen'
        ? unchanged
        : { events: [draft('AccountFrozen', {}, { reason: command.reason })] };
    case 'unfreeze':
      return state.status === 'active' ? unchanged : { events: [draft('AccountUnfrozen', {})] };
    case 'close':
      return { events: [draft('AccountClosed', {})] };
  }
}

function decideGrant(
  state: AccountState,
  command: AccountCommand & { kind: 'grantRole' | 'revokeRole' | 'grantSendAs' | 'revokeSendAs' },
): Decision {
  switch (command.kind) {
    case 'grantRole':
    case 'revokeRole': {
      const { kind, role } = command;
      if (state.roles.has(role) === (kind === 'grantRole')) return unchanged;
      return { events: [draft(kind === 'grantRole' ? 'RoleGranted' : 'RoleRevoked', { role })] };
    }
    case 'grantSendAs': {
      const { tag, address } = command;
      return state.sendAs.has(tag) ? unchanged : { events: [draft('SendAsGranted', { tag }, { address })] };
    }
    case 'revokeSendAs':
      if (!state.sendAs.has(command.tag)) return refuse('addressNotFound');
      return { events: [draft('SendAsRevoked', { tag: command.tag })] };
  }
}

function decideIdentity(
  { identities }: AccountState,
  command: AccountCommand & { kind: 'describeIdentity' | 'forgetIdentity' },
): Decision {
  const { kind, identity } = command;
  const isKnown = identities.has(identity);
  if (kind === 'forgetIdentity')
    return isKnown ? { events: [draft('IdentityForgotten', { identity })] } : unchanged;
  if (!isKnown && identities.size >= maxIdentities) return refuse('requestTooLarge', 'too many identities');
  return { events: [draft('IdentityDescribed', { identity }, personalOf(command.text))] };
}

function personalOf({ replyTo, bcc, ...texts }: IdentityText) {
  const plain = (list: readonly NamedAddress[] | null) => list?.map((each) => ({ ...each })) ?? null;
  return { ...texts, replyTo: plain(replyTo), bcc: plain(bcc) };
}

type SettingCommand = AccountCommand & {
  kind: 'setRealName' | 'setPassword' | 'setQuota' | 'setLimits' | 'setLanguage' | 'noteRefusedSignIns';
};

function decideSetting(state: AccountState, command: SettingCommand): Decision {
  switch (command.kind) {
    case 'setRealName':
      if (state.realName === command.realName) return unchanged;
      return { events: [draft('RealNameSet', {}, { realName: command.realName })] };
    case 'setPassword':
      return { events: [draft('PasswordSet', {}, { verifier: command.verifier })] };
    case 'setQuota':
      if (state.quotaOctets === command.quotaOctets) return unchanged;
      return { events: [draft('QuotaSet', { quotaOctets: command.quotaOctets })] };
    case 'setLimits': {
      const { maxMessageOctets, maxRecipients, maxSessions } = command;
      return { events: [draft('LimitsSet', { maxMessageOctets, maxRecipients, maxSessions })] };
    }
    case 'setLanguage':
      if (state.language === command.language) return unchanged;
      return { events: [draft('LanguageSet', { language: command.language })] };
    case 'noteRefusedSignIns': {
      const { protocol, reason, count, peer } = command;
      return { events: [draft('SignInRefused', { protocol, reason, count }, { peer })] };
    }
  }
}

function evolve(state: AccountState, fact: FactOf<typeof accountEvents>): AccountState {
  const { type, data, personal } = fact;
  switch (type) {
    case 'AccountOpened':
      state.status = 'active';
      state.domain = data.domain;
      state.quotaOctets = data.quotaOctets;
      state.address = sealedText(personal, 'address');
      state.realName = sealedText(personal, 'realName');
      break;
    case 'RealNameSet':
      state.realName = sealedText(personal, 'realName');
      break;
    case 'PasswordSet':
      state.verifier = sealedText(personal, 'verifier');
      break;
    case 'QuotaSet':
      state.quotaOctets = data.quotaOctets;
      break;
    case 'LimitsSet':
      state.limits = data;
      break;
    case 'RoleGranted':
      state.roles.add(data.role);
      break;
    case 'RoleRevoked':
      state.roles.delete(data.role);
      break;
    case 'SendAsGranted':
      state.sendAs.set(data.tag, sealedText(personal, 'address'));
      break;
    case 'SendAsRevoked':
      state.sendAs.delete(data.tag);
      break;
    case 'IdentityDescribed':
      state.identities.set(data.identity, personal as IdentityText | null);
      break;
    case 'IdentityForgotten':
      state.identities.delete(data.identity);
      break;
    case 'LanguageSet':
      state.language = data.language;
      break;
    case 'AbsencePlanned':
    case 'AbsenceEnded':
      state.absences = evolveAbsence(state.absences, fact);
      break;
    case 'SecondFactorTurnedOn':
    case 'SecondFactorUsed':
    case 'RecoveryCodeUsed':
    case 'RecoveryCodesMade':
    case 'SecondFactorTurnedOff':
    case 'SecondFactorReset':
      if (type === 'SecondFactorTurnedOff' || type === 'SecondFactorReset')
        state.endedSecondFactors = [...state.endedSecondFactors, data.factor];
      state.secondFactor = evolveSecondFactor(state.secondFactor, fact);
      break;
    case 'ApplicationPasswordMade':
    case 'ApplicationPasswordUsed':
    case 'ApplicationPasswordRevoked':
      evolveApplicationPasswords(state.applicationPasswords, fact);
      break;
    case 'AccountFrozen':
      state.status = 'frozen';
      break;
    case 'AccountUnfrozen':
      state.status = 'active';
      break;
    case 'AccountClosed':
      state.status = 'closed';
      break;
    case 'SignInRefused':
      break;
  }
  return state;
}

export const account: Aggregate<AccountState, AccountCommand> = {
  category: 'account',
  initial: (): AccountState => ({
    status: 'absent',
    domain: null,
    address: null,
    realName: null,
    verifier: null,
    quotaOctets: 0,
    limits: { maxMessageOctets: 0, maxRecipients: 0, maxSessions: 0 },
    roles: new Set<Role>(['staff']),
    sendAs: new Map(),
    identities: new Map(),
    language: null,
    absences: [],
    secondFactor: null,
    endedSecondFactors: [],
    applicationPasswords: new Map(),
  }),
  decide,
  evolve,
};
