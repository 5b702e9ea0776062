/** Approvals of the caller: those that they decide on, and nobody else's. */
import type { ApprovalRow } from '../../../projections/approvals-queries.ts';
import { isRefusal, Refused, refuse } from '../../domain/refusals.ts';
import type { Uuid } from '../../domain/values.ts';
import { subjectOf } from '../../sign-in/sign-in.ts';
import type { ApiCall } from './api-call.ts';
import type { ApiParts } from './api-parts.ts';

/** Whoever does not decide on it is not told that it is there. */
export async function reviewed(
  call: Pick<ApiCall, 'caller'> & { readonly params: { readonly approval: Uuid } },
  parts: ApiParts,
): Promise<ApprovalRow> {
  await parts.settle();
  const row = foundApproval(parts.approvals.one(call.params.approval));
  if (!(await mayReview(call, parts, row.approval))) throw new Refused(refuse('approvalNotFound'));
  return row;
}

/** The nearest deadline first. */
export async function waitingFor(
  call: Pick<ApiCall, 'caller'>,
  parts: ApiParts,
  limit: number,
): Promise<ApprovalRow[]> {
  await parts.settle();
  const { account, roles } = call.caller.signedIn;
  const mine: ApprovalRow[] = [];
  for (const row of parts.approvals.waitingFor(account, roles, limit))
    if (await mayReview(call, parts, row.approval)) mine.push(row);
  return mine;
}

export function foundApproval(row: ApprovalRow | null): ApprovalRow {
  if (!row) throw new Refused(refuse('approvalNotFound'));
  return row;
}

/** Whose mail is shown. */
export function ownersOf(rows: readonly ApprovalRow[]): Uuid[] {
  return [...new Set(rows.flatMap(({ submitter }) => submitter ?? []))];
}

async function mayReview(
  { caller }: Pick<ApiCall, 'caller'>,
  { desk }: ApiParts,
  approval: Uuid,
): Promise<boolean> {
  return !isRefusal(await desk.permitted(approval, subjectOf(caller.signedIn)));
}
