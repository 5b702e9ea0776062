/**
 * Reports of what became of a mail (RFC 3464 in RFC 6522), for people and for programs. The same facts make the same
 * octets, so that a report which is made twice is one.
 */
import type { BounceClass } from '../domain/delivery-events.ts';
import type { Uuid } from '../domain/values.ts';
import { base64Lines, dateTime, encodedText, lines } from './generated-text.ts';
import { type ReportLanguage, type ReportTexts, reportTexts } from './report-texts.ts';

export interface ReportFacts {
  readonly kind: 'failed' | 'delayed';
  readonly language: ReportLanguage;
  /** Of the report itself. */
  readonly message: Uuid;
  /** Name of this server. */
  readonly hostname: string;
  /** Address that gets the report. */
  readonly to: string;
  readonly atMs: number;
  readonly recipient: string;
  readonly acceptedAtMs: number;
  readonly retryUntilMs: number;
  /** Null where somebody ended the attempts. */
  readonly class: BounceClass | null;
  /** Name and address of the next hop; empty where none was reached. */
  readonly host: string;
  /** What it answered, or why the attempts were ended. */
  readonly reply: string;
  /** As people read it. */
  readonly subject: string;
  /** With its angle brackets; empty where the mail had none. */
  readonly messageId: string;
  /** Of the mail, as it came. */
  readonly header: Uint8Array;
}

/** RFC 5322 §2.1.1, less the field's name. */
const maxDiagnosticCharacters = 900;

/** Lines end in CRLF. */
export function deliveryReport(facts: ReportFacts): Buffer {
  const boundary = `report-${facts.message}`;
  const status = statusPart(facts);
  const isGlobal = /[^\u0000-\u007f]/.test(status);
  const parts = [
    part('text/plain; charset=utf-8', 'base64', base64Lines(textPart(facts))),
    // RFC 6533: what is not ASCII has types of its own.
    part(isGlobal ? 'message/global-delivery-status' : 'message/delivery-status', '8bit', status),
    part('text/rfc822-headers', '8bit', Buffer.from(facts.header)),
  ];
  const delimited = parts.flatMap((each) => [Buffer.from(`--${boundary}\r\n`), each, Buffer.from('\r\n')]);
  return Buffer.concat([
    Buffer.from(head(facts, boundary)),
    ...delimited,
    Buffer.from(`--${boundary}--\r\n`),
  ]);
}

function head(
  { kind, language, message, hostname, to, atMs, messageId, subject }: ReportFacts,
  boundary: string,
): string {
  const texts = reportTexts[language];
  return lines(
    `From: ${encodedText(texts.sender)} <MAILER-DAEMON@${hostname}>`,
    `To: <${to}>`,
    `Subject: ${encodedText(`${texts.subject[kind]}: ${subject}`)}`,
    `Date: ${dateTime(atMs)}`,
    `Message-ID: <${message}@${hostname}>`,
    ...(messageId === '' ? [] : [`In-Reply-To: ${messageId}`, `References: ${messageId}`]),
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=delivery-status;\r\n boundary="${boundary}"`,
    '',
    '',
  ).slice(0, -2);
}

function textPart(facts: ReportFacts): string {
  const texts = reportTexts[facts.language];
  const until = new Date(facts.retryUntilMs).toISOString().slice(0, 16).replace('T', ' ');
  const closing = facts.kind === 'failed' ? texts.closing.failed : texts.closing.delayed(`${until} UTC`);
  const said = facts.reply === '' ? [] : [`${texts.reply}: ${facts.reply}`];
  return lines(
    texts.opening[facts.kind],
    '',
    `${texts.recipient}: ${facts.recipient}`,
    `${texts.mailSubject}: ${facts.subject}`,
    `${texts.why}: ${why(facts, texts)}`,
    ...said,
    '',
    closing,
  );
}

function why(facts: ReportFacts, texts: ReportTexts): string {
  return facts.class === null ? texts.cancelled : texts.class[facts.class];
}

/** RFC 3464 §2: fields of the message, then those of its one recipient. */
function statusPart(facts: ReportFacts): string {
  const type = /[^\u0000-\u007f]/.test(facts.recipient) ? 'utf-8' : 'rfc822';
  const remote = facts.host === '' ? [] : [`Remote-MTA: dns; ${facts.host.split(' ')[0]}`];
  const code = /^[245]\d\d /.test(facts.reply);
  const diagnostic = code ? [`Diagnostic-Code: smtp; ${facts.reply.slice(0, maxDiagnosticCharacters)}`] : [];
  const until = facts.kind === 'delayed' ? [`Will-Retry-Until: ${dateTime(facts.retryUntilMs)}`] : [];
  return lines(
    `Reporting-MTA: dns; ${facts.hostname}`,
    `Arrival-Date: ${dateTime(facts.acceptedAtMs)}`,
    '',
    `Final-Recipient: ${type}; ${facts.recipient}`,
    `Action: ${facts.kind}`,
    `Status: ${statusOf(facts)}`,
    ...remote,
    ...diagnostic,
    `Last-Attempt-Date: ${dateTime(facts.atMs)}`,
    ...until,
  );
}

/** The peer's own (RFC 3463), made to agree with what became of the mail. */
function statusOf({ kind, reply }: ReportFacts): string {
  const found = /\b[245]\.(\d{1,3}\.\d{1,3})\b/.exec(reply)?.[1] ?? '0.0';
  return `${kind === 'failed' ? 5 : 4}.${found}`;
}

function part(type: string, encoding: string, content: string | Buffer): Buffer {
  const fields = `Content-Type: ${type}\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`;
  return Buffer.concat([Buffer.from(fields), Buffer.from(content as string)]);
}
