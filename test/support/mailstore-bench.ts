/** A mailstore in memory: decide, evolve, look. For tests of the pure domain. */
import type { DraftEvent, LoggedEvent } from '../../services/domain/event.ts';
import { mailstoreLimits, standardMailboxes } from '../../services/domain/mailstore.ts';
import { decideMailstore, type MailstoreCommand } from '../../services/domain/mailstore-commands.ts';
import type { Filing } from '../../services/domain/mailstore-messages.ts';
import { findMailbox, openMailstore } from '../../services/domain/mailstore-naming.ts';
import {
  emptyMailstore,
  evolveMailstore,
  type Mailbox,
  type MailstoreState,
} from '../../services/domain/mailstore-state.ts';
import { isRefusal, type Refusal } from '../../services/domain/refusals.ts';
import { newEventId } from '../../services/identifiers.ts';
import { loggedEvents } from './logged-events.ts';

export const startMs = 1_700_000_000_000;

export class MailstoreBench {
  readonly account = newEventId();
  readonly state: MailstoreState;
  readonly log: LoggedEvent[] = [];
  #position = 0;

  constructor() {
    this.state = emptyMailstore(this.account, () => {
      throw new Error('nothing is stored');
    });
    this.take(
      openMailstore(
        this.account,
        standardMailboxes.map(() => newEventId()),
        startMs,
      ),
    );
  }

  take(drafts: readonly DraftEvent[]): void {
    const stream = `mailstore-${this.account}`;
    const events = loggedEvents(drafts, { stream, firstRevision: this.state.revision + 1 });
    for (const event of events) evolveMailstore(this.state, event);
    this.log.push(...events);
  }

  /** Decides and applies; the drafts, or the refusal. */
  run(command: MailstoreCommand): readonly DraftEvent[] | Refusal {
    const newIds = Array.from({ length: mailstoreLimits.maxDepth }, () => newEventId());
    const decided = decideMailstore(this.state, command, newIds, startMs);
    if (isRefusal(decided)) return decided;
    this.take(decided.events);
    return decided.events;
  }

  mailbox(path: string): Mailbox {
    const found = findMailbox(this.state, path);
    if (!found) throw new Error(`no mailbox ${path}`);
    return found;
  }

  filing(over: Partial<Filing> = {}): Filing {
    return {
      message: newEventId(),
      mailbox: null,
      sizeOctets: 1000,
      dateMs: startMs,
      flags: 0,
      thread: newEventId(),
      causeEpoch: 1,
      causePosition: ++this.#position,
      ...over,
    };
  }

  file(count: number, over: Partial<Filing> = {}): void {
    this.run({ kind: 'file', filings: Array.from({ length: count }, () => this.filing(over)) });
  }

  uids(path: string): number[] {
    return [...this.mailbox(path).rows.allUids()];
  }

  flags(path: string, uid: number): number {
    const { rows } = this.mailbox(path);
    return rows.flagsAt(rows.find(uid));
  }
}
