/** What people are told of a mail because a rule says so. The same facts make the same octets. Pure. */
import type { Uuid } from '../domain/values.ts';
import { base64Lines, dateTime, encodedText, lines } from './generated-text.ts';
import type { ReportLanguage } from './report-texts.ts';

export interface RuleNoticeFacts {
  readonly language: ReportLanguage;
  /** Of the notice itself. */
  readonly message: Uuid;
  /** Name of this server. */
  readonly hostname: string;
  readonly to: string;
  readonly atMs: number;
  /** Of the rule. */
  readonly rule: string;
  /** What the rule says to them. */
  readonly text: string;
  /** Of the mail, as people read them. */
  readonly mailFrom: string;
  readonly mailTo: readonly string[];
  readonly mailSubject: string;
  readonly isRefused: boolean;
}

interface Texts {
  /** Name in From. */
  readonly sender: string;
  readonly subject: string;
  readonly opening: string;
  readonly refused: string;
  readonly rule: string;
  readonly mailFrom: string;
  readonly mailTo: string;
  readonly mailSubject: string;
}

const texts: Readonly<Record<ReportLanguage, Texts>> = {
  en: {
    sender: 'Mail rules',
    subject: 'Notice of a rule',
    opening: 'A rule of your organisation has you told of a mail.',
    refused: 'The mail was refused.',
    rule: 'Rule',
    mailFrom: 'From',
    mailTo: 'To',
    mailSubject: 'Subject',
  },
  'zh-CN': {
    sender: '邮件规则',
    subject: '规则提醒',
    opening: '按本单位规则，请您知悉一封邮件。',
    refused: '该邮件已被拒绝。',
    rule: '规则',
    mailFrom: '发件人',
    mailTo: '收件人',
    mailSubject: '主题',
  },
  'zh-TW': {
    sender: '郵件規則',
    subject: '規則提醒',
    opening: '依本單位規則，請您知悉一封郵件。',
    refused: '該郵件已被拒絕。',
    rule: '規則',
    mailFrom: '寄件者',
    mailTo: '收件者',
    mailSubject: '主旨',
  },
};

/** Addresses shown; whoever is in the envelope alone is not among them. */
const maxShown = 20;

/** Lines end in CRLF. */
export function ruleNoticeMail(facts: RuleNoticeFacts): Buffer {
  const { language, message, hostname, to, atMs, rule, mailSubject } = facts;
  const { sender, subject } = texts[language];
  const head = lines(
    `From: ${encodedText(sender)} <MAILER-DAEMON@${hostname}>`,
    `To: <${to}>`,
    `Subject: ${encodedText(`${subject} ${rule}: ${mailSubject}`)}`,
    `Date: ${dateTime(atMs)}`,
    `Message-ID: <${message}@${hostname}>`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
  );
  return Buffer.from(head + base64Lines(bodyOf(facts)));
}

function bodyOf({ language, rule, text, mailFrom, mailTo, mailSubject, isRefused }: RuleNoticeFacts): string {
  const words = texts[language];
  return lines(
    words.opening,
    ...(isRefused ? [words.refused] : []),
    '',
    ...text.split(/\r\n|\r|\n/),
    '',
    `${words.rule}: ${rule}`,
    `${words.mailFrom}: ${mailFrom}`,
    `${words.mailTo}: ${mailTo.slice(0, maxShown).join(', ')}`,
    `${words.mailSubject}: ${mailSubject}`,
  );
}
