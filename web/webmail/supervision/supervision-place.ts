/** Where one is on the supervision desk: `#supervision`, `#supervision/overdue/<id>`. Pure. */

export const supervisionTabs = ['waiting', 'overdue', 'reviewed'] as const;
export type SupervisionTab = (typeof supervisionTabs)[number];

export interface SupervisionPlace {
  readonly tab: SupervisionTab;
  readonly open: string | null;
}

/** Null: the address is no place of the desk. */
export function parseSupervisionPlace(hash: string): SupervisionPlace | null {
  const found = /^#supervision(?:\/(overdue|reviewed))?(?:\/([0-9a-f-]{36}))?$/.exec(hash);
  if (!found) return null;
  const [, tab = 'waiting', open = null] = found;
  return { tab: tab as SupervisionTab, open };
}

export function supervisionPlaceText(tab: SupervisionTab, open: string | null = null): string {
  return ['#supervision', ...(tab === 'waiting' ? [] : [tab]), ...(open === null ? [] : [open])].join('/');
}
