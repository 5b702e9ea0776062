/**
 * Stream `session-<uuid>`: what one login did. Facts of a window are joined (`observations.ts`), so that a
 * client that reads a whole mailbox leaves ranges, not a fact per message. Streams of the same category hold
 * what peers without a login were refused.
 */
import type { DraftEvent } from './event.ts';
import { defineEvents } from './event-type.ts';
import { type Aggregate, type Decision, drafterOf, type FactOf } from './fact.ts';
import { type RefusalCode, refusals, refuse } from './refusals.ts';
import type { Uuid } from './values.ts';

const anyProtocol = 'oneOf:imap|pop3|smtp|http|cli';
const anyRefusal = `oneOf:${Object.keys(refusals).join('|')}` as `oneOf:${string}`;
const owner = 'uuid';
/** Acts of the table of access under which a page or a program is shown something. */
const shownActs =
  'oneOf:readMail|openMail|reviewMail|readApprovals|superviseMail|readSupervision|traceMail|proveMail|readAccessLog|changePassword|manageQueue|manageAccounts|manageDomains|listAccounts|findPeople|manageRules|readRules|verifyLog|operate';

export const sessionEvents = defineEvents({
  SessionOpened: {
    version: 1,
    means: 'Somebody signed in.',
    clear: { account: 'uuid', protocol: anyProtocol },
    personal: { peer: 'IP address', program: 'what the client says it is, or empty' },
  },
  ClientIdentified: {
    version: 1,
    means: 'The client said what it is.',
    clear: {},
    personal: { program: 'what it says' },
  },
  MailboxOpened: {
    version: 1,
    means: 'A mailbox was selected; `owner` is the account whose mail it is.',
    clear: { mailbox: 'uuid', owner, mode: 'oneOf:read|write' },
  },
  MessagesRead: {
    version: 1,
    means: 'Parts of these messages were shown, or were about to be.',
    clear: { mailbox: 'uuid', owner, items: 'oneOf:flags|envelope|structure|headers|body', uids: 'ranges' },
  },
  SearchRun: {
    version: 1,
    means: 'A search ran, and how many messages it found.',
    clear: { mailbox: 'uuid', owner, found: 'integer' },
    personal: { query: 'what was searched for' },
  },
  ActsDone: {
    version: 1,
    means: 'Something else was done, so many times within a window.',
    clear: {
      act: 'oneOf:list|status|append|copy|move|store|expunge|create|delete|rename|subscribe|submit|submitRefused|quota',
      mailbox: 'uuid?',
      count: 'integer',
    },
  },
  RecordsShown: {
    version: 1,
    means:
      'Something of the installation or of these people, other than mail in a mailbox, was about to be shown; `message` where it is about one mail.',
    clear: {
      act: shownActs,
      owners: 'uuids',
      message: 'uuid?',
      /** A rule seals it: these people are not told of it. */
      sealed: 'boolean',
    },
    personal: { query: 'what was asked for', reason: 'why, where that is asked; otherwise empty' },
  },
  SessionClosed: {
    version: 1,
    means: 'The session ended.',
    clear: { reason: 'oneOf:logout|lost|idle|revoked|refused|shutdown' },
  },
  OperatorLooked: {
    version: 1,
    means: 'Somebody at the command line of the machine was about to be shown mail, or evidence of it.',
    clear: { act: 'oneOf:traceMail|proveMail|readApprovals|readSupervision', message: 'uuid?' },
    personal: { query: 'what was asked for' },
  },
  MailRefused: {
    version: 1,
    means: 'A peer without a login wanted to hand in mail for people here and was refused.',
    clear: { accounts: 'uuids', reason: anyRefusal },
    personal: { sender: 'envelope sender', peer: 'IP address' },
  },
  PeersRefused: {
    version: 1,
    means: 'So many times within a minute peers of one network were refused without a login.',
    clear: { protocol: anyProtocol, reason: anyRefusal, minute: 'time', count: 'integer' },
    personal: { network: 'the network: IPv4 /24 or IPv6 /48' },
  },
});

type SessionFact = FactOf<typeof sessionEvents>;
type Member<T extends SessionFact['type'], M extends string> = Extract<
  SessionFact,
  { type: T }
>['data'] extends infer D
  ? M extends keyof D
    ? D[M]
    : never
  : never;

export type SessionProtocol = Member<'SessionOpened', 'protocol'>;
/** What of a message was shown. `flags` stands for flags, UID, size and dates (also POP3 LIST and UIDL). */
export type ReadItems = Member<'MessagesRead', 'items'>;
/** What a session did apart from reading; what it changed is in the events of the mailstore itself. */
export type SessionAct = Member<'ActsDone', 'act'>;
/** Acts under which something is shown that is no mail in a mailbox. */
export type ShownAct = Member<'RecordsShown', 'act'>;

export function isShownAct(act: string): act is ShownAct {
  return shownActs.replace('oneOf:', '').split('|').includes(act);
}

/** Acts of the table of access by which mail is shown at the command line. */
export type OperatorAct = Member<'OperatorLooked', 'act'>;
export type SessionEnd = Member<'SessionClosed', 'reason'>;

export type SessionCommand =
  | {
      readonly kind: 'open';
      readonly account: Uuid;
      readonly protocol: SessionProtocol;
      readonly peer: string;
      readonly program: string;
    }
  /** `observed`: the drafts of a window (`Observations.take`). */
  | { readonly kind: 'observe'; readonly observed: readonly DraftEvent[] }
  | { readonly kind: 'close'; readonly reason: SessionEnd };

export interface SessionState {
  status: 'absent' | 'open' | 'closed';
  account: Uuid | null;
}

export const sessionDraft = drafterOf(sessionEvents);

function decide(state: SessionState, command: SessionCommand): Decision {
  if (command.kind === 'open') {
    if (state.status !== 'absent') return refuse('notPermitted', 'the session was opened before');
    const { account, protocol, peer, program } = command;
    return { events: [sessionDraft('SessionOpened', { account, protocol }, { peer, program })] };
  }
  if (state.status !== 'open') return refuse('notPermitted', 'the session is not open');
  if (command.kind === 'observe') return { events: command.observed };
  return { events: [sessionDraft('SessionClosed', { reason: command.reason })] };
}

function evolve(state: SessionState, { type, data }: SessionFact): SessionState {
  if (type === 'SessionOpened') {
    state.status = 'open';
    state.account = data.account;
  } else if (type === 'SessionClosed') {
    state.status = 'closed';
  }
  return state;
}

export const session: Aggregate<SessionState, SessionCommand> = {
  category: 'session',
  initial: (): SessionState => ({ status: 'absent', account: null }),
  decide,
  evolve,
};

/** Fact of a refused hand-over; `sessionRefusals` streams hold it. */
export function mailRefused(
  accounts: readonly Uuid[],
  reason: RefusalCode,
  sender: string,
  peer: string,
): DraftEvent {
  return sessionDraft('MailRefused', { accounts, reason }, { sender, peer });
}
