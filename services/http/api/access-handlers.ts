/** Who was here, and who saw what. */
import type { AccessFilter, AccessRow } from '../../../projections/access-log-queries.ts';
import { approvalId } from '../../domain/approval.ts';
import { rangesSize } from '../../domain/uid-ranges.ts';
import type { Uuid } from '../../domain/values.ts';
import type { Handlers } from './api-call.ts';
import type { ApiParts } from './api-parts.ts';
import type { accessRoutes } from './contract/access-log.ts';
import { defaultPageItems } from './contract/fields.ts';
import { accountAt, Names } from './names.ts';
import { positionOf } from './page-cursor.ts';

interface TimedPage {
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
  readonly fromMs?: number | undefined;
  readonly untilMs?: number | undefined;
  readonly others?: boolean | undefined;
}

export const accessHandlers: Handlers<typeof accessRoutes> = {
  async listOwnAccesses({ query, caller }, parts) {
    await parts.settle();
    const { message } = query;
    return accessPage(parts, query, { owner: caller.signedIn.account, message, told: true });
  },
  async listAccesses({ query }, parts) {
    await parts.settle();
    const accountOf = (address?: string): Uuid | undefined =>
      address === undefined ? undefined : accountAt(parts.directory, address);
    return accessPage(parts, query, { account: accountOf(query.account), owner: accountOf(query.owner) });
  },
  async listOwnLogins({ query, caller }, { accessLog, sessions, settle }) {
    await settle();
    const { account } = caller.signedIn;
    const rows = accessLog.sessions({
      account,
      before: positionOf(query),
      limit: query.limit ?? defaultPageItems,
    });
    const open = sessions.openOf(account);
    const items = rows.map(({ position: _, account: __, ...row }) => ({
      ...row,
      isOpen: open.has(row.session),
      isThis: row.session === caller.recorder.session,
    }));
    return { items, next: nextOf(rows, query.limit) };
  },
  async endSession({ params, caller }, { sessions }) {
    await sessions.end(caller.signedIn.account, params.session);
  },
  async listOwnRefusals({ query, caller }, { accessLog, settle }) {
    await settle();
    const { account } = caller.signedIn;
    const rows = accessLog.refusals({
      account,
      before: positionOf(query),
      limit: query.limit ?? defaultPageItems,
    });
    const signIns = rows.filter(({ kind }) => kind === 'signIn');
    const items = signIns.map(({ atMs, protocol, reason, count, peer }) => ({
      atMs,
      protocol,
      reason,
      count,
      peer,
    }));
    return { items, next: nextOf(rows, query.limit) };
  },
};

function accessPage(parts: ApiParts, page: TimedPage, whose: AccessFilter) {
  const { accessLog, directory } = parts;
  const { limit = defaultPageItems, fromMs, untilMs, others } = page;
  const rows = accessLog.accesses({ ...whose, others, fromMs, untilMs, before: positionOf(page), limit });
  const names = new Names(directory);
  const logins = new Map(
    accessLog.sessionsOf(rows.map(({ session }) => session)).map((row) => [row.session, row]),
  );
  const items = rows.map((row) => {
    const { protocol = null, peer = null } = logins.get(row.session) ?? {};
    return { ...accessItemOf(row, names), rules: rulesOf(row, parts), protocol, peer };
  });
  return { items, next: nextOf(rows, limit) };
}

/** Why it was on somebody’s desk. What a rule seals is named with its own accesses alone, which auditors see. */
function rulesOf({ message, items, sealed }: AccessRow, { supervision, approvals }: ApiParts): string[] {
  if (message === null) return [];
  if (items === 'reviewMail') return [...(approvals.one(approvalId(message))?.reasons ?? [])];
  if (items !== 'superviseMail') return [];
  const copies = supervision.ofMessage(message).filter((copy) => copy.sealed === sealed);
  return [...new Set(copies.flatMap(({ reasons }) => reasons).filter((reason) => reason !== ''))];
}

function accessItemOf(row: AccessRow, names: Names) {
  const { position, atMs, account, owner, kind, items, uids, count, query, message, reason } = row;
  const { address, realName } = names.of(account);
  return {
    position,
    atMs,
    by: address,
    byName: realName,
    owner: owner === null ? null : names.of(owner).address,
    kind,
    items,
    count: kind === 'read' ? rangesSize(uids) : count,
    query,
    message,
    reason,
  };
}

function nextOf(rows: readonly { readonly position: number }[], limit = defaultPageItems): string | null {
  return rows.length < limit ? null : String(rows.at(-1)!.position);
}
