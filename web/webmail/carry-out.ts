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

/** Of 1: how much of a change of very many mails is done. */
export type OnProgress = (part: number) => void;

/** As the mails are now, whatever the page believes of them; `back` takes exactly this change back. */
export async function changePlaces(
  jmap: Jmap,
  ids: readonly string[],
  change: MailChange,
  onProgress: OnProgress = () => {},
): Promise<{ readonly back: Patches; readonly outcome: ChangeOutcome }> {
  const places: EmailPlace[] = [];
  for (const some of inPieces(ids)) {
    const got = await jmap.call('Email/get', { ids: some, properties: ['mailboxIds', 'keywords'] });
    places.push(...(got['list'] as EmailPlace[]));
    onProgress(places.length / ids.length / 2);
  }
  const { forth, back } = patchesOf(places, change);
  const half: OnProgress = (part) => onProgress(0.5 + part / 2);
  return { back, outcome: await carryOut(jmap, forth, half) };
}

export async function carryOut(
  jmap: Jmap,
  patches: Patches,
  onProgress: OnProgress = () => {},
): Promise<ChangeOutcome> {
  const answers: Answer[] = [];
  const pieces = inPieces(Object.entries(patches));
  for (const some of pieces) {
    answers.push(await jmap.call('Email/set', { update: Object.fromEntries(some) }));
    onProgress(answers.length / pieces.length);
  }
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
