/** Asks whether the verb is allowed, carries it out where the data are, and turns whatever happens into a reply. */
import { ask, type Subject } from '../../policies/access.ts';
import type { JsonValue } from '../domain/event.ts';
import { isRefusal, type Refusal, Refused, refusals } from '../domain/refusals.ts';
import type { ControlReply } from './control-protocol.ts';
import type { House } from './house.ts';
import { type Answer, exitCodes, type Progress, UsageError, VerbFailure } from './verb.ts';
import { findVerb } from './verb-list.ts';
import { whatToDo } from './what-to-do.ts';

/** Whoever reaches the command socket, or holds the folder's lock, owns the data folder and its keys. */
export const operator: Subject = { kind: 'operator' };

export async function performVerb(
  house: House,
  name: string,
  request: JsonValue,
  progress: Progress,
  subject: Subject = operator,
): Promise<ControlReply> {
  const verb = findVerb(name);
  if (!verb) return { kind: 'failure', text: `The server does not know the verb ${name}.`, expected: true };
  const permit = ask(subject, verb.act, { owner: null });
  if (isRefusal(permit)) return refusedReply(permit);
  try {
    if (verb.looksAt) await house.recordLook(permit, verb.looksAt(request));
    return replyOf(await verb.perform(house, request, progress, permit));
  } catch (error) {
    return failureOf(error, house);
  }
}

export function replyOf({ json, text, exitCode = exitCodes.done, file }: Answer): ControlReply {
  const sent = file ? { path: file.path, base64: Buffer.from(file.content).toString('base64') } : null;
  return { kind: 'answer', json, text, exitCode, file: sent };
}

function failureOf(error: unknown, house: House): ControlReply {
  if (error instanceof VerbFailure || error instanceof UsageError)
    return { kind: 'failure', text: error.message, expected: true };
  if (error instanceof Refused) return refusedReply(error.refusal);
  house.reportFault(error);
  return { kind: 'failure', text: `This failed: ${(error as Error).message}`, expected: false };
}

export function refusedReply({ refused, detail }: Refusal): ControlReply {
  const no = detail === undefined ? refusals[refused] : `${refusals[refused]} (${detail})`;
  const advice = whatToDo[refused];
  const text = advice === undefined ? no : `${no} ${advice}`;
  return { kind: 'failure', text, expected: true };
}
