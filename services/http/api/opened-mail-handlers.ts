/** What an auditor reads of others’ mail: `/api/messages/<id>/openings`, `/email`, `/mail`, `/parts`. */
import { Refused, refuse } from '../../domain/refusals.ts';
import type { Uuid } from '../../domain/values.ts';
import type { ApiCall, Handlers } from './api-call.ts';
import type { ApiParts } from './api-parts.ts';
import type { openedMailRoutes } from './contract/opened-mail.ts';

export const openedMailHandlers: Handlers<typeof openedMailRoutes> = {
  async openMail(call, parts) {
    const { message } = call.params;
    const reason = call.body.reason.trim();
    const owners = await ownersOf(message, call, parts);
    await call.shows(owners, message, false, reason);
    return { untilMs: call.caller.openings.open(message, reason, Date.now()) };
  },
  async showOpenedMail(call, parts) {
    await opened(call, parts);
    return parts.openedEmail(call.params.message);
  },
  async readOpenedMail(call, parts) {
    const { message } = call.params;
    await opened(call, parts);
    call.setFileName(`${message}.eml`);
    return parts.supervisedMail(message);
  },
  async readOpenedPart(call, parts) {
    await opened(call, parts);
    const { message, part } = call.params;
    const { name, octets } = await parts.heldPart(message, part);
    call.setFileName(name || part);
    return octets;
  },
  async viewOpenedPart(call, parts) {
    await opened(call, parts);
    return (await parts.heldPart(call.params.message, call.params.part)).octets;
  },
};

type MailCall = Pick<ApiCall, 'caller' | 'permit' | 'shows'> & {
  readonly params: { readonly message: Uuid };
};

/** Records that it is about to be shown, with the reason it was opened with; throws `Refused` without one. */
async function opened(call: MailCall, parts: ApiParts): Promise<void> {
  const { message } = call.params;
  const owners = await ownersOf(message, call, parts);
  const reason = call.caller.openings.reasonFor(message, Date.now());
  if (reason === null) throw new Refused(refuse('reasonMissing'));
  await call.shows(owners, message, false, reason);
}

/** Whose mail it is: whoever sent it and whoever got it here. Throws `Refused`. */
async function ownersOf(
  message: Uuid,
  call: Pick<ApiCall, 'permit'>,
  { traces, settle }: ApiParts,
): Promise<Uuid[]> {
  call.permit(null);
  await settle();
  const trace = traces.trace(message);
  if (!trace) throw new Refused(refuse('messageNotFound'));
  const recipients = trace.recipientList.map(({ account }) => account);
  return [...new Set([trace.submitter, ...recipients].filter((account) => account !== null))];
}
