/** What is done to mails, as patches of `Email/set` (RFC 8620 §5.3) with those that take it back. Pure. */
import type { EmailPlace } from './email.ts';

export type MarkKeyword = '$seen' | '$flagged' | '$answered' | '$forwarded';

export type MailChange =
  | { readonly kind: 'mark'; readonly keyword: MarkKeyword; readonly on: boolean }
  | { readonly kind: 'move'; readonly from: string; readonly to: string };

export type Patches = Readonly<Record<string, Readonly<Record<string, true | null>>>>;

export interface PatchPair {
  readonly forth: Patches;
  readonly back: Patches;
}

/** Only of mails that the change makes different: taking it back leaves the others as they were. */
export function patchesOf(places: readonly EmailPlace[], change: MailChange): PatchPair {
  const pairs = places.flatMap((place) => {
    const forth = patchOf(place, change);
    return forth === null ? [] : [{ id: place.id, forth, back: reversed(forth) }];
  });
  return {
    forth: Object.fromEntries(pairs.map(({ id, forth }) => [id, forth])),
    back: Object.fromEntries(pairs.map(({ id, back }) => [id, back])),
  };
}

function patchOf(
  { mailboxIds, keywords }: EmailPlace,
  change: MailChange,
): Record<string, true | null> | null {
  if (change.kind === 'mark') {
    if ((keywords[change.keyword] === true) === change.on) return null;
    return { [`keywords/${change.keyword}`]: change.on || null };
  }
  if (!mailboxIds[change.from] || change.from === change.to) return null;
  const out = { [`mailboxIds/${change.from}`]: null };
  return mailboxIds[change.to] ? out : { ...out, [`mailboxIds/${change.to}`]: true };
}

function reversed(patch: Readonly<Record<string, true | null>>): Record<string, true | null> {
  return Object.fromEntries(
    Object.entries(patch).map(([path, value]) => [path, value === null ? true : null]),
  );
}

/** The mail as it is after the change, shown before the server has answered. */
export function changed<T extends EmailPlace>(place: T, change: MailChange): T {
  if (change.kind === 'move') return place;
  const { [change.keyword]: _, ...others } = place.keywords;
  return { ...place, keywords: change.on ? { ...others, [change.keyword]: true } : others };
}
