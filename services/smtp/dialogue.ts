/**
 * What is said on one connection, apart from how it is written: who signed in, the mail that is being said,
 * and what each command is answered. `connection.ts` puts it on the wire. Nothing here rejects: what fails is
 * reported and answered 451.
 */
import { isRefusal, type RefusalCode } from '../domain/refusals.ts';
import type { Uuid } from '../domain/values.ts';
import type { AcceptedMail, Arrival, IncomingMail } from '../intake.ts';
import type { SessionEnd } from '../record.ts';
import type { Concurrency } from './concurrency.ts';
import type { DataFault, DataRules } from './incoming-data.ts';
import { loopback, type NetworksList } from './networks-list.ts';
import type { PathCommand } from './path-command.ts';
import { checkRecipient } from './recipient-check.ts';
import { refusalReplies, type SmtpReply, wireReplies } from './replies.ts';
import { refuseForeignSender, refuseOwnSender } from './sender-check.ts';
import type { SmtpParts } from './smtp-parts.ts';
import type { ListenerKind, SmtpSettings } from './smtp-settings.ts';
import { SubmissionSession } from './submission-session.ts';
import { Transaction } from './transaction.ts';

/** What all dialogues share. */
export interface DialogueParts extends SmtpParts {
  readonly settings: SmtpSettings;
  /** Submission sessions per account. */
  readonly sessions: Concurrency;
  /** Networks whose line ends are normalised. */
  readonly sloppyNetworks: NetworksList;
}

/** How the peer talks, as far as it is known by now. */
export type Channel = IncomingMail['peer'];

export type SpokenPath = Pick<PathCommand, 'address' | 'parameters'>;

const mailParameters: ReadonlySet<string> = new Set(['SIZE', 'BODY', 'SMTPUTF8', 'AUTH']);
const nonAscii = /[^\u0000-\u007f]/;

export class Dialogue {
  readonly #kind: ListenerKind;
  readonly #peer: string;
  readonly #parts: DialogueParts;
  #session: SubmissionSession | null = null;
  #transaction: Transaction | null = null;
  #refusals = 0;
  #authFailures = 0;
  #resets = 0;

  constructor(kind: ListenerKind, peer: string, parts: DialogueParts) {
    this.#kind = kind;
    this.#peer = peer;
    this.#parts = parts;
  }

  get signedIn(): boolean {
    return this.#session !== null;
  }

  /** May a password come over this channel? Never on the mx listener. */
  mayAuthenticate(encrypted: boolean): boolean {
    if (this.#kind === 'mx') return false;
    const { plaintextAuth } = this.#parts.settings;
    return (
      encrypted ||
      plaintextAuth === 'always' ||
      (plaintextAuth === 'loopback' && loopback.includes(this.#peer))
    );
  }

  /** Null: signed in. `onRevoked` is called when the session must end because the account's rights have. */
  async authenticate(
    login: string,
    password: string,
    helo: string,
    onRevoked: () => void,
  ): Promise<SmtpReply | null> {
    const { signIn, sessions } = this.#parts;
    try {
      const account = await signIn.signIn({ login, password, peer: this.#peer, protocol: 'smtp' });
      if (isRefusal(account)) return this.#refuseSignIn(account.refused);
      const peer = { address: this.#peer, helo };
      this.#session = SubmissionSession.open(account, peer, sessions, this.#parts, onRevoked);
      return this.#session ? null : wireReplies.tooManySessions;
    } catch (failure) {
      this.#parts.report(failure);
      return wireReplies.authFailedForNow;
    }
  }

  /** Null: the sender is accepted. */
  async mail({ address, parameters }: SpokenPath): Promise<SmtpReply | null> {
    const smtpUtf8 = parameters['SMTPUTF8'] === true;
    const declaredOctets = Number(parameters['SIZE'] ?? 0);
    const fault = this.#refuseParameters(Object.keys(parameters)) ?? refuseNonAscii(address, smtpUtf8);
    if (fault) return fault;
    try {
      const refused = this.#refuseNow(declaredOctets) ?? (await this.#refuseSender(address));
      if (refused) return this.#refuse(refused);
    } catch (failure) {
      return this.#failed(failure);
    }
    this.#transaction = new Transaction(address, smtpUtf8, declaredOctets);
    return null;
  }

  /** Null: the recipient is accepted. */
  async recipient({ address, parameters }: SpokenPath): Promise<SmtpReply | null> {
    const transaction = this.#transaction;
    if (!transaction) return wireReplies.needMail;
    if (Object.keys(parameters).length > 0) return wireReplies.parameterUnknown;
    const fault = refuseNonAscii(address, transaction.smtpUtf8);
    if (fault) return fault;
    const { maxRecipients } = this.#session?.account ?? { maxRecipients: 0 };
    if (maxRecipients > 0 && transaction.count >= maxRecipients) return refusalReplies.tooManyRecipients;
    try {
      const check = await checkRecipient(address, this.#parts, {
        mayRelay: this.signedIn,
        overQuotaReply: this.#parts.settings.overQuotaReply,
        declaredOctets: transaction.declaredOctets,
      });
      if ('reason' in check) return this.#refuse(check.reason, check.accounts, check.reply);
      return transaction.add(check) ? null : refusalReplies.tooManyRecipients;
    } catch (failure) {
      return this.#failed(failure);
    }
  }

  /** Null: the octets may come. */
  refuseData(): SmtpReply | null {
    if (!this.#transaction) return wireReplies.needMail;
    if (this.#transaction.count === 0) return wireReplies.needRecipient;
    return this.#parts.freeSpace.isLow() ? this.#record('diskLow', this.#transaction.accounts) : null;
  }

  begin(): Arrival {
    return this.#parts.intake.begin();
  }

  isDiskLow(): boolean {
    return this.#parts.freeSpace.isLow();
  }

  report(failure: unknown): void {
    this.#parts.report(failure);
  }

  dataRules(): DataRules {
    const { dropConnectionAtOctets } = this.#parts.settings;
    const normalise = this.#parts.sloppyNetworks.includes(this.#peer);
    return { maxOctets: this.#maxOctets(), dropConnectionAtOctets, normalise };
  }

  /** Answers the octets that have come. */
  async finish(arrival: Arrival, channel: Channel, normalised: boolean): Promise<SmtpReply> {
    const transaction = this.#transaction;
    if (!transaction) {
      arrival.abort();
      return wireReplies.needMail;
    }
    try {
      const outcome = await arrival.finish(this.#incoming(transaction, channel, normalised));
      return isRefusal(outcome)
        ? this.#record(outcome.refused, transaction.accounts)
        : this.#accepted(outcome);
    } catch (failure) {
      this.#parts.report(failure);
      return refusalReplies.storageFailed;
    }
  }

  refuseOctets({ reason, reply }: DataFault): SmtpReply {
    return this.#record(reason, this.#transaction?.accounts, reply);
  }

  /** A RSET; false when there have been too many since the last mail. */
  countReset(): boolean {
    return ++this.#resets <= this.#parts.settings.maxResets;
  }

  get hasErredTooOften(): boolean {
    const { maxRefusals, maxAuthFailures } = this.#parts.settings;
    return this.#refusals >= maxRefusals || this.#authFailures >= maxAuthFailures;
  }

  /** The mail that is being said is forgotten. */
  reset(): void {
    this.#transaction = null;
  }

  signOut(reason: SessionEnd): void {
    this.#session?.close(reason);
    this.#session = null;
  }

  #refuseSignIn(reason: RefusalCode): SmtpReply {
    this.#authFailures++;
    // What this code answers to others at RCPT is not what the owner of the account is to read.
    return reason === 'accountFrozen' ? wireReplies.accountDisabled : refusalReplies[reason];
  }

  #refuseParameters(keywords: readonly string[]): SmtpReply | null {
    return keywords.every((keyword) => mailParameters.has(keyword)) ? null : wireReplies.parameterUnknown;
  }

  #refuseNow(declaredOctets: number): RefusalCode | null {
    if (this.#kind !== 'mx' && !this.#session) return 'authenticationRequired';
    const maxOctets = this.#maxOctets();
    if (maxOctets > 0 && declaredOctets > maxOctets) return 'messageTooLarge';
    return this.#parts.freeSpace.isLow() ? 'diskLow' : null;
  }

  async #refuseSender(address: string): Promise<RefusalCode | null> {
    const { directory, settings } = this.#parts;
    return this.#session
      ? refuseOwnSender(address, this.#session.account.account, directory, settings)
      : refuseForeignSender(address, directory, settings);
  }

  #maxOctets(): number {
    const limits = [this.#parts.settings.maxMessageOctets, this.#session?.account.maxMessageOctets ?? 0];
    const smallest = Math.min(...limits.filter((octets) => octets > 0));
    return Number.isFinite(smallest) ? smallest : 0;
  }

  #incoming(transaction: Transaction, channel: Channel, normalised: boolean): IncomingMail {
    const account = this.#session?.account ?? null;
    return {
      source: account ? 'submission' : 'smtp',
      returnPath: transaction.sender,
      recipients: transaction.recipients,
      submitter: account?.account ?? null,
      submitterAddress: account?.address ?? null,
      // RFC 6531 §4.3
      peer: transaction.smtpUtf8
        ? { ...channel, with: channel.with.replace(/^E?SMTP/, 'UTF8SMTP') }
        : channel,
      mailbox: null,
      flags: 0,
      internalDateMs: null,
      normalised,
    };
  }

  #accepted({ message, leaf }: AcceptedMail): SmtpReply {
    this.#resets = 0;
    this.#session?.submitted();
    return { code: 250, enhanced: '2.0.0', text: `OK ${message} ${leaf}` };
  }

  /** Says no to an address, which counts: whoever guesses is to come to an end. */
  #refuse(
    reason: RefusalCode,
    accounts?: readonly Uuid[],
    reply: SmtpReply = refusalReplies[reason],
  ): SmtpReply {
    if (reply.code >= 500) this.#refusals++;
    return this.#record(reason, accounts, reply);
  }

  /** Has a refusal recorded where no session's own facts do so. */
  #record(
    reason: RefusalCode,
    accounts: readonly Uuid[] = [],
    reply: SmtpReply = refusalReplies[reason],
  ): SmtpReply {
    const { recorder } = this.#parts;
    if (!this.#session && accounts.length > 0) {
      recorder.mailRefused({ accounts, reason, sender: this.#transaction?.sender ?? '', peer: this.#peer });
    } else if (!this.#session) {
      recorder.peerRefused('smtp', this.#peer, reason);
    }
    return reply;
  }

  #failed(failure: unknown): SmtpReply {
    this.#parts.report(failure);
    return wireReplies.failedForNow;
  }
}

function refuseNonAscii(address: string, smtpUtf8: boolean): SmtpReply | null {
  // A replacement character stands where the octets were no UTF-8 (RFC 6531 §3.3).
  return nonAscii.test(address) && (!smtpUtf8 || address.includes('\ufffd'))
    ? wireReplies.nonAsciiAddress
    : null;
}
