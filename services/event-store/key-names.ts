/** Which key seals an event's personal part. Pure: names only, no keys. */
import { type Actor, categoryOf, type DraftEvent } from '../domain/event.ts';

export interface KeyNameContext {
  readonly actor: Actor;
  /** Time of the event, UTC milliseconds. */
  readonly at: number;
}

export type KeyNameRule = (stream: string, draft: DraftEvent, context: KeyNameContext) => string;

/** `yyyymm` of a time, in UTC. */
function monthOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 7).replace('-', '');
}

/** Whose session it is: the account that the fact names, or else the one that acts. Peers have none. */
function sessionAccount({ data }: DraftEvent, actor: Actor): string | null {
  if (typeof data['account'] === 'string') return data['account'];
  return actor.startsWith('account-') ? actor.slice('account-'.length) : null;
}

/**
 * A stream's own name names its key. Sessions share one by account and month, because what somebody read is destroyed
 * by the month; a session stream without an account (what peers were refused) has its own again.
 */
export const keyNameFor: KeyNameRule = (stream, draft, { actor, at }) => {
  const account = categoryOf(stream) === 'session' ? sessionAccount(draft, actor) : null;
  return account === null ? stream : `access-${account}-${monthOf(at)}`;
};
