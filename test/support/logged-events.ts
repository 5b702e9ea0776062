/** Drafts as the log would give them back, for tests of pure code. */
import type { DraftEvent, LoggedEvent } from '../../services/domain/event.ts';
import { newEventId } from '../../services/identifiers.ts';

export interface Logged {
  readonly stream: string;
  readonly firstRevision: number;
  readonly firstPosition?: number;
  readonly at?: number;
  readonly epoch?: number;
}

export function loggedEvents(drafts: readonly DraftEvent[], logged: Logged): LoggedEvent[] {
  return drafts.map((draft, i) => ({
    ...draft,
    stream: logged.stream,
    revision: logged.firstRevision + i,
    position: (logged.firstPosition ?? logged.firstRevision) + i,
    epoch: logged.epoch ?? 1,
    id: newEventId(),
    at: logged.at ?? 1_000_000,
    actor: 'system',
    cause: null,
    key: draft.personal === null ? null : logged.stream,
    record: new Uint8Array(),
  }));
}
