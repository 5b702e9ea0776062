/**
 * The recorder: appends what was observed (design §4 "Audit classes"). A protocol opens one recorder per
 * signed-in session and tells it what it is about to reveal, before it reveals it:
 *
 *   session.read(mailbox, uids, 'body', owner);
 *   if (!session.mayReveal() && !(await session.untilMayReveal())) → temporary error
 *   … octets go out
 *
 * `policies/access.ts` says by the owner which class it is. One's own mail (B) is durable within 100 ms; others' (A)
 * before `mayReveal` says yes again.
 */
import type { Dispatcher } from './dispatch.ts';
import type { RefusalCode } from './domain/refusals.ts';
import type { ReadItems, SessionAct, SessionEnd, SessionProtocol, ShownAct } from './domain/session.ts';
import type { UidRanges } from './domain/uid-ranges.ts';
import type { Uuid } from './domain/values.ts';
import { LogRecorder } from './recording/record-log.ts';
import { RecordQueue, type RecordSettings, recordDefaults } from './recording/record-queue.ts';

export type { ReadItems, SessionAct, SessionEnd, SessionProtocol, ShownAct } from './domain/session.ts';

export interface SessionStart {
  readonly account: Uuid;
  readonly protocol: SessionProtocol;
  /** IP address; sealed. */
  readonly peer: string;
  /** What the client says it is (IMAP ID, EHLO name, User-Agent), or empty; sealed. */
  readonly program: string;
}

export interface SessionRecorder {
  /** Id of the stream `session-<uuid>`. */
  readonly session: Uuid;
  /** A mailbox was selected. `owner`: whose mailstore, where it is not the session's own account. */
  opened(mailbox: Uuid, mode: 'read' | 'write', owner?: Uuid): void;
  /** Messages are about to be shown: one UID, or flat ranges. Cheap: facts are joined per window. */
  read(mailbox: Uuid, uids: number | UidRanges, items: ReadItems, owner?: Uuid): void;
  /** A search ran; the query's text is sealed. */
  searched(mailbox: Uuid, query: string, found: number, owner?: Uuid): void;
  /**
   * Something else than mail in a mailbox is about to be shown: what concerns these people, or with nobody named what
   * belongs to the installation. `message` where it is about one mail; the text of `query` is sealed. `sealed`: by a rule these people
   * are not told. `reason`: why, where that is asked; sealed.
   */
  shown(
    act: ShownAct,
    owners: readonly Uuid[],
    message: Uuid | null,
    query: string,
    sealed?: boolean,
    reason?: string,
  ): void;
  /** Something else was done `count` times; counted per window. `mailbox` null where it concerns none. */
  acted(act: SessionAct, mailbox: Uuid | null, count?: number): void;
  /** The client said later what it is (IMAP ID). */
  identified(program: string): void;
  /**
   * May octets go out now? False while the queue is full, late or failing, and while a read of others' mail (class A)
   * is not on disk. Costs next to nothing.
   */
  mayReveal(): boolean;
  /** Brings class A to disk and waits until `mayReveal`; false after `revealWaitMs` (answer a temporary error then). */
  untilMayReveal(): Promise<boolean>;
  /** Resolves when everything recorded so far in this session is on disk; rejects when it cannot be. */
  durable(): Promise<void>;
  /** Ends the session's facts. Never rejects; resolves when they are on disk or given up. Idempotent. */
  close(reason: SessionEnd): Promise<void>;
}

/** Mail that a peer without a session wanted to hand in for people here, and was refused. */
export interface RefusedMail {
  /** The known recipients. */
  readonly accounts: readonly Uuid[];
  readonly reason: RefusalCode;
  /** Envelope sender; sealed. */
  readonly sender: string;
  /** IP address; sealed. */
  readonly peer: string;
}

/** Of what everything recorded goes through: `dispatch.ts`. */
export function createRecorder(
  dispatcher: Pick<Dispatcher, 'appendResolved'>,
  settings: Partial<RecordSettings> = {},
): Recorder {
  return new LogRecorder(new RecordQueue(dispatcher, { ...recordDefaults, ...settings }));
}

export interface Recorder {
  openSession(start: SessionStart): SessionRecorder;
  /** Recorded one by one up to a rate per network, beyond it counted like the others. */
  mailRefused(refused: RefusedMail): void;
  /** Anything else refused to a peer without a session: counted per network, reason and minute. */
  peerRefused(protocol: SessionProtocol, peer: string, reason: RefusalCode): void;
  health(): RecorderHealth;
  /** Resolves when everything recorded so far is on disk. */
  flush(): Promise<void>;
  /** Flushes and stops; for shutdown, after the protocols have closed their sessions. */
  close(): Promise<void>;
}

export interface RecorderHealth {
  /** `strained` is the early warning: half of the room or most of the time is used, or a try failed. */
  readonly state: 'well' | 'strained' | 'stopped';
  /** Facts not yet on disk. */
  readonly waitingFacts: number;
  /** Age of the oldest of them, ms; 0 when there is none. */
  readonly oldestMs: number;
}
