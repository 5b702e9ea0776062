/**
 * Who may do what. Pure: one table (docs/roles.md shows it), asked by every door for every act. That the account is
 * active is seen to before (`sign-in.ts`); what is allowed here is still recorded, others' mail before it is shown
 * (`auditClassOf`).
 */
import type { Role } from '../services/domain/account.ts';
import type { Actor } from '../services/domain/event.ts';
import { type Refusal, refuse } from '../services/domain/refusals.ts';
import { capacityOf, type Reviewer } from '../services/domain/reviewer.ts';
import type { Uuid } from '../services/domain/values.ts';

export type Subject =
  | {
      readonly kind: 'account';
      readonly account: Uuid;
      readonly roles: readonly Role[];
      /** Signed in with an application password: it may do with the person's own mail what mail programs do. */
      readonly isMailProgram?: boolean;
    }
  /** The command line on this machine. */
  | { readonly kind: 'operator' }
  /** The server itself: it reports what became of mail. */
  | { readonly kind: 'system' }
  /** Whoever connects and has not signed in. */
  | { readonly kind: 'anybody' };

/** Whose it is; null for what belongs to the installation. */
export interface AccessObject {
  readonly owner: Uuid | null;
}

/** Accounts have their roles and are staff; everybody is anybody. */
export type Grantee = Role | 'operator' | 'system' | 'anybody';

interface Rule {
  readonly means: string;
  /** Who may, where the object is their own. */
  readonly own: readonly Grantee[];
  /** Who may, whosever it is. */
  readonly any: readonly Grantee[];
}

const everybody: readonly Grantee[] = ['staff'];
const nobody: readonly Grantee[] = [];

const rules = {
  readMail: {
    means: 'Read messages, mailboxes and flags, and search in them.',
    own: everybody,
    any: nobody,
  },
  openMail: {
    means:
      'Open somebody’s mail by its trace, with a reason that is recorded first and that these people see.',
    own: nobody,
    any: ['auditor'],
  },
  changeMail: {
    means: 'File, flag, move and expunge messages, name mailboxes.',
    own: everybody,
    any: nobody,
  },
  signIn: { means: 'Sign in and out.', own: nobody, any: ['anybody'] },
  sendMail: { means: 'Hand in mail for anywhere.', own: everybody, any: nobody },
  handInMail: {
    means: 'Hand in mail for addresses of this installation, which judges it (`policies/intake.ts`).',
    own: nobody,
    any: ['anybody'],
  },
  reportDelivery: {
    means:
      'Tell people by mail what became of a mail, or that one waits for them (`workflows/server-mail.ts`).',
    own: nobody,
    any: ['system'],
  },
  reviewMail: {
    means: 'See a held mail that one decides on, with the reasons of the rules, and decide.',
    own: everybody,
    any: ['operator'],
  },
  readApprovals: {
    means: 'See what is or was held, why, and what was decided with what comment; no content.',
    own: everybody,
    any: ['auditor', 'administrator', 'operator'],
  },
  superviseMail: {
    means: 'See mail that a rule puts under one’s supervision, with its envelope, and review it.',
    own: everybody,
    any: ['operator'],
  },
  readSupervision: {
    means: 'See what was put before which supervisor, and what its review came to; no content.',
    own: everybody,
    any: ['auditor', 'operator'],
  },
  traceMail: {
    means: 'See the way of a message: from, to, when, with what verdict; no content.',
    own: everybody,
    any: ['auditor', 'administrator', 'operator'],
  },
  proveMail: {
    means: 'Take evidence of a message, with its octets.',
    own: everybody,
    any: ['auditor', 'operator'],
  },
  readAccessLog: {
    means: 'See what was read, searched and done in whose mailbox, and by whom.',
    own: everybody,
    any: ['auditor', 'operator'],
  },
  changePassword: { means: 'Set a password.', own: everybody, any: ['administrator', 'operator'] },
  chooseLanguage: {
    means: 'Choose the language in which the server writes to somebody.',
    own: everybody,
    any: ['administrator', 'operator'],
  },
  manageQueue: {
    means: 'Retry, hold, release, redirect and bounce mail on its way elsewhere.',
    own: nobody,
    any: ['administrator', 'operator'],
  },
  manageAccounts: {
    means: 'Add, freeze and limit accounts; aliases, groups, departments, grants, absences, the calendar.',
    own: nobody,
    any: ['administrator', 'operator'],
  },
  manageDomains: { means: 'Add and bind domains.', own: nobody, any: ['administrator', 'operator'] },
  listAccounts: {
    means: 'See domains, accounts, aliases, groups and departments.',
    own: nobody,
    any: ['administrator', 'auditor', 'operator'],
  },
  findPeople: {
    means:
      'Find the name and the address of people and groups here by what one types of either: a few at a time, and not often.',
    own: everybody,
    any: nobody,
  },
  manageRules: {
    means: 'Publish, restore and withdraw rules.',
    own: nobody,
    any: ['administrator', 'operator'],
  },
  readRules: {
    means: 'See rules through their versions, and try one on a mail.',
    own: nobody,
    any: ['administrator', 'auditor', 'operator'],
  },
  verifyLog: {
    means: 'Have the log verified.',
    own: nobody,
    any: ['administrator', 'auditor', 'operator'],
  },
  operate: { means: 'Rebuild and restore.', own: nobody, any: ['administrator', 'operator'] },
  setUp: {
    means:
      'Set up the first domain and its administrator, once, by the secret of the link that the server prints.',
    own: nobody,
    any: ['anybody'],
  },
  loadPages: {
    means: 'Load the pages of webmail: their program and words, no names and no mail.',
    own: nobody,
    any: ['anybody'],
  },
  readState: {
    means:
      'Read health, metrics and the status page: counts and states, no names and no mail. Metrics ask for a listed address besides.',
    own: nobody,
    any: ['anybody'],
  },
} as const satisfies Record<string, Rule>;

export type Act = keyof typeof rules;

/** What a session opened with an application password is for. */
export const programActs: readonly Act[] = ['readMail', 'changeMail', 'sendMail'];

export const acts = Object.keys(rules) as readonly Act[];

/** What an act is, and to whom the table gives it. */
export function ruleOf(act: Act): Rule {
  return rules[act];
}

/**
 * That the table has allowed an act. Only `ask` makes one, so whoever needs a permit (a mailstore, the intake, a
 * verb) cannot be reached without having asked.
 */
class Permit<A extends Act = Act> {
  readonly subject: Subject;
  readonly object: AccessObject;
  /** A private member keeps look-alikes out: types with one are equal by declaration only. */
  readonly #act: A;

  constructor(subject: Subject, act: A, object: AccessObject) {
    this.subject = subject;
    this.object = object;
    this.#act = act;
  }

  get act(): A {
    return this.#act;
  }
}

export type { Permit };

/** The permit, or the refusal. */
export function ask<A extends Act>(subject: Subject, act: A, object: AccessObject): Permit<A> | Refusal {
  return may(subject, act, object) ? new Permit(subject, act, object) : refuse('notPermitted');
}

/**
 * Held mail is, for as long as they may decide on it, the business of whoever decides: the reviewer, those who have the
 * role, the deputy while the reviewer is away. Never that of its sender.
 */
export function approvalAccess(
  subject: Subject,
  held: Reviewer & { readonly submitter: Uuid | null },
  reviewerAway: boolean,
): Permit<'reviewMail'> | Refusal {
  const isDecider =
    subject.kind === 'account' &&
    subject.account !== held.submitter &&
    capacityOf(held, subject.account, subject.roles, reviewerAway) !== null;
  return ask(subject, 'reviewMail', { owner: isDecider ? subject.account : null });
}

/** A copy is the business of its supervisor alone. */
export function supervisionAccess(
  subject: Subject,
  { supervisor }: { readonly supervisor: Uuid },
): Permit<'superviseMail'> | Refusal {
  return ask(subject, 'superviseMail', { owner: supervisor });
}

/** Whether somebody who writes may be offered this person: whoever cannot be written to is none to find. */
export function isToBeFound(person: { readonly state: 'active' | 'frozen' | 'closed' }): boolean {
  return person.state === 'active';
}

/** For decisions on parts of what a permit covers: what of a package is shown. */
export function may(subject: Subject, act: Act, object: AccessObject): boolean {
  const { own, any }: Rule = rules[act];
  if (isMailProgram(subject) && !any.includes('anybody'))
    return programActs.includes(act) && isOwn(subject, object);
  const held = heldBy(subject);
  const holds = (grantees: readonly Grantee[]): boolean => grantees.some((grantee) => held.includes(grantee));
  return holds(any) || (isOwn(subject, object) && holds(own));
}

function heldBy(subject: Subject): readonly Grantee[] {
  if (subject.kind === 'operator') return ['anybody', 'operator'];
  if (subject.kind === 'system') return ['system'];
  return subject.kind === 'account' ? ['anybody', 'staff', ...subject.roles] : ['anybody'];
}

/** It has none of the roles of its account. */
function isMailProgram(subject: Subject): boolean {
  return subject.kind === 'account' && subject.isMailProgram === true;
}

/**
 * How mail that is shown must be recorded (design §4 "Audit classes"): A durable before the first octet, where
 * it is somebody else's; B queued before it.
 */
export function auditClassOf(subject: Subject, object: AccessObject): 'A' | 'B' {
  return isOwn(subject, object) ? 'B' : 'A';
}

/** How the log names who acts. */
export function actorOf(subject: Subject): Actor {
  if (subject.kind === 'account') return `account-${subject.account}`;
  return subject.kind === 'anybody' ? 'peer' : subject.kind;
}

function isOwn(subject: Subject, { owner }: AccessObject): boolean {
  return subject.kind === 'account' && subject.account === owner;
}
