/** The recorder over the log: all sessions, the peers without one, and one queue. */
import type { RefusalCode } from '../domain/refusals.ts';
import type { SessionProtocol } from '../domain/session.ts';
import type { Recorder, RecorderHealth, RefusedMail, SessionRecorder, SessionStart } from '../record.ts';
import { PeerRecorder } from './record-peers.ts';
import type { RecordQueue } from './record-queue.ts';
import { RecordedSession } from './record-session.ts';

export class LogRecorder implements Recorder {
  readonly #queue: RecordQueue;
  readonly #peers: PeerRecorder;

  constructor(queue: RecordQueue) {
    this.#queue = queue;
    this.#peers = new PeerRecorder(queue);
  }

  openSession(start: SessionStart): SessionRecorder {
    return new RecordedSession(start, this.#queue);
  }

  mailRefused(refused: RefusedMail): void {
    this.#peers.mailRefused(refused);
  }

  peerRefused(protocol: SessionProtocol, peer: string, reason: RefusalCode): void {
    this.#peers.peerRefused(protocol, peer, reason);
  }

  health(): RecorderHealth {
    return this.#queue.health();
  }

  async flush(): Promise<void> {
    this.#peers.endMinute();
    await this.#queue.settled();
  }

  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      this.#queue.stop();
    }
  }
}
