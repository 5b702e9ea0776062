/** A notice about held mail, as it is sent. The same facts make the same octets, so that one made twice is one. Pure. */
import type { Uuid } from '../domain/values.ts';
import { type NoticeKind, noticeTexts } from './approval-notice-texts.ts';
import { base64Lines, dateTime, encodedText, lines } from './generated-text.ts';
import type { ReportLanguage } from './report-texts.ts';

export interface NoticeFacts {
  readonly kind: NoticeKind;
  readonly language: ReportLanguage;
  /** Of the notice itself. */
  readonly message: Uuid;
  /** Name of this server. */
  readonly hostname: string;
  /** Address that gets it. */
  readonly to: string;
  readonly atMs: number;
  /** Of the held mail, as people read them. */
  readonly mailFrom: string;
  readonly mailSubject: string;
  /** Without angle brackets; empty where the held mail is not the reader's own. */
  readonly mailMessageId: string;
  readonly rules: readonly string[];
  readonly deadlineMs: number | null;
  readonly onDeadline: 'deliver' | 'return';
  /** Address of whoever decides or has decided; empty where it is nobody by name. */
  readonly decider: string;
  readonly comment: string;
  /** Opens the desk, where somebody decides; opening it decides nothing. Null for the sender. */
  readonly link: string | null;
}

/** Lines end in CRLF. */
export function approvalNotice(facts: NoticeFacts): Buffer {
  const { kind, language, message, hostname, to, atMs, mailSubject, mailMessageId: id } = facts;
  const texts = noticeTexts[language];
  const head = lines(
    `From: ${encodedText(texts.sender)} <MAILER-DAEMON@${hostname}>`,
    `To: <${to}>`,
    `Subject: ${encodedText(`${texts.subject[kind]}: ${mailSubject}`)}`,
    `Date: ${dateTime(atMs)}`,
    `Message-ID: <${message}@${hostname}>`,
    ...(isMessageId(id) ? [`In-Reply-To: <${id}>`, `References: <${id}>`] : []),
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
  );
  return Buffer.from(head + base64Lines(bodyOf(facts)));
}

function bodyOf(facts: NoticeFacts): string {
  const texts = noticeTexts[facts.language];
  const isOpen = facts.kind === 'asked' || facts.kind === 'reminded' || facts.kind === 'held';
  const until =
    facts.deadlineMs === null ? '' : new Date(facts.deadlineMs).toISOString().slice(0, 16).replace('T', ' ');
  const rows: readonly (readonly [string, string])[] = [
    [texts.mailFrom, facts.mailFrom],
    [texts.mailSubject, facts.mailSubject],
    [texts.rules, facts.rules.join('; ')],
    [texts.decider, facts.link === null ? facts.decider : ''],
    [texts.deadline, isOpen && until !== '' ? `${until} UTC (${texts.onDeadline[facts.onDeadline]})` : ''],
    [texts.comment, facts.comment],
    [texts.link, facts.link ?? ''],
  ];
  const said = rows.filter(([, value]) => value !== '').map(([name, value]) => `${name}: ${value}`);
  return lines(texts.opening[facts.kind], '', ...said);
}

/** It came from outside: nothing else may get into a header. */
function isMessageId(text: string): boolean {
  return /^[\u0021-\u007e]{1,400}$/.test(text);
}
