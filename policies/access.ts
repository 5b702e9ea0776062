/**
 * Who may do what. Pure: one table, asked for every act that somebody else's data or the installation itself
 * is concerned by. That the account is active is seen to before (`sign-in.ts`); what is allowed here is still
 * recorded, others' mail before it is shown (`auditClassOf`).
 */
import type { Role } from '../services/domain/account.ts';
import { type Refusal, refuse } from '../services/domain/refusals.ts';
import type { Uuid } from '../services/domain/values.ts';

export type Subject =
  | { readonly kind: 'account'; readonly account: Uuid; readonly roles: readonly Role[] }
  /** The command line on this machine. */
  | { readonly kind: 'operator' };

/** Whose it is; null for what belongs to the installation. */
export interface AccessObject {
  readonly owner: Uuid | null;
}

type Grantee = Role | 'operator';

interface Rule {
  /** Who may, where the object is their own. */
  readonly own: readonly Grantee[];
  /** Who may, whosever it is. */
  readonly any: readonly Grantee[];
}

const everybody: readonly Grantee[] = ['staff'];
const nobody: readonly Grantee[] = [];

const rules = {
  /** Messages, mailboxes, flags, searches in them. */
  readMail: { own: everybody, any: ['auditor'] },
  /** Filing, flags, moving, expunging, naming mailboxes. */
  changeMail: { own: everybody, any: nobody },
  sendMail: { own: everybody, any: nobody },
  /** The way of a message: from, to, when, with what verdict; no content. */
  traceMail: { own: everybody, any: ['auditor', 'administrator', 'operator'] },
  /** Evidence of a message, with its octets. */
  proveMail: { own: everybody, any: ['auditor', 'operator'] },
  /** What was read, searched and done in whose mailbox, and by whom. */
  readAccessLog: { own: everybody, any: ['auditor', 'operator'] },
  changePassword: { own: everybody, any: ['administrator', 'operator'] },
  manageAccounts: { own: nobody, any: ['administrator', 'operator'] },
  manageDomains: { own: nobody, any: ['administrator', 'operator'] },
  listAccounts: { own: nobody, any: ['administrator', 'auditor', 'operator'] },
  verifyLog: { own: nobody, any: ['administrator', 'auditor', 'operator'] },
  /** Rebuild, examine, back up, restore. */
  operate: { own: nobody, any: ['administrator', 'operator'] },
} as const satisfies Record<string, Rule>;

export type Act = keyof typeof rules;

export const acts = Object.keys(rules) as readonly Act[];

export function may(subject: Subject, act: Act, object: AccessObject): 'allow' | Refusal {
  const { own, any }: Rule = rules[act];
  const held: readonly Grantee[] = subject.kind === 'operator' ? ['operator'] : ['staff', ...subject.roles];
  const holds = (grantees: readonly Grantee[]): boolean => grantees.some((grantee) => held.includes(grantee));
  return holds(any) || (isOwn(subject, object) && holds(own)) ? 'allow' : refuse('notPermitted');
}

/**
 * How mail that is shown must be recorded (design §4 "Audit classes"): A durable before the first octet, where
 * it is somebody else's; B queued before it.
 */
export function auditClassOf(subject: Subject, object: AccessObject): 'A' | 'B' {
  return isOwn(subject, object) ? 'B' : 'A';
}

function isOwn(subject: Subject, { owner }: AccessObject): boolean {
  return subject.kind === 'account' && subject.account === owner;
}
