/** Who and what there is: domains with their names, accounts, aliases, groups. `directory-queries.ts` answers. */
import { idOf, type LoggedEvent } from '../services/domain/event.ts';
import type { Uuid } from '../services/domain/values.ts';
import { personalText, searchForm } from './personal-text.ts';
import { type RowApplier, tablePart, tableProjection, type Write } from './table-projection.ts';

const schema = `
  CREATE TABLE names (tag TEXT PRIMARY KEY, domain TEXT NOT NULL, name TEXT NOT NULL, bound INTEGER NOT NULL);
  CREATE INDEX names_of_domain ON names (domain);
  CREATE TABLE domain_settings (domain TEXT PRIMARY KEY, catch_all TEXT, postmaster TEXT);
  CREATE TABLE accounts (
    account TEXT PRIMARY KEY, domain TEXT NOT NULL, address TEXT NOT NULL, real_name TEXT NOT NULL,
    state TEXT NOT NULL, state_reason TEXT NOT NULL, quota_octets INTEGER NOT NULL,
    max_message_octets INTEGER NOT NULL, max_recipients INTEGER NOT NULL, max_sessions INTEGER NOT NULL,
    opened_at INTEGER NOT NULL, address_form TEXT NOT NULL, name_form TEXT NOT NULL);
  CREATE INDEX accounts_by_address ON accounts (address, account);
  CREATE TABLE roles (account TEXT, role TEXT, PRIMARY KEY (account, role)) WITHOUT ROWID;
  CREATE TABLE send_as (account TEXT, tag TEXT, address TEXT NOT NULL, PRIMARY KEY (account, tag)) WITHOUT ROWID;
  CREATE TABLE aliases (
    domain TEXT, tag TEXT, local_part TEXT NOT NULL, account TEXT NOT NULL, PRIMARY KEY (domain, tag)) WITHOUT ROWID;
  CREATE INDEX aliases_of_account ON aliases (account);
  CREATE TABLE groups (domain TEXT, tag TEXT, local_part TEXT NOT NULL, PRIMARY KEY (domain, tag)) WITHOUT ROWID;
  CREATE TABLE members (domain TEXT, tag TEXT, account TEXT, PRIMARY KEY (domain, tag, account)) WITHOUT ROWID;
`;

/** Events of a domain's stream; its id is the domain. */
const domainAppliers: Readonly<Record<string, RowApplier>> = {
  AliasAdded: (event, write) => {
    const { tag, account } = event.data;
    const localPart = personalText(event, 'localPart');
    write(
      'INSERT INTO aliases VALUES (?, ?, ?, ?)',
      idOf(event.stream),
      tag as string,
      localPart,
      account as string,
    );
  },
  AliasRemoved: ({ stream, data }, write) => {
    write('DELETE FROM aliases WHERE domain = ? AND tag = ?', idOf(stream), data['tag'] as string);
  },
  GroupAdded: (event, write) => {
    const localPart = personalText(event, 'localPart');
    write('INSERT INTO groups VALUES (?, ?, ?)', idOf(event.stream), event.data['tag'] as string, localPart);
    addMembers(event, write);
  },
  GroupMembersAdded: (event, write) => addMembers(event, write),
  GroupMembersRemoved: ({ stream, data }, write) => {
    for (const account of data['members'] as Uuid[]) {
      const remove = 'DELETE FROM members WHERE domain = ? AND tag = ? AND account = ?';
      write(remove, idOf(stream), data['tag'] as string, account);
    }
  },
  GroupRemoved: ({ stream, data }, write) => {
    write('DELETE FROM groups WHERE domain = ? AND tag = ?', idOf(stream), data['tag'] as string);
    write('DELETE FROM members WHERE domain = ? AND tag = ?', idOf(stream), data['tag'] as string);
  },
  CatchAllSet: ({ stream, data }, write) => {
    const account = data['account'] as Uuid | null;
    write('UPDATE domain_settings SET catch_all = ? WHERE domain = ?', account, idOf(stream));
  },
  PostmasterSet: ({ stream, data }, write) => {
    const account = data['account'] as Uuid | null;
    write('UPDATE domain_settings SET postmaster = ? WHERE domain = ?', account, idOf(stream));
  },
};

function addMembers({ stream, data }: LoggedEvent, write: Write): void {
  for (const account of data['members'] as Uuid[]) {
    write('INSERT OR IGNORE INTO members VALUES (?, ?, ?)', idOf(stream), data['tag'] as string, account);
  }
}

const nameAppliers: Readonly<Record<string, RowApplier>> = {
  DomainAdded: (event, write) => {
    const { domain, tag } = event.data;
    write('INSERT INTO domain_settings VALUES (?, NULL, NULL)', domain as Uuid);
    write(
      'INSERT INTO names VALUES (?, ?, ?, 0)',
      tag as string,
      domain as Uuid,
      personalText(event, 'name'),
    );
  },
  DomainBound: (event, write) => {
    const { domain, tag } = event.data;
    write(
      'INSERT INTO names VALUES (?, ?, ?, 1)',
      tag as string,
      domain as Uuid,
      personalText(event, 'name'),
    );
  },
  DomainUnbound: ({ data }, write) => {
    write('DELETE FROM names WHERE tag = ?', data['tag'] as string);
  },
};

/** Events of an account's stream; its id is the account. */
const accountAppliers: Readonly<Record<string, RowApplier>> = {
  AccountOpened: (event, write) => {
    const { domain, quotaOctets } = event.data;
    const address = personalText(event, 'address');
    const realName = personalText(event, 'realName');
    write(
      `INSERT INTO accounts VALUES (?, ?, ?, ?, 'active', '', ?, 0, 0, 0, ?, ?, ?)`,
      idOf(event.stream),
      domain as Uuid,
      address,
      realName,
      quotaOctets as number,
      event.at,
      searchForm(address),
      searchForm(realName),
    );
  },
  RealNameSet: (event, write) => {
    const realName = personalText(event, 'realName');
    const update = 'UPDATE accounts SET real_name = ?, name_form = ? WHERE account = ?';
    write(update, realName, searchForm(realName), idOf(event.stream));
  },
  QuotaSet: ({ stream, data }, write) => {
    write(
      'UPDATE accounts SET quota_octets = ? WHERE account = ?',
      data['quotaOctets'] as number,
      idOf(stream),
    );
  },
  LimitsSet: ({ stream, data }, write) => {
    write(
      'UPDATE accounts SET max_message_octets = ?, max_recipients = ?, max_sessions = ? WHERE account = ?',
      data['maxMessageOctets'] as number,
      data['maxRecipients'] as number,
      data['maxSessions'] as number,
      idOf(stream),
    );
  },
  RoleGranted: ({ stream, data }, write) => {
    write('INSERT OR IGNORE INTO roles VALUES (?, ?)', idOf(stream), data['role'] as string);
  },
  RoleRevoked: ({ stream, data }, write) => {
    write('DELETE FROM roles WHERE account = ? AND role = ?', idOf(stream), data['role'] as string);
  },
  SendAsGranted: (event, write) => {
    const { tag } = event.data;
    write(
      'INSERT OR REPLACE INTO send_as VALUES (?, ?, ?)',
      idOf(event.stream),
      tag as string,
      personalText(event, 'address'),
    );
  },
  SendAsRevoked: ({ stream, data }, write) => {
    write('DELETE FROM send_as WHERE account = ? AND tag = ?', idOf(stream), data['tag'] as string);
  },
  AccountFrozen: (event, write) => setState(event, write, 'frozen', personalText(event, 'reason')),
  AccountUnfrozen: (event, write) => setState(event, write, 'active', ''),
  AccountClosed: (event, write) => setState(event, write, 'closed', ''),
};

function setState({ stream }: LoggedEvent, write: Write, state: string, reason: string): void {
  write('UPDATE accounts SET state = ?, state_reason = ? WHERE account = ?', state, reason, idOf(stream));
}

export const directory = tableProjection({
  name: 'directory',
  version: 1,
  schema,
  opens: [
    'DomainAdded',
    'DomainBound',
    'AliasAdded',
    'GroupAdded',
    'AccountOpened',
    'RealNameSet',
    'SendAsGranted',
    'AccountFrozen',
  ],
  appliers: { ...nameAppliers, ...domainAppliers, ...accountAppliers },
  digestParts: [
    tablePart('names', 'tag'),
    tablePart('domain_settings', 'domain'),
    tablePart('accounts', 'account'),
    tablePart('roles', 'account, role'),
    tablePart('send_as', 'account, tag'),
    tablePart('aliases', 'domain, tag'),
    tablePart('groups', 'domain, tag'),
    tablePart('members', 'domain, tag, account'),
  ],
});
