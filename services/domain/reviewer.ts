/** Who decides on held mail, and in what capacity. */
import type { GrantedRole, Role } from './account.ts';
import type { Uuid } from './values.ts';

/** Who decides: one person, with a deputy for when they are away, or whoever has a role. */
export interface Reviewer {
  readonly reviewer: Uuid | null;
  readonly reviewerRole: GrantedRole | null;
  readonly deputy: Uuid | null;
}

/** In what capacity somebody may decide now; null where they may not. */
export function capacityOf(
  { reviewer, reviewerRole, deputy }: Reviewer,
  by: Uuid,
  byRoles: readonly Role[],
  reviewerAway: boolean,
): 'reviewer' | 'deputy' | 'role' | null {
  if (by === reviewer) return 'reviewer';
  if (reviewerRole !== null && byRoles.includes(reviewerRole)) return 'role';
  return by === deputy && reviewerAway ? 'deputy' : null;
}
