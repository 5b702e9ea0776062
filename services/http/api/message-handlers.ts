/** What became of a mail: `/api/messages`. */
import { may } from '../../../policies/access.ts';
import type { MessageTrace, TracedMail } from '../../../projections/message-trace-queries.ts';
import { Refused, refuse } from '../../domain/refusals.ts';
import type { Uuid } from '../../domain/values.ts';
import { subjectOf } from '../../sign-in/sign-in.ts';
import type { ApiCall, Handlers } from './api-call.ts';
import { defaultPageItems } from './contract/fields.ts';
import type { messageRoutes } from './contract/messages.ts';
import { Names } from './names.ts';
import { cursorOf } from './page-cursor.ts';
import { deliveryItemOf } from './queue-handlers.ts';
import { stepsSeen } from './trace-steps.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** Ages of the queue that are told apart. */
const queueAgesMs = [hourMs / 4, hourMs, 4 * hourMs, dayMs, null] as const;

export const messageHandlers: Handlers<typeof messageRoutes> = {
  async searchMessages({ query }, { traces, settle }) {
    await settle();
    const { sender, recipient, subject, messageId, limit = defaultPageItems } = query;
    const filter = { sender, recipient, subject, messageId, after: cursorOf(query), limit: limit + 1 };
    const rows = traces.search(filter);
    const page = rows.slice(0, limit);
    return { items: page.map(mailItemOf), next: rows.length > limit ? page.at(-1)!.message : null };
  },
  async showMessage(call, { traces, deliveries, directory, settle }) {
    await settle();
    const trace = traces.trace(call.params.message);
    if (!trace) throw new Refused(refuse('messageNotFound'));
    const { seesAll, owners } = sightOf(call, trace);
    await call.shows(owners, trace.message);
    const names = new Names(directory);
    const ownAccount = call.caller.signedIn.account;
    const seen = trace.recipientList.filter(({ account }) => seesAll || account === ownAccount);
    const subject = subjectOf(call.caller.signedIn);
    const seesSupervision = may(subject, 'readSupervision', { owner: null });
    const elsewhere = deliveries.ofMessage(trace.message);
    return {
      ...mailItemOf(trace),
      submitter: trace.submitter === null ? null : names.of(trace.submitter).address,
      recipientList: seen.map(({ ordinal, address, account, filedAtMs }) => {
        const row = elsewhere.find((each) => each.ordinal === ordinal);
        return {
          ordinal,
          address,
          isHere: account !== null,
          filedAtMs,
          delivery: row ? deliveryItemOf(row) : null,
        };
      }),
      steps: stepsSeen(trace, seen, seesSupervision, names),
    };
  },
  async proveMessage(call, { prove, traces, settle }) {
    await settle();
    const { message } = call.params;
    const trace = traces.trace(message);
    if (!trace) throw new Refused(refuse('messageNotFound'));
    await call.shows(sightOf(call, trace).owners, message);
    call.setFileName(`proof-${message}.zip`);
    return prove(message, call.caller.signedIn);
  },
  async countMail({ query }, { traces, deliveries, settle }) {
    await settle();
    const { days = 30, offsetMinutes = 0 } = query;
    return {
      days: traces.perDay(Date.now() - days * dayMs, offsetMinutes * 60_000).map((row) => ({ ...row })),
      queue: deliveries.ages(Date.now(), queueAgesMs).map((row) => ({ ...row })),
    };
  },
};

interface Sight {
  /** Otherwise of the recipients only themselves. */
  readonly seesAll: boolean;
  /** Whose it is that they are shown. */
  readonly owners: readonly Uuid[];
}

/** Throws `Refused` for whom the mail does not concern. */
function sightOf(
  call: Pick<ApiCall, 'permit' | 'caller'>,
  { submitter, recipientList }: MessageTrace,
): Sight {
  const { account: asker } = call.caller.signedIn;
  const recipients = recipientList.map(({ account }) => account).filter((account) => account !== null);
  const isSubmitter = submitter === asker;
  if (isSubmitter || recipients.includes(asker)) {
    call.permit(asker);
    return { seesAll: isSubmitter, owners: [asker] };
  }
  call.permit(null);
  return {
    seesAll: true,
    owners: [...new Set(submitter === null ? recipients : [submitter, ...recipients])],
  };
}

function mailItemOf(mail: TracedMail) {
  const { message, acceptedAtMs, source, returnPath, subject, messageId, from, to, octets, recipients } =
    mail;
  return { message, acceptedAtMs, source, returnPath, subject, messageId, from, to, octets, recipients };
}
