/** What whoever decides reads of a held mail: `/api/approvals/<id>/email`, `/mail`, `/parts`. */
import type { Handlers } from './api-call.ts';
import type { heldMailRoutes } from './contract/held-mail.ts';
import { foundApproval, ownersOf, reviewed } from './reviewed-approval.ts';

export const heldMailHandlers: Handlers<typeof heldMailRoutes> = {
  async showHeldMail(call, parts) {
    const row = await reviewed(call, parts);
    await call.shows(ownersOf([row]), row.message);
    return parts.heldEmail(row.message);
  },
  async showMailBefore(call, parts) {
    const { resubmits } = await reviewed(call, parts);
    const before = foundApproval(resubmits === null ? null : parts.approvals.one(resubmits));
    await call.shows(ownersOf([before]), before.message);
    const { comment, endedAtMs } = before;
    const state = before.state === 'withdrawn' ? 'withdrawn' : 'returned';
    return { ...(await parts.heldEmail(before.message)), comment, endedAtMs, state };
  },
  async readHeldMail(call, parts) {
    const row = await reviewed(call, parts);
    await call.shows(ownersOf([row]), row.message);
    call.setFileName(`${row.message}.eml`);
    return parts.heldMail(row.message);
  },
  async readHeldPart(call, parts) {
    const row = await reviewed(call, parts);
    await call.shows(ownersOf([row]), row.message);
    const { name, octets } = await parts.heldPart(row.message, call.params.part);
    call.setFileName(name || call.params.part);
    return octets;
  },
  async viewHeldPart(call, parts) {
    const row = await reviewed(call, parts);
    await call.shows(ownersOf([row]), row.message);
    return (await parts.heldPart(row.message, call.params.part)).octets;
  },
};
