/** Where one is on the approval desk: `#approvals`, `#approvals/<id>` as notices link to it, `#approvals/own/<id>`. Pure. */

export const approvalTabs = ['waiting', 'own', 'log'] as const;
export type ApprovalTab = (typeof approvalTabs)[number];

export interface ApprovalPlace {
  readonly tab: ApprovalTab;
  readonly open: string | null;
}

/** Null: the address is no place of the desk. */
export function parseApprovalPlace(hash: string): ApprovalPlace | null {
  const found = /^#approvals(?:\/(own|log))?(?:\/([0-9a-f-]{36}))?$/.exec(hash);
  if (!found) return null;
  const [, tab = 'waiting', open = null] = found;
  return { tab: tab as ApprovalTab, open };
}

export function approvalPlaceText(tab: ApprovalTab, open: string | null = null): string {
  return ['#approvals', ...(tab === 'waiting' ? [] : [tab]), ...(open === null ? [] : [open])].join('/');
}
