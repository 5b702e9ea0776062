/** Where one is on the desk: `#approvals`, `#approvals/<id>` as notices link to it, `#approvals/own/<id>`. Pure. */

export const deskTabs = ['waiting', 'own', 'log'] as const;
export type DeskTab = (typeof deskTabs)[number];

export interface DeskPlace {
  readonly tab: DeskTab;
  readonly approval: string | null;
}

/** Null: the address is no place of the desk. */
export function parseDeskPlace(hash: string): DeskPlace | null {
  const found = /^#approvals(?:\/(own|log))?(?:\/([0-9a-f-]{36}))?$/.exec(hash);
  if (!found) return null;
  const [, tab = 'waiting', approval = null] = found;
  return { tab: tab as DeskTab, approval };
}

export function deskPlaceText(tab: DeskTab, approval: string | null = null): string {
  return ['#approvals', ...(tab === 'waiting' ? [] : [tab]), ...(approval === null ? [] : [approval])].join(
    '/',
  );
}
