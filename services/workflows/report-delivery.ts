/**
 * Reaction: whoever sent a mail is told when it could not be delivered, or not for some hours. The report is a mail
 * like any other, from the null sender; its id follows from the event that caused it, so that a repeat sends nothing
 * twice. What came from the null sender itself is reported to postmaster (RFC 5321 §6.1), and delays of it to nobody.
 */
import { createHash } from 'node:crypto';
import type { Directory } from '../directory/directory.ts';
import type { BounceClass } from '../domain/delivery-events.ts';
import type { LoggedEvent } from '../domain/event.ts';
import { sealedText } from '../domain/fact.ts';
import type { ResolvedRecipient } from '../domain/message.ts';
import { type Uuid, uuidV7 } from '../domain/values.ts';
import type { Intake } from '../intake.ts';
import { deliveryReport, type ReportFacts } from '../mail/delivery-report.ts';
import { fieldEnd, readHeaderFields } from '../mail/header-fields.ts';
import { languageOf, type ReportLanguage } from '../mail/report-texts.ts';
import type { MailReader } from '../mailstores/mail-reader.ts';
import type { Reaction } from './reaction-runner.ts';
import { fileServerMail } from './server-mail.ts';

export interface ReportParts {
  /** Streams with the keys of their events loaded. */
  readonly log: {
    first(stream: string): Promise<LoggedEvent | null>;
    /** The first events from there on: more than any delivery has. */
    readPage(stream: string, fromRevision: number): Promise<LoggedEvent[]>;
  };
  readonly mails: Pick<MailReader, 'open' | 'read'>;
  readonly directory: Pick<Directory, 'resolve'>;
  readonly intake: Intake;
  readonly hostname: string;
  /** Where the mail names none. */
  readonly language: ReportLanguage;
  /** A mail that waits for longer is reported once. */
  readonly delayAfterMs: number;
}

/** What a report tells of the mail that it is about. */
interface Original {
  readonly sender: string;
  readonly acceptedAtMs: number;
  readonly subject: string;
  readonly header: Buffer;
}

/** Headers may be as long as mails; nobody needs more of one to know it again. */
const maxHeaderOctets = 32 * 1024;
const ends = new Set(['DeliveryFailed', 'DeliveryExpired', 'DeliveryCancelled']);

export class ReportDelivery implements Reaction {
  readonly name = 'report-delivery';
  readonly types: ReadonlySet<string> = new Set([...ends, 'DeliveryDeferred']);
  readonly opens = true;
  readonly #parts: ReportParts;

  constructor(parts: ReportParts) {
    this.#parts = parts;
  }

  async handle(events: readonly LoggedEvent[]): Promise<void> {
    for (const event of events) await this.#report(event);
  }

  async #report(event: LoggedEvent): Promise<void> {
    const isDelay = event.type === 'DeliveryDeferred';
    // Most deferrals are of young mails: for them no stream is read.
    if (isDelay && event.at < timeOf(event.data['message'] as Uuid) + this.#parts.delayAfterMs) return;
    const story = await this.#parts.log.readPage(event.stream, 0);
    if (isDelay && !isFirstLate(event, story, this.#parts.delayAfterMs)) return;
    const original = await this.#original(event.data['message'] as Uuid);
    // Erased since: there is nobody to tell, and nothing to tell of.
    if (original === null || (isDelay && original.sender === '')) return;
    const recipients = await this.#readers(original.sender);
    if (recipients.length === 0) return;
    const facts = reportOf(event, story, original, recipients[0]!.address, this.#parts);
    const report = { message: facts.message, octets: deliveryReport(facts), recipients };
    await fileServerMail(this.#parts.intake, this.#parts.hostname, report);
  }

  /** The sender; where there is none, or nobody here has that address any more, postmaster. */
  async #readers(sender: string): Promise<readonly ResolvedRecipient[]> {
    for (const address of sender === '' ? ['postmaster'] : [sender, 'postmaster']) {
      const resolution = await this.#parts.directory.resolve(address);
      if (resolution.kind === 'remote') return [{ account: null, address }];
      if (resolution.kind === 'local')
        return resolution.recipients.map(({ account }) => ({ account, address }));
    }
    return [];
  }

  async #original(message: Uuid): Promise<Original | null> {
    const accepted = await this.#parts.log.first(`message-${message}`);
    const mail = await this.#parts.mails.open(message);
    const sender = sealedText(accepted?.personal ?? null, 'returnPath');
    if (!accepted || !mail || sender === null) return null;
    const to = Math.min(mail.octets, mail.trace.length + maxHeaderOctets);
    const header = headerOf(Buffer.from(await this.#parts.mails.read(mail, mail.trace.length, to)));
    return {
      sender,
      acceptedAtMs: accepted.at,
      subject: sealedText(accepted.personal, 'subject') ?? '',
      header,
    };
  }
}

/** When a message was accepted, out of its UUIDv7: never behind the time at which it was queued. */
function timeOf(message: Uuid): number {
  return Number.parseInt(message.slice(0, 8) + message.slice(9, 13), 16);
}

/** The first deferral behind the time after which a sender wants to know. */
function isFirstLate(event: LoggedEvent, story: readonly LoggedEvent[], delayAfterMs: number): boolean {
  const lateFromMs = story[0]!.at + delayAfterMs;
  const first = story.find(({ type, at }) => type === 'DeliveryDeferred' && at >= lateFromMs);
  return first?.id === event.id;
}

function reportOf(
  event: LoggedEvent,
  story: readonly LoggedEvent[],
  { acceptedAtMs, subject, header }: Original,
  to: string,
  { hostname, language }: ReportParts,
): ReportFacts {
  const fields = readHeaderFields(header.toString('latin1'), fieldsOfInterest);
  const valuesOf = (wanted: string): string[] =>
    fields.filter(({ name }) => name === wanted).map(({ value }) => value);
  const languages = [...valuesOf('accept-language'), ...valuesOf('content-language')];
  const messageId = /<[\u0021-\u007e]{1,400}>/.exec(valuesOf('message-id')[0] ?? '')?.[0] ?? '';
  return {
    kind: event.type === 'DeliveryDeferred' ? 'delayed' : 'failed',
    language: languageOf(languages, language),
    message: reportId(event),
    hostname,
    to: to.includes('@') ? to : `${to}@${hostname}`,
    atMs: event.at,
    recipient: recipientAt(event, story),
    acceptedAtMs,
    retryUntilMs: story[0]!.data['expiresAt'] as number,
    class: (event.data['class'] as BounceClass | undefined) ?? null,
    host: sealedText(event.personal, 'host') ?? '',
    reply: sealedText(event.personal, 'reply') ?? sealedText(event.personal, 'reason') ?? '',
    subject,
    messageId,
    header,
  };
}

const fieldsOfInterest = new Set(['accept-language', 'content-language', 'message-id']);

/** The address that was tried last. */
function recipientAt(event: LoggedEvent, story: readonly LoggedEvent[]): string {
  const named = story.filter(
    ({ revision, personal }) => revision <= event.revision && personal?.['recipient'],
  );
  return sealedText(named.at(-1)?.personal ?? null, 'recipient') ?? '';
}

function reportId({ id, at }: LoggedEvent): Uuid {
  return uuidV7(at, createHash('sha256').update(`report ${id}`).digest());
}

/** Up to the blank line, whole fields only. */
function headerOf(octets: Buffer): Buffer {
  const block = octets.toString('latin1');
  let end = 0;
  while (end < block.length && !block.startsWith('\r\n', end)) {
    const next = fieldEnd(block, end);
    if (next === block.length && octets.length >= maxHeaderOctets) break;
    end = next;
  }
  return octets.subarray(0, end);
}
