/** Held mail and decisions on it: `/api/approvals` and `/api/approval-log`. */
import type { ApprovalRow } from '../../../projections/approvals-queries.ts';
import { Refused, refuse } from '../../domain/refusals.ts';
import type { Uuid } from '../../domain/values.ts';
import type { ApiCall, Handlers } from './api-call.ts';
import type { ApiParts } from './api-parts.ts';
import type { approvalRoutes } from './contract/approvals.ts';
import { defaultPageItems } from './contract/fields.ts';
import { Names } from './names.ts';
import { foundApproval, ownersOf, reviewed, waitingFor } from './reviewed-approval.ts';
import { holdingHits } from './rule-hits.ts';

/** A badge says no more. */
const maxCounted = 500;

export const approvalHandlers: Handlers<typeof approvalRoutes> = {
  async listApprovals(call, parts) {
    const mine = await waitingFor(call, parts, call.query.limit ?? defaultPageItems);
    await call.shows(ownersOf(mine), null);
    return { items: mine.map((row) => itemOf(row, call, parts)), waiting: mine.length };
  },
  async countApprovals(call, parts) {
    return { waiting: (await waitingFor(call, parts, maxCounted)).length };
  },
  async showApproval(call, parts) {
    const row = await reviewed(call, parts);
    await call.shows(ownersOf([row]), row.message);
    const trace = parts.traces.trace(row.message)!;
    return {
      ...itemOf(row, call, parts),
      from: trace.from,
      to: trace.to,
      mailOctets: trace.octets,
      hits: await holdingHits(row, parts),
      steps: stepsOf(row, parts),
    };
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
  async previewHold({ body, caller }, { holdPreview, directory }) {
    const { outcome, rules, refusal, reviewer } = await holdPreview.of(
      body,
      caller.signedIn.account,
      Date.now(),
    );
    const { address, realName } =
      reviewer?.reviewer == null
        ? { address: null, realName: '' }
        : new Names(directory).of(reviewer.reviewer);
    return {
      outcome,
      rules: [...rules],
      reviewer: realName || address,
      reviewerRole: reviewer?.reviewerRole ?? null,
      refusal,
    };
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
    return { items: rows.map((row) => itemOf(row, call, parts)) };
  },
  async showApprovalLog(call, parts) {
    await parts.settle();
    const row = foundApproval(parts.approvals.one(call.params.approval));
    const { account } = call.caller.signedIn;
    const isTheirs = [row.submitter, row.reviewer, row.decidedBy].includes(account);
    call.permit(isTheirs ? account : null);
    await call.shows(ownersOf([row]), row.message);
    return { ...itemOf(row, call, parts), steps: stepsOf(row, parts) };
  },
};

function itemOf(
  row: ApprovalRow,
  { caller }: Pick<ApiCall, 'caller'>,
  { traces, directory, approvals }: ApiParts,
) {
  const names = new Names(directory);
  const address = (account: Uuid | null): string | null =>
    account === null ? null : names.of(account).address;
  const { returnPath: sender = '', subject = '' } = traces.head(row.message) ?? {};
  const { approval, message, kind, state, octets, reviewerRole, requestedAtMs, deadlineMs, onDeadline } = row;
  return {
    ...{ approval, message, kind, state, octets, reviewerRole, requestedAtMs, deadlineMs, onDeadline },
    sender,
    senderName: row.submitter === null ? '' : names.of(row.submitter).realName,
    isOwn: row.submitter === caller.signedIn.account,
    subject,
    rules: [...row.reasons],
    reviewer: address(row.reviewer),
    deputy: address(row.deputy),
    endedAtMs: row.endedAtMs,
    endedBy: row.endedBy,
    decidedBy: address(row.decidedBy),
    decidedAs: row.decidedAs,
    comment: row.comment,
    resubmits: row.resubmits,
    resubmittedAs: approvals.resubmissionOf(row.approval)?.approval ?? null,
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
