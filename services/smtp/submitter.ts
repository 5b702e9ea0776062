/** Who signed in on one connection, and whether a password may come over it at all. */

import type { Concurrency } from '../concurrency.ts';
import { isRefusal, type RefusalCode } from '../domain/refusals.ts';
import { isLoopback } from '../networks.ts';
import type { SessionEnd } from '../record.ts';
import type { SignedIn } from '../sign-in/sign-in.ts';
import { refusalReplies, type SmtpReply, wireReplies } from './replies.ts';
import type { SmtpParts } from './smtp-parts.ts';
import type { ListenerKind, SmtpSettings } from './smtp-settings.ts';
import { SubmissionSession } from './submission-session.ts';

export interface SubmitterParts extends Pick<SmtpParts, 'signIn' | 'recorder' | 'report'> {
  readonly settings: SmtpSettings;
  /** Submission sessions per account. */
  readonly sessions: Concurrency;
}

/** AUTH commands of one connection, also those that never come to a password: more is no mail program. */
const maxAuthCommands = 20;

export class Submitter {
  readonly #kind: ListenerKind;
  readonly #peer: string;
  readonly #parts: SubmitterParts;
  #session: SubmissionSession | null = null;
  #failures = 0;
  #authCommands = 0;

  constructor(kind: ListenerKind, peer: string, parts: SubmitterParts) {
    this.#kind = kind;
    this.#peer = peer;
    this.#parts = parts;
  }

  /** Null while nobody is signed in. */
  get account(): SignedIn | null {
    return this.#session?.account ?? null;
  }

  get hasFailedTooOften(): boolean {
    return this.#failures >= this.#parts.settings.maxAuthFailures;
  }

  /** Never on the mx listener. */
  mayAuthenticate(encrypted: boolean): boolean {
    if (this.#kind === 'mx') return false;
    const { plaintextAuth } = this.#parts.settings;
    const overLoopback = plaintextAuth === 'loopback' && isLoopback(this.#peer);
    return encrypted || plaintextAuth === 'always' || overLoopback;
  }

  /** An AUTH command; false when there have been too many. */
  countAuth(): boolean {
    return ++this.#authCommands <= maxAuthCommands;
  }

  /** Null: signed in. `onRevoked` is called when the session must end because the account's rights have. */
  async authenticate(
    login: string,
    password: string,
    helo: string,
    onRevoked: () => void,
  ): Promise<SmtpReply | null> {
    const { signIn, sessions, report } = this.#parts;
    try {
      const account = await signIn.signIn({ login, password, peer: this.#peer, protocol: 'smtp' });
      if (isRefusal(account)) return this.#refuse(account.refused);
      const peer = { address: this.#peer, helo };
      this.#session = SubmissionSession.open(account, peer, sessions, this.#parts, onRevoked);
      return this.#session ? null : wireReplies.tooManySessions;
    } catch (failure) {
      report(failure);
      return wireReplies.authFailedForNow;
    }
  }

  submitted(): void {
    this.#session?.submitted();
  }

  submitRefused(): void {
    this.#session?.submitRefused();
  }

  signOut(end: SessionEnd): void {
    this.#session?.close(end);
    this.#session = null;
  }

  #refuse(reason: RefusalCode): SmtpReply {
    this.#failures++;
    // What this code answers to others at RCPT is not what the owner of the account is to read.
    return reason === 'accountFrozen' ? wireReplies.accountDisabled : refusalReplies[reason];
  }
}
