/** A signed-in submission session: who it is, its facts for the audit, and its end when the account's rights end. */

import type { Concurrency } from '../concurrency.ts';
import type { SessionEnd, SessionRecorder } from '../record.ts';
import type { SignedIn } from '../sign-in/sign-in.ts';
import type { SmtpParts } from './smtp-parts.ts';

export class SubmissionSession {
  readonly account: SignedIn;
  readonly #recorder: SessionRecorder;
  readonly #stopListening: () => void;
  readonly #sessions: Concurrency;
  #closed = false;

  /** Null where the account has as many sessions as it may. `onRevoked`: it was frozen, closed, or got another password. */
  static open(
    account: SignedIn,
    peer: { readonly address: string; readonly helo: string },
    sessions: Concurrency,
    parts: Pick<SmtpParts, 'recorder' | 'signIn'>,
    onRevoked: () => void,
  ): SubmissionSession | null {
    const max = account.maxSessions === 0 ? Number.POSITIVE_INFINITY : account.maxSessions;
    if (!sessions.enter(account.account, max)) return null;
    const recorder = parts.recorder.openSession({
      account: account.account,
      protocol: 'smtp',
      peer: peer.address,
      program: peer.helo,
    });
    const stopListening = parts.signIn.onRevoked(account.account, onRevoked, account.applicationPassword);
    return new SubmissionSession(account, recorder, stopListening, sessions);
  }

  private constructor(
    account: SignedIn,
    recorder: SessionRecorder,
    stopListening: () => void,
    sessions: Concurrency,
  ) {
    this.account = account;
    this.#recorder = recorder;
    this.#stopListening = stopListening;
    this.#sessions = sessions;
  }

  submitted(): void {
    this.#recorder.acted('submit', null);
  }

  submitRefused(): void {
    this.#recorder.acted('submitRefused', null);
  }

  close(reason: SessionEnd): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopListening();
    this.#sessions.leave(this.account.account);
    void this.#recorder.close(reason);
  }
}
