/** `EmailSubmission/set` (RFC 8621 §7.5), and what follows for the mails that were sent. */
import { emailSet } from './email-set.ts';
import { type MailContext, resolvedId, submissionCapability, takeAccount } from './mail-context.ts';
import { invalidArguments } from './problem.ts';
import { ArgumentReader } from './read-arguments.ts';
import { isMap, type JsonMap } from './request.ts';
import type { Answer, MethodEntry } from './run-request.ts';
import { mustBeInState, readSet, SetError, SetOutcome } from './standard-set.ts';
import { resubmitted, submitEmail } from './submission-create.ts';
import { submissionState } from './submission-methods.ts';
import { deliveryDetails, submissionObject } from './submission-object.ts';

/** Given by the client, or told only when asked for; the rest of a new submission is told. */
const given = new Set(['identityId', 'emailId', deliveryDetails, resubmitted]);

export const submissionSet: MethodEntry<MailContext> = {
  capability: submissionCapability,
  run: async (args, context) => {
    const reader = new ArgumentReader(args);
    const { account } = takeAccount(reader, context);
    const request = readSet(reader);
    const onSuccess = {
      update: reader.optionalMap('onSuccessUpdateEmail') ?? {},
      destroy: reader.optionalTexts('onSuccessDestroyEmail') ?? [],
    };
    reader.end();
    if (!Object.values(onSuccess.update).every(isMap))
      throw invalidArguments('onSuccessUpdateEmail holds something that is no patch');
    const oldState = submissionState(context);
    mustBeInState(request, oldState);
    const outcome = new SetOutcome();
    const sent = new Map<string, string>();
    for (const [creationId, submission] of request.create)
      await outcome.attempt('create', creationId, () =>
        create(creationId, submission, outcome, sent, context),
      );
    await changeRest(request, outcome, context);
    const answer = outcome.answer(account, oldState, submissionState(context));
    const implied = await changeSent(onSuccess, sent, account, context);
    return [{ name: 'EmailSubmission/set', arguments: answer }, ...implied];
  },
};

async function create(
  creationId: string,
  submission: JsonMap,
  outcome: SetOutcome,
  sent: Map<string, string>,
  context: MailContext,
): Promise<void> {
  const { account, sending } = context;
  const { message } = await submitEmail(account, submission, context);
  context.createdIds.set(creationId, message);
  const emailId = resolvedId(submission['emailId'] as string, context);
  sent.set(`#${creationId}`, emailId).set(message, emailId);
  // It is sent: the answer says so, whether or not the read model has it yet.
  await sending.settled();
  const row = sending.submissions.one(account.account, message);
  const object = row
    ? submissionObject(row, [], sending.traces.trace(message))
    : { id: message, undoStatus: 'final' };
  outcome.created(
    creationId,
    Object.fromEntries(Object.entries(object).filter(([name]) => !given.has(name))),
  );
}

/** What waits for approval can be taken back; what was sent cannot, and that it was sent stays on record. */
async function changeRest(
  { update, destroy }: ReturnType<typeof readSet>,
  outcome: SetOutcome,
  context: MailContext,
): Promise<void> {
  const { account, sending } = context;
  const isThere = (id: string): boolean =>
    sending.submissions.one(account.account, resolvedId(id, context)) !== null;
  const missing = new SetError('notFound', 'There is no such submission.');
  for (const [id, { undoStatus }] of update) {
    if (!isThere(id)) outcome.failed('update', id, missing);
    else if (undoStatus !== 'canceled')
      outcome.failed('update', id, new SetError('forbidden', 'A submission does not change.'));
    else if (await sending.withdraw(resolvedId(id, context), account.account)) outcome.updated(id);
    else outcome.failed('update', id, new SetError('cannotUnsend', 'The mail has been handed over already.'));
  }
  for (const id of destroy)
    outcome.failed(
      'destroy',
      id,
      isThere(id) ? new SetError('forbidden', 'Submissions stay on record.') : missing,
    );
}

/** The Email/set that follows for mails that were sent, by creation ids or ids of their submissions. */
async function changeSent(
  { update, destroy }: { readonly update: JsonMap; readonly destroy: readonly string[] },
  sent: ReadonlyMap<string, string>,
  accountId: string,
  context: MailContext,
): Promise<Answer[]> {
  const updates = Object.entries(update).flatMap(([id, patch]) => {
    const email = sent.get(id);
    return email === undefined ? [] : [[email, patch] as const];
  });
  const destroys = destroy.flatMap((id) => sent.get(id) ?? []);
  if (updates.length === 0 && destroys.length === 0) return [];
  const args = { accountId, update: Object.fromEntries(updates), destroy: destroys };
  const answered = await emailSet.run(args, context);
  return [{ name: 'Email/set', arguments: answered as JsonMap }];
}
