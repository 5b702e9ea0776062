/**
 * The intake: octets are scanned as they come, the policies judge their facts, the blob is kept under the message's
 * key, and the message's events are appended. Only what the log has acknowledged is answered with an id.
 */
import { actorOf, type Subject } from '../policies/access.ts';
import { type IntakeRules, judgeIntake } from '../policies/intake.ts';
import { combine, refusalText, type Verdict } from '../policies/rule-language/verdict.ts';
import { acceptedFacts } from './accepted-facts.ts';
import type { MailHolder } from './approvals/holding.ts';
import type { OriginCheck, OriginChecks } from './authentication/origin-checks.ts';
import type { BlobStore } from './blob-store/blob-store.ts';
import { BlobKeeping, discardFrame, type KeptBlob } from './blob-store/keep-blob.ts';
import type { Scan, ScannedMail, Scanner } from './blob-store/scanner-port.ts';
import type { Directory } from './directory/directory.ts';
import type { Dispatcher } from './dispatch.ts';
import type { Hold } from './domain/approval.ts';
import type { Derivation } from './domain/derivation.ts';
import type { DraftEvent, LoggedEvent } from './domain/event.ts';
import { acceptMessage, type RefusedMessage, refuseMessage } from './domain/message.ts';
import { isRefusal, type Refusal, refuse } from './domain/refusals.ts';
import { type RuleNotice, requireNotice } from './domain/rule-notice.ts';
import type { SupervisedCopy } from './domain/supervision.ts';
import type { Uuid } from './domain/values.ts';
import { AppendRefused } from './event-store/event-store.ts';
import type { SendOptions } from './event-store/sealed-event-store.ts';
import type { FreeSpace } from './free-space.ts';
import { newEventId } from './identifiers.ts';
import type { AcceptedMail, Arrival, CheckedMail, IncomingMail, Intake } from './intake.ts';
import type { KeyStore } from './key-store/key-store.ts';
import type { MailFacts } from './mail/facts.ts';
import { traceText } from './mail/trace-text.ts';
import { maxBroughtResults } from './mail/untrusted-results.ts';
import type { FilingAhead, Withdraw } from './mailstores/filing-ahead.ts';
import { ThreadIds } from './mailstores/thread-ids.ts';
import type { Derived, MadeChanges, MailChanges } from './rules/mail-changes.ts';
import type { MailJudge } from './rules/mail-rules.ts';
import { recordedVerdict } from './rules/recorded-verdict.ts';
import type { MailNotices } from './rules/rule-notices.ts';
import type { MailSupervision } from './supervision/supervisors.ts';

export interface IntakeSettings extends IntakeRules {
  /** Name of this server in Received. */
  readonly hostname: string;
  /** At submission the header's From and Sender must be the submitter's own or granted to it (RCV-20). */
  readonly headerSenderMustMatch: boolean;
  /** What a domain asks for with mail that fails its DMARC check: only noted, or refused where it says so. */
  readonly dmarc: 'mark' | 'reject';
}

/** What stands where an administrator has set nothing. */
export const defaultIntakeSettings = Object.freeze({
  maxMessageOctets: 256 * 1024 * 1024,
  maxReceivedHops: 50,
  requireFrom: false,
  refuse8bitHeaders: false,
  headerSenderMustMatch: true,
  dmarc: 'mark',
} as const satisfies Omit<IntakeSettings, 'hostname'>);

export interface IntakeParts {
  readonly scanner: Scanner;
  readonly keys: KeyStore;
  readonly blobs: BlobStore;
  readonly dispatcher: Pick<Dispatcher, 'appendResolved'>;
  readonly filing: Pick<FilingAhead, 'sending'>;
  readonly directory: Pick<Directory, 'maySendAs'>;
  readonly rules: MailJudge;
  readonly origins: OriginChecks;
  readonly holder: MailHolder;
  readonly supervision: MailSupervision;
  readonly changes: MailChanges;
  readonly notices: MailNotices;
  readonly freeSpace: Pick<FreeSpace, 'isLow'>;
  readonly settings: IntakeSettings;
}

export async function createIntake(parts: IntakeParts): Promise<Intake> {
  const keeper = new MailKeeper(parts, await ThreadIds.load(parts.keys));
  return {
    begin: ({ subject }, origin) => {
      const check = origin ? parts.origins.begin(origin) : null;
      const scan = parts.scanner.begin(check ? { signed: true } : undefined);
      return new ScannedArrival(scan, check, keeper, subject);
    },
  };
}

class ScannedArrival implements Arrival {
  readonly #scan: Scan;
  readonly #check: OriginCheck | null;
  readonly #keeper: MailKeeper;
  readonly #subject: Subject;

  constructor(scan: Scan, check: OriginCheck | null, keeper: MailKeeper, subject: Subject) {
    this.#scan = scan;
    this.#check = check;
    this.#keeper = keeper;
    this.#subject = subject;
  }

  write(octets: Uint8Array): Promise<void> {
    return this.#scan.write(octets);
  }

  abort(): void {
    this.#scan.abort();
  }

  async finish(incoming: IncomingMail): Promise<AcceptedMail | Refusal> {
    try {
      const scanned = await this.#scan.finish();
      const authentication = this.#check && (await this.#check.finish(scanned.signed!));
      return await this.#keeper.take({ ...incoming, subject: this.#subject, authentication }, scanned);
    } catch (error) {
      // Whatever store it was that found no space, nothing was accepted; the sender is told to come back.
      if ((error as Error).name === 'StorageFull') return refuse('diskLow');
      throw error;
    }
  }
}

/** A mail and who hands it in. */
interface HandedIn extends CheckedMail {
  readonly subject: Subject;
}

/** With what a mail is taken over. */
interface Settled {
  readonly verdict: Verdict;
  readonly hold: Hold | null;
  readonly supervision: readonly SupervisedCopy[];
  readonly changes: MadeChanges;
  readonly notices: readonly RuleNotice[];
}

class MailKeeper {
  readonly #parts: IntakeParts;
  readonly #threads: ThreadIds;
  readonly #keeping: BlobKeeping;

  constructor(parts: IntakeParts, threads: ThreadIds) {
    this.#parts = parts;
    this.#threads = threads;
    this.#keeping = new BlobKeeping(parts.blobs, parts.keys);
  }

  async take(mail: HandedIn, scanned: ScannedMail): Promise<AcceptedMail | Refusal> {
    const now = Date.now();
    const settled = await this.#settled(mail, scanned, now);
    if (isRefusal(settled)) return settled;
    const message = mail.message ?? newEventId(now);
    const trace = this.#trace(mail, message, now);
    // The key is made here; a crash before the append leaves a key and a frame that no event names.
    const kept = await this.#keeping.keep(scanned, message);
    const drafts = this.#drafts(mail, scanned, {
      message,
      frame: kept.frame,
      trace,
      ...settled,
      now,
    });
    const [accepted] = await this.#accept(message, drafts, kept, mail, now);
    const { octets } = settled.changes.derivation ?? scanned;
    return { message, leaf: accepted!.position, octets: octets + Buffer.byteLength(trace) };
  }

  /** Octets, key, acceptance and filing are on their way together; each is refused where one before it was. */
  async #accept(
    message: Uuid,
    drafts: readonly DraftEvent[],
    kept: KeptBlob,
    mail: HandedIn,
    now: number,
  ): Promise<LoggedEvent[]> {
    let withdraw: Withdraw = () => {};
    try {
      return await this.#append(message, drafts, mail, now, (events, isPlaced) => {
        if (kept.isLost()) throw new AppendRefused('its octets could not be kept');
        if (isPlaced) withdraw = this.#parts.filing.sending(events);
      });
    } catch (error) {
      // Where the outcome is unknown it may have been accepted.
      if ((error as Error).name !== 'UnknownOutcome') withdraw();
      await kept.stored;
      throw error;
    }
  }

  #append(
    message: Uuid,
    drafts: readonly DraftEvent[],
    { subject }: HandedIn,
    now: number,
    onSend?: SendOptions['onSend'],
  ): Promise<LoggedEvent[]> {
    const context = { actor: actorOf(subject), cause: null, now };
    const { dispatcher } = this.#parts;
    return dispatcher.appendResolved(`message-${message}`, 'absent', drafts, context, { onSend });
  }

  /** What it is taken over with, or a refusal. The frame of what is not taken over is let go. */
  async #settled(mail: HandedIn, scanned: ScannedMail, now: number): Promise<Settled | Refusal> {
    try {
      const verdict = await this.#judged(mail, scanned, now);
      if (!isRefusal(verdict)) return await this.#following(verdict, mail, scanned, now);
      await discardFrame(scanned.frame);
      return verdict;
    } catch (error) {
      await discardFrame(scanned.frame);
      throw error;
    }
  }

  async #following(verdict: Verdict, mail: HandedIn, scanned: ScannedMail, now: number): Promise<Settled> {
    const { holder, supervision, changes: ruleChanges, notices } = this.#parts;
    const submitter = submitterOf(mail.subject);
    const changes = await ruleChanges.of(verdict, scanned);
    // Whoever approves looks at what will leave.
    const address = changes.derivation?.address ?? scanned.address;
    const hold = await holder.holdOf(verdict, submitter, address, now);
    return {
      verdict,
      changes,
      hold: hold && { ...hold, resubmits: mail.submitted?.resubmits ?? null },
      supervision: await supervision.copiesOf(verdict, submitter, now),
      notices: await notices.noticesOf(verdict, submitter),
    };
  }

  async #judged(mail: HandedIn, scanned: ScannedMail, now: number): Promise<Verdict | Refusal> {
    return (
      this.#refuseForm(mail, scanned) ??
      (await this.#refuseHeaderSender(mail, scanned.facts)) ??
      (await this.#refuseOrigin(mail, scanned, now)) ??
      (await this.#askRules(mail, scanned, now))
    );
  }

  #refuseForm(mail: HandedIn, { facts, octets, signed }: ScannedMail): Refusal | null {
    if (this.#parts.freeSpace.isLow()) return refuse('diskLow');
    if (signed && signed.brought.length > maxBroughtResults)
      return refuse('messageMalformed', 'it brings too many Authentication-Results');
    const { receivedCount, has8bitHeaders, from } = facts;
    const smtpUtf8 = mail.peer.with.startsWith('UTF8');
    const hasFrom = from.length > 0;
    const { source } = mail;
    return judgeIntake(
      { source, octets, receivedCount, has8bitHeaders, smtpUtf8, hasFrom },
      this.#parts.settings,
    );
  }

  async #askRules(mail: HandedIn, scanned: ScannedMail, now: number): Promise<Verdict | Refusal> {
    const verdict = await this.#parts.rules.judge(mail, submitterOf(mail.subject), scanned, now);
    if (verdict === null) return refuse('ruleUndecided');
    if (verdict.disposition !== 'refuse') return verdict;
    const notices = await this.#parts.notices.noticesOf(verdict, submitterOf(mail.subject));
    const drafts = [refusedDraft(mail, scanned, verdict, 'rule'), ...notices.map(requireNotice)];
    await this.#append(newEventId(now), drafts, mail, now);
    return { ...refuse('refusedByRule'), notice: refusalText(verdict)! };
  }

  async #refuseHeaderSender({ source, subject }: HandedIn, facts: MailFacts): Promise<Refusal | null> {
    const { directory, settings } = this.#parts;
    const submitter = submitterOf(subject);
    if (source !== 'submission' || submitter === null || !settings.headerSenderMustMatch) return null;
    for (const { address } of [...facts.from, ...facts.sender]) {
      if (!(await directory.maySendAs(submitter, address))) return refuse('senderNotPermitted');
    }
    return null;
  }

  /** A temporary error is no failure: what could not be asked refuses nobody. */
  async #refuseOrigin(mail: HandedIn, scanned: ScannedMail, now: number): Promise<Refusal | null> {
    const { result, policy } = mail.authentication?.dmarc ?? {};
    const isRefused = this.#parts.settings.dmarc === 'reject' && result === 'fail' && policy === 'reject';
    if (!isRefused) return null;
    const none = combine([], mail.recipients.length);
    await this.#append(newEventId(now), [refusedDraft(mail, scanned, none, 'dmarc')], mail, now);
    return refuse('originNotProved');
  }

  /** Mail that somebody files has been through its transport; nothing is put in front of it. */
  #trace(mail: CheckedMail, message: Uuid, atMs: number): string {
    if (mail.source === 'append' || mail.source === 'import') return '';
    const { returnPath, peer, submitterAddress: authenticatedSender, authentication } = mail;
    return traceText({
      message,
      hostname: this.#parts.settings.hostname,
      atMs,
      returnPath,
      peer,
      authenticatedSender,
      authentication,
    });
  }

  #drafts(
    mail: HandedIn,
    { octets, address, sha256, facts }: ScannedMail,
    made: {
      readonly message: Uuid;
      readonly frame: Uuid;
      readonly trace: string;
      readonly now: number;
    } & Settled,
  ): DraftEvent[] {
    const { source, subject, normalised, recipients, passedOver, mailbox, flags } = mail;
    return acceptMessage({
      source,
      frame: made.frame,
      address,
      blobOctets: octets,
      traceText: made.trace,
      thread: this.#threads.of(facts.threadSeed, made.message),
      submitter: submitterOf(subject),
      normalised,
      recipients,
      passedOver,
      mailbox,
      flags,
      internalDateMs: mail.internalDateMs ?? made.now,
      verdict: recordedVerdict(made.verdict),
      authentication: mail.authentication,
      hold: made.hold ?? undefined,
      supervision: made.supervision,
      derivation: derivedFrom(made.frame, made.changes.derivation),
      omitted: made.changes.omitted,
      notices: made.notices,
      submitted: mail.submitted,
      personal: acceptedFacts(mail, sha256, facts),
    });
  }
}

function refusedDraft(
  mail: HandedIn,
  { octets, sha256, facts }: ScannedMail,
  verdict: Verdict,
  because: RefusedMessage['because'],
): DraftEvent {
  const { source, subject, recipients } = mail;
  return refuseMessage({
    // Nothing else is judged (`mail-rules.ts`).
    source: source === 'submission' ? source : 'smtp',
    submitter: submitterOf(subject),
    blobOctets: octets,
    recipients,
    because,
    authentication: mail.authentication,
    verdict: recordedVerdict(verdict),
    personal: acceptedFacts(mail, sha256, facts),
  });
}

function derivedFrom(frame: Uuid, derived: Derived | null): Derivation | undefined {
  return derived === null ? undefined : { frame, ...derived };
}

function submitterOf(subject: Subject): Uuid | null {
  return subject.kind === 'account' ? subject.account : null;
}
