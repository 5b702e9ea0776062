/**
 * Who was here and what they saw: sessions, mailboxes opened, messages read, searches, other acts, and what was
 * refused. `access-log-queries.ts` answers.
 */
import { idOf, type LoggedEvent } from '../services/domain/event.ts';
import type { Uuid } from '../services/domain/values.ts';
import { personalText } from './personal-text.ts';
import { tablePart, tableProjection, type Write } from './table-projection.ts';

const schema = `
  CREATE TABLE sessions (
    session TEXT PRIMARY KEY, position INTEGER NOT NULL, account TEXT NOT NULL, protocol TEXT NOT NULL,
    opened_at INTEGER NOT NULL, closed_at INTEGER, ended TEXT, peer TEXT NOT NULL, program TEXT NOT NULL);
  CREATE INDEX sessions_of_account ON sessions (account, position);
  CREATE TABLE accesses (
    position INTEGER, ordinal INTEGER, at INTEGER NOT NULL, session TEXT NOT NULL, account TEXT NOT NULL,
    owner TEXT, kind TEXT NOT NULL, mailbox TEXT, items TEXT NOT NULL, uids TEXT NOT NULL,
    count INTEGER NOT NULL, query TEXT NOT NULL, message TEXT, sealed INTEGER NOT NULL,
    reason TEXT NOT NULL, PRIMARY KEY (position, ordinal)) WITHOUT ROWID;
  CREATE INDEX accesses_of_account ON accesses (account, position);
  CREATE INDEX accesses_to_owner ON accesses (owner, position);
  CREATE TABLE refusals (
    position INTEGER, ordinal INTEGER, at INTEGER NOT NULL, kind TEXT NOT NULL, account TEXT, protocol TEXT,
    reason TEXT NOT NULL, count INTEGER NOT NULL, sender TEXT NOT NULL, peer TEXT NOT NULL,
    PRIMARY KEY (position, ordinal)) WITHOUT ROWID;
  CREATE INDEX refusals_of_account ON refusals (account, position);
`;

interface Access {
  /** Of the rows that one event makes. */
  readonly ordinal?: number;
  /** Null where it is nobody's. */
  readonly owner: Uuid | 'own' | null;
  readonly kind: string;
  readonly mailbox: Uuid | null;
  readonly items?: string;
  readonly uids?: readonly number[];
  readonly count?: number;
  readonly query?: string;
  readonly message?: Uuid | null;
  /** The owner is not told. */
  readonly sealed?: boolean;
  readonly reason?: string;
}

function writeAccess({ position, at, stream }: LoggedEvent, access: Access, write: Write): void {
  const { ordinal = 0, owner, kind, mailbox, items = '', uids = [], count = 0, query = '' } = access;
  write(
    `INSERT INTO accesses SELECT ?, ?, ?, session, account, iif(? = 'own', account, ?), ?, ?, ?, ?, ?, ?, ?, ?, ?
     FROM sessions WHERE session = ?`,
    position,
    ordinal,
    at,
    owner,
    owner,
    kind,
    mailbox,
    items,
    JSON.stringify(uids),
    count,
    query,
    access.message ?? null,
    access.sealed ? 1 : 0,
    access.reason ?? '',
    idOf(stream),
  );
}

/** A row for each person whom it concerned; one without a person for what belongs to the installation. */
function writeShown(event: LoggedEvent, write: Write): void {
  const { act, owners, message, sealed } = event.data;
  const concerned = (owners as Uuid[]).length === 0 ? [null] : (owners as Uuid[]);
  const query = personalText(event, 'query');
  for (const [ordinal, owner] of concerned.entries()) {
    const shown = { ordinal, owner, kind: 'shown', mailbox: null, items: act as string, query };
    const about = { message: message as Uuid | null, sealed: sealed as boolean };
    writeAccess(event, { ...shown, ...about, reason: personalText(event, 'reason') }, write);
  }
}

interface RefusalRow {
  readonly kind: 'signIn' | 'mail' | 'peer';
  readonly account: Uuid | null;
  readonly protocol: string | null;
  readonly reason: string;
  readonly count: number;
  readonly sender: string;
  readonly peer: string;
}

function writeRefusal(
  { position, at }: LoggedEvent,
  ordinal: number,
  refusal: RefusalRow,
  write: Write,
): void {
  const { kind, account, protocol, reason, count, sender, peer } = refusal;
  const insert = 'INSERT INTO refusals VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';
  write(insert, position, ordinal, at, kind, account, protocol, reason, count, sender, peer);
}

function writeSession(event: LoggedEvent, write: Write): void {
  write(
    'INSERT INTO sessions VALUES (?, ?, ?, ?, ?, NULL, NULL, ?, ?)',
    idOf(event.stream),
    event.position,
    event.data['account'] as Uuid,
    event.data['protocol'] as string,
    event.at,
    personalText(event, 'peer'),
    personalText(event, 'program'),
  );
}

/** A row for each recipient that was refused: each of them may ask who was kept away. */
function writeMailRefused(event: LoggedEvent, write: Write): void {
  const reason = event.data['reason'] as string;
  const sender = personalText(event, 'sender');
  const peer = personalText(event, 'peer');
  for (const [ordinal, account] of (event.data['accounts'] as Uuid[]).entries()) {
    const refusal = { kind: 'mail', account, protocol: 'smtp', reason, count: 1, sender, peer } as const;
    writeRefusal(event, ordinal, refusal, write);
  }
}

export const accessLog = tableProjection({
  name: 'access-log',
  version: 4,
  schema,
  opens: [
    'SessionOpened',
    'ClientIdentified',
    'SearchRun',
    'RecordsShown',
    'MailRefused',
    'PeersRefused',
    'SignInRefused',
  ],
  appliers: {
    SessionOpened: writeSession,
    ClientIdentified: (event, write) => {
      const program = personalText(event, 'program');
      write('UPDATE sessions SET program = ? WHERE session = ?', program, idOf(event.stream));
    },
    SessionClosed: ({ stream, at, data }, write) => {
      const ended = data['reason'] as string;
      write('UPDATE sessions SET closed_at = ?, ended = ? WHERE session = ?', at, ended, idOf(stream));
    },
    MailboxOpened: (event, write) => {
      const { owner, mailbox, mode } = event.data;
      const access = {
        owner: owner as Uuid,
        kind: 'opened',
        mailbox: mailbox as Uuid,
        items: mode as string,
      };
      writeAccess(event, access, write);
    },
    MessagesRead: (event, write) => {
      const { owner, mailbox, items, uids } = event.data;
      const read = { kind: 'read', items: items as string, uids: uids as number[] };
      writeAccess(event, { owner: owner as Uuid, mailbox: mailbox as Uuid, ...read }, write);
    },
    SearchRun: (event, write) => {
      const { owner, mailbox, found } = event.data;
      const search = { kind: 'searched', count: found as number, query: personalText(event, 'query') };
      writeAccess(event, { owner: owner as Uuid, mailbox: mailbox as Uuid, ...search }, write);
    },
    ActsDone: (event, write) => {
      const { act, mailbox, count } = event.data;
      const acted = { kind: 'acted', items: act as string, count: count as number };
      writeAccess(event, { owner: 'own', mailbox: mailbox as Uuid | null, ...acted }, write);
    },
    RecordsShown: writeShown,
    MailRefused: writeMailRefused,
    PeersRefused: (event, write) => {
      const { protocol, reason, count } = event.data;
      const refused = { protocol: protocol as string, reason: reason as string, count: count as number };
      const peer = personalText(event, 'network');
      writeRefusal(event, 0, { kind: 'peer', account: null, sender: '', peer, ...refused }, write);
    },
    SignInRefused: (event, write) => {
      const { protocol, reason, count } = event.data;
      const refused = { protocol: protocol as string, reason: reason as string, count: count as number };
      const peer = personalText(event, 'peer');
      writeRefusal(
        event,
        0,
        { kind: 'signIn', account: idOf(event.stream), sender: '', peer, ...refused },
        write,
      );
    },
  },
  digestParts: [
    tablePart('sessions', 'session'),
    tablePart('accesses', 'position, ordinal'),
    tablePart('refusals', 'position, ordinal'),
  ],
});
