/** Carries changes of many mails out, in pieces that the server takes. */
import type { EmailPlace } from './email.ts';
import type { Answer, Jmap } from './jmap.ts';
import { type MailChange, type Patches, patchesOf } from './mail-changes.ts';

/** `maxObjectsInGet` and `maxObjectsInSet` of the server. */
const piece = 500;

export interface ChangeOutcome {
  readonly done: number;
  readonly failed: number;
}

/** As the mails are now, whatever the page believes of them; `back` takes exactly this change back. */
export async function changePlaces(
  jmap: Jmap,
  ids: readonly string[],
  change: MailChange,
): Promise<{ readonly back: Patches; readonly outcome: ChangeOutcome }> {
  const places: EmailPlace[] = [];
  for (const some of inPieces(ids)) {
    const got = await jmap.call('Email/get', { ids: some, properties: ['mailboxIds', 'keywords'] });
    places.push(...(got['list'] as EmailPlace[]));
  }
  const { forth, back } = patchesOf(places, change);
  return { back, outcome: await carryOut(jmap, forth) };
}

export async function carryOut(jmap: Jmap, patches: Patches): Promise<ChangeOutcome> {
  const answers: Answer[] = [];
  for (const some of inPieces(Object.entries(patches)))
    answers.push(await jmap.call('Email/set', { update: Object.fromEntries(some) }));
  return outcomeOf(answers, 'updated', 'notUpdated');
}

export async function destroyMails(jmap: Jmap, ids: readonly string[]): Promise<ChangeOutcome> {
  const answers: Answer[] = [];
  for (const some of inPieces(ids)) answers.push(await jmap.call('Email/set', { destroy: some }));
  return outcomeOf(answers, 'destroyed', 'notDestroyed');
}

function outcomeOf(answers: readonly Answer[], done: string, failed: string): ChangeOutcome {
  const size = (value: unknown): number => Object.keys((value as object | null) ?? {}).length;
  const sum = (name: string): number => answers.reduce((total, answer) => total + size(answer[name]), 0);
  return { done: sum(done), failed: sum(failed) };
}

function inPieces<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / piece) }, (_, i) =>
    all.slice(i * piece, (i + 1) * piece),
  );
}
