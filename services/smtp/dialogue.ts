/**
 * What is said on one connection, apart from how it is written: the mail that is being said, and what each
 * command is answered. `connection.ts` puts it on the wire. Nothing here rejects: what fails is reported and
 * answered 451.
 */
import { ask } from '../../policies/access.ts';
import { refuseOwnSender } from '../directory/own-sender.ts';
import { isRefusal, type Refusal, type RefusalCode } from '../domain/refusals.ts';
import type { Uuid } from '../domain/values.ts';
import type { AcceptedMail, Arrival, IncomingMail, IntakePermit } from '../intake.ts';
import type { NetworksList } from '../networks-list.ts';
import type { SessionEnd } from '../record.ts';
import { subjectOf } from '../sign-in/sign-in.ts';
import type { ArrivedData, DataFault, DataRules } from './incoming-data.ts';
import type { PathCommand } from './path-command.ts';
import { checkRecipient, checkRoom } from './recipient-check.ts';
import { refusalReplies, replyTo, type SmtpReply, wireReplies } from './replies.ts';
import { refuseForeignSender } from './sender-check.ts';
import type { SmtpParts } from './smtp-parts.ts';
import type { ListenerKind } from './smtp-settings.ts';
import { Submitter, type SubmitterParts } from './submitter.ts';
import { Transaction } from './transaction.ts';

/** What all dialogues share. */
export interface DialogueParts extends SmtpParts, SubmitterParts {
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
  readonly #submitter: Submitter;
  #transaction: Transaction | null = null;
  #refusals = 0;
  #resets = 0;

  constructor(kind: ListenerKind, peer: string, parts: DialogueParts) {
    this.#kind = kind;
    this.#peer = peer;
    this.#parts = parts;
    this.#submitter = new Submitter(kind, peer, parts);
  }

  mayAuthenticate(encrypted: boolean): boolean {
    return this.#submitter.mayAuthenticate(encrypted);
  }

  /** An AUTH command; false when there have been too many. */
  countAuth(): boolean {
    return this.#submitter.countAuth();
  }

  /** Null: signed in. */
  authenticate(
    login: string,
    password: string,
    helo: string,
    onRevoked: () => void,
  ): Promise<SmtpReply | null> {
    return this.#submitter.authenticate(login, password, helo, onRevoked);
  }

  signOut(end: SessionEnd): void {
    this.#submitter.signOut(end);
  }

  /** Null: the sender is accepted. */
  async mail({ address, parameters }: SpokenPath): Promise<SmtpReply | null> {
    if (!Object.keys(parameters).every((keyword) => mailParameters.has(keyword))) {
      return wireReplies.parameterUnknown;
    }
    const smtpUtf8 = parameters['SMTPUTF8'] === true;
    const declaredOctets = Number(parameters['SIZE'] ?? 0);
    const fault = refuseNonAscii(address, smtpUtf8);
    if (fault) return fault;
    try {
      const refused = this.#refuseNow(declaredOctets) ?? (await this.#refuseSender(address));
      if (refused) return this.#refuse(refused);
    } catch (failure) {
      return this.#failed(failure);
    }
    const permit = this.#askToHandIn();
    if (isRefusal(permit)) return this.#refuse(permit.refused);
    this.#transaction = new Transaction(address, smtpUtf8, declaredOctets, this.#submitter.account, permit);
    return null;
  }

  /** Null: the recipient is accepted. */
  async recipient({ address, parameters }: SpokenPath): Promise<SmtpReply | null> {
    const transaction = this.#transaction;
    if (!transaction) return wireReplies.needMail;
    if (Object.keys(parameters).length > 0) return wireReplies.parameterUnknown;
    const fault = refuseNonAscii(address, transaction.smtpUtf8);
    if (fault) return fault;
    const maxRecipients = this.#submitter.account?.maxRecipients ?? 0;
    if (maxRecipients > 0 && transaction.count >= maxRecipients) return refusalReplies.tooManyRecipients;
    try {
      const check = await checkRecipient(address, this.#parts, {
        mayRelay: transaction.permit.act === 'sendMail',
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
    return this.isDiskLow() ? this.#record('diskLow', this.#transaction.accounts) : null;
  }

  dataRules(): DataRules {
    const { dropConnectionAtOctets, maxMessageOctets } = this.#parts.settings;
    return {
      maxOctets: this.#maxOctets(),
      dropConnectionAtOctets: dropConnectionAtOctets || 2 * maxMessageOctets,
      normalise: this.#parts.sloppyNetworks.includes(this.#peer),
    };
  }

  /** After `refuseData` has said nothing. */
  begin(helo: string): Arrival {
    const { permit, sender, submitter } = this.#transaction!;
    // Who has signed in has said where the mail comes from.
    return submitter === null
      ? this.#parts.intake.begin(permit, { address: this.#peer, helo, sender })
      : this.#parts.intake.begin(permit);
  }

  isDiskLow(): boolean {
    return this.#parts.freeSpace.isLow();
  }

  report(failure: unknown): void {
    this.#parts.report(failure);
  }

  /** Answers the octets that have come. */
  async finish(arrival: Arrival, channel: Channel, data: ArrivedData): Promise<SmtpReply> {
    const transaction = this.#transaction;
    const refused = transaction
      ? await this.#refuseWhole(transaction, data.octets)
      : wireReplies.sessionRevoked;
    if (!transaction || refused) {
      arrival.abort();
      return refused!;
    }
    try {
      const outcome = await arrival.finish(this.#incoming(transaction, channel, data.normalised));
      return isRefusal(outcome)
        ? this.#record(outcome.refused, transaction.accounts, replyTo(outcome, transaction.smtpUtf8))
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
    return this.#refusals >= this.#parts.settings.maxRefusals || this.#submitter.hasFailedTooOften;
  }

  /** The mail that is being said is forgotten. */
  reset(): void {
    this.#transaction = null;
  }

  #askToHandIn(): IntakePermit | Refusal {
    const { account } = this.#submitter;
    return account
      ? ask(subjectOf(account), 'sendMail', { owner: account.account })
      : ask({ kind: 'anybody' }, 'handInMail', { owner: null });
  }

  #refuseNow(declaredOctets: number): RefusalCode | null {
    if (this.#kind !== 'mx' && !this.#submitter.account) return 'authenticationRequired';
    const maxOctets = this.#maxOctets();
    if (maxOctets > 0 && declaredOctets > maxOctets) return 'messageTooLarge';
    return this.isDiskLow() ? 'diskLow' : null;
  }

  #refuseSender(address: string): Promise<RefusalCode | null> {
    const { directory, settings } = this.#parts;
    const { account } = this.#submitter;
    return account
      ? refuseOwnSender(address, account.account, directory, settings)
      : refuseForeignSender(address, directory, settings);
  }

  #maxOctets(): number {
    const limits = [this.#parts.settings.maxMessageOctets, this.#submitter.account?.maxMessageOctets ?? 0];
    const smallest = Math.min(...limits.filter((octets) => octets > 0));
    return Number.isFinite(smallest) ? smallest : 0;
  }

  /** Null: the mail may be handed in. Never rejects. */
  async #refuseWhole({ accountsAlone, submitter }: Transaction, octets: number): Promise<SmtpReply | null> {
    try {
      const full = await checkRoom(accountsAlone, octets, this.#parts, this.#parts.settings.overQuotaReply);
      // Who was signed out while the last octets came must not hand in a mail, least of all as a stranger.
      if (submitter !== this.#submitter.account) return wireReplies.sessionRevoked;
      return full && this.#record(full.reason, full.accounts, full.reply);
    } catch (failure) {
      return this.#failed(failure);
    }
  }

  #incoming(transaction: Transaction, channel: Channel, normalised: boolean): IncomingMail {
    const { submitter: account } = transaction;
    return {
      source: account ? 'submission' : 'smtp',
      returnPath: transaction.sender,
      recipients: transaction.recipients,
      passedOver: transaction.passedOver,
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
    this.#submitter.submitted();
    return { code: 250, enhanced: '2.0.0', text: `OK ${message} ${leaf}` };
  }

  /** Says no to an address, which counts: whoever guesses is to come to an end. */
  #refuse(reason: RefusalCode, accounts?: readonly Uuid[], reply?: SmtpReply): SmtpReply {
    const said = this.#record(reason, accounts, reply);
    if (said.code >= 500) this.#refusals++;
    return said;
  }

  /** Has a refusal recorded where no session's own facts do so. */
  #record(
    reason: RefusalCode,
    accounts: readonly Uuid[] = [],
    reply: SmtpReply = refusalReplies[reason],
  ): SmtpReply {
    if (this.#submitter.account) {
      this.#submitter.submitRefused();
      return reply;
    }
    const { recorder } = this.#parts;
    const sender = this.#transaction?.sender ?? '';
    if (accounts.length > 0) recorder.mailRefused({ accounts, reason, sender, peer: this.#peer });
    else recorder.peerRefused('smtp', this.#peer, reason);
    return reply;
  }

  #failed(failure: unknown): SmtpReply {
    this.#parts.report(failure);
    return wireReplies.failedForNow;
  }
}

function refuseNonAscii(address: string, smtpUtf8: boolean): SmtpReply | null {
  // A replacement character stands where the octets were no UTF-8 (RFC 6531 §3.3).
  const isBroken = !smtpUtf8 || address.includes('\ufffd');
  return nonAscii.test(address) && isBroken ? wireReplies.nonAsciiAddress : null;
}
