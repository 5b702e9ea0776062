/** Held mail and decisions on it: `/api/approvals` and `/api/approval-log`. */
import type { ApprovalRow } from '../../../projections/approvals-queries.ts';
import { isRefusal, Refused, refuse } from '../../domain/refusals.ts';
import type { Uuid } from '../../domain/values.ts';
import { subjectOf } from '../../sign-in/sign-in.ts';
import type { ApiCall, Handlers } from './api-call.ts';
import type { ApiParts } from './api-parts.ts';
import type { approvalRoutes } from './contract/approvals.ts';
import { defaultPageItems } from './contract/fields.ts';
import { hitsOf } from './held-mail-hits.ts';
import { Names } from './names.ts';

export const approvalHandlers: Handlers<typeof approvalRoutes> = {
  async listApprovals(call, parts) {
    await parts.settle();
    const { account, roles } = call.caller.signedIn;
    const rows = parts.approvals.waitingFor(account, roles, call.query.limit ?? defaultPageItems);
    const mine: ApprovalRow[] = [];
    for (const row of rows) if (await mayReview(call, parts, row.approval)) mine.push(row);
    await call.shows(ownersOf(mine), null);
    return { items: mine.map((row) => itemOf(row, parts)), waiting: mine.length };
  },
  async showApproval(call, parts) {
    const row = await reviewed(call, parts);
    await call.shows(ownersOf([row]), row.message);
    const trace = parts.traces.trace(row.message)!;
    return {
      ...itemOf(row, parts),
      from: trace.from,
      to: trace.to,
      mailOctets: trace.octets,
      hits: await hitsOf(row, parts),
      steps: stepsOf(row, parts),
    };
  },
  async readHeldMail(call, parts) {
    const row = await reviewed(call, parts);
    await call.shows(ownersOf([row]), row.message);
    call.setFileName(`${row.message}.eml`);
    return parts.heldMail(row.message);
  },
  /** One that is refused does not keep the others from being decided. */
  async decideApprovals({ body, actor, caller }, { desk, settle }) {
    const kind = body.decision === 'approve' ? 'release' : 'return';
    const { comment = '' } = body;
    if (kind === 'return' && comment === '') throw new Refused(refuse('commentMissing'));
    const done: Uuid[] = [];
    const refused: { approval: Uuid; code: string }[] = [];
    for (const { approval, octets } of body.approvals) {
      try {
        await desk.decide(approval, { kind, octets, comment }, caller.signedIn.account, actor);
        done.push(approval);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        refused.push({ approval, code: error.refusal.refused });
      }
    }
    await settle();
    return { done, refused };
  },
  async withdrawApproval({ params, caller, actor }, { desk, settle }) {
    await desk.withdraw(params.approval, caller.signedIn.account, actor);
    await settle();
  },
  async listApprovalLog(call, parts) {
    await parts.settle();
    const { everybody = false, limit = defaultPageItems } = call.query;
    const { account } = call.caller.signedIn;
    call.permit(everybody ? null : account);
    const rows = parts.approvals.list({ person: everybody ? undefined : account, limit });
    await call.shows(ownersOf(rows), null);
    return { items: rows.map((row) => itemOf(row, parts)) };
  },
  async showApprovalLog(call, parts) {
    await parts.settle();
    const row = found(parts.approvals.one(call.params.approval));
    const { account } = call.caller.signedIn;
    const isTheirs = [row.submitter, row.reviewer, row.decidedBy].includes(account);
    call.permit(isTheirs ? account : null);
    await call.shows(ownersOf([row]), row.message);
    return { ...itemOf(row, parts), steps: stepsOf(row, parts) };
  },
};

/** Whoever does not decide on it is not told that it is there. */
async function reviewed(
  call: Pick<ApiCall, 'caller'> & { readonly params: { readonly approval: Uuid } },
  parts: ApiParts,
): Promise<ApprovalRow> {
  await parts.settle();
  const row = found(parts.approvals.one(call.params.approval));
  if (!(await mayReview(call, parts, row.approval))) throw new Refused(refuse('approvalNotFound'));
  return row;
}

async function mayReview(
  { caller }: Pick<ApiCall, 'caller'>,
  { desk }: ApiParts,
  approval: Uuid,
): Promise<boolean> {
  return !isRefusal(await desk.permitted(approval, subjectOf(caller.signedIn)));
}

function found(row: ApprovalRow | null): ApprovalRow {
  if (!row) throw new Refused(refuse('approvalNotFound'));
  return row;
}

function ownersOf(rows: readonly ApprovalRow[]): Uuid[] {
  return [...new Set(rows.flatMap(({ submitter }) => submitter ?? []))];
}

function itemOf(row: ApprovalRow, { traces, directory }: ApiParts) {
  const names = new Names(directory);
  const address = (account: Uuid | null): string | null =>
    account === null ? null : names.of(account).address;
  const { returnPath: sender = '', subject = '' } = traces.head(row.message) ?? {};
  const { approval, message, kind, state, octets, reviewerRole, requestedAtMs, deadlineMs, onDeadline } = row;
  return {
    ...{ approval, message, kind, state, octets, reviewerRole, requestedAtMs, deadlineMs, onDeadline },
    sender,
    senderName: row.submitter === null ? '' : names.of(row.submitter).realName,
    subject,
    rules: [...row.reasons],
    reviewer: address(row.reviewer),
    deputy: address(row.deputy),
    endedAtMs: row.endedAtMs,
    endedBy: row.endedBy,
    decidedBy: address(row.decidedBy),
    decidedAs: row.decidedAs,
    comment: row.comment,
  };
}

function stepsOf({ approval }: ApprovalRow, { approvals, directory }: ApiParts) {
  const names = new Names(directory);
  return approvals.steps(approval).map(({ position, atMs, type, actor, person, comment }) => ({
    position,
    atMs,
    type,
    who: person === null ? names.ofActor(actor) : names.of(person).address,
    comment,
  }));
}
