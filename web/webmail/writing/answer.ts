/** Answering a mail and passing it on: to whom, under which subject, from which address, with what kept of it. Pure. */
import type { Address, BodyPart, Email } from '../email.ts';
import { addressText, sameAddress, withoutRepeats } from './address-text.ts';
import { type Draft, type DraftFile, emptyDraft } from './draft.ts';
import { escaped, htmlOf, quoted } from './html-text.ts';

export type AnswerKind = 'reply' | 'replyAll' | 'forward';

/** Under which one may send (RFC 8621 §6). */
export interface Identity {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly textSignature: string;
  readonly htmlSignature: string;
  readonly mayDelete: boolean;
}

/** What is said around a quoted mail, in the writer's language. */
export interface QuoteWords {
  readonly introduction: string;
  /** Label and value of each line. */
  readonly header: readonly (readonly [string, string])[];
  readonly forwarded: string;
}

const prefixes = /^(?:\s*(?:re|fwd?|aw|回复|答复|回覆|答覆|转发|轉寄|轉發)(?:\[\d+\])?\s*[:：])+\s*/i;

export function answerSubject(subject: string, kind: AnswerKind): string {
  const bare = subject.replace(prefixes, '').trim();
  return `${kind === 'forward' ? 'Fwd' : 'Re'}: ${bare}`.trim();
}

/** Mailing lists and the like say where answers go; one's own mail is answered to those that it went to. */
export function answerRecipients(
  mail: Email,
  kind: AnswerKind,
  own: readonly string[],
): Pick<Draft, 'to' | 'cc'> {
  if (kind === 'forward') return { to: [], cc: [] };
  const isOwn = ({ email }: Address): boolean => own.some((each) => sameAddress(each, email));
  const from = mail.replyTo?.length ? mail.replyTo : (mail.from ?? []);
  const wasMine = from.length > 0 && from.every(isOwn);
  const first = wasMine ? (mail.to ?? []) : from;
  if (kind === 'reply') return { to: withoutRepeats(first), cc: [] };
  const others = wasMine ? [] : (mail.to ?? []);
  const to = withoutRepeats([...first, ...others.filter((each) => !isOwn(each))]);
  const cc = (mail.cc ?? []).filter((each) => !isOwn(each));
  return {
    to,
    cc: withoutRepeats(cc).filter(({ email }) => !to.some((each) => sameAddress(each.email, email))),
  };
}

/** The one that the mail was sent to, or from; null where it was none of them. */
export function answerIdentity(mail: Email, identities: readonly Identity[]): Identity | null {
  const named = [mail.to, mail.cc, mail.bcc, mail.from].flatMap((people) => people ?? []);
  for (const { email } of named) {
    const found = identities.find((each) => sameAddress(each.email, email));
    if (found) return found;
  }
  return null;
}

export function answerDraft(
  mail: Email,
  kind: AnswerKind,
  identities: readonly Identity[],
  words: QuoteWords,
  isRich: boolean,
): Draft {
  const identity = answerIdentity(mail, identities);
  const own = identities.map(({ email }) => email);
  const ids = mail.messageId ?? [];
  const quote = kind === 'forward' ? forwarded(mail, words) : repliedTo(mail, words);
  return {
    ...emptyDraft(isRich),
    ...answerRecipients(mail, kind, own),
    identityId: identity?.id ?? null,
    subject: answerSubject(mail.subject ?? '', kind),
    ...quote,
    files: keptFiles(mail, kind === 'forward'),
    inReplyTo: kind === 'forward' ? [] : ids,
    references: [...(mail.references ?? mail.inReplyTo ?? []), ...ids],
    source: { id: mail.id, keyword: kind === 'forward' ? '$forwarded' : '$answered' },
  };
}

/** The pictures that its text shows stay; files go along when it is passed on. */
export function keptFiles(mail: Email, withFiles: boolean): DraftFile[] {
  return (mail.attachments ?? []).flatMap((part) => {
    const isShown = part.cid !== null && part.type.startsWith('image/') && usesCid(mail, part.cid);
    if (part.blobId === null || !(isShown || withFiles)) return [];
    return [fileOf(part, isShown ? part.cid : null)];
  });
}

export function fileOf(part: BodyPart, cid: string | null): DraftFile {
  const { name, type, size, blobId } = part;
  return { key: crypto.randomUUID(), name: name?.trim() || 'file', type, size, blobId, cid };
}

/** Its page, not yet made harmless: parts that follow one another are one; null where none of them is HTML. */
export function htmlOfMail({ htmlBody, bodyValues }: Email): string | null {
  const texts = (htmlBody ?? []).filter(({ type }) => type.startsWith('text/'));
  if (!texts.some(({ type }) => type === 'text/html')) return null;
  return texts
    .map(({ type, partId }) => {
      const value = bodyValues?.[partId ?? '']?.value ?? '';
      return type === 'text/html' ? value : htmlOf(value);
    })
    .join('<hr>');
}

export function textOfMail(mail: Email): string {
  const texts = (mail.textBody ?? []).filter(({ type }) => type === 'text/plain');
  return texts.map(({ partId }) => mail.bodyValues?.[partId ?? '']?.value ?? '').join('\n');
}

export function headerLines(
  mail: Email,
  label: (name: 'from' | 'to' | 'cc' | 'date' | 'subject') => string,
  date: string,
) {
  const people = (list: readonly Address[] | null | undefined): string =>
    (list ?? []).map(addressText).join(', ');
  const lines: readonly (readonly [string, string])[] = [
    [label('from'), people(mail.from)],
    [label('date'), date],
    [label('to'), people(mail.to)],
    [label('cc'), people(mail.cc)],
    [label('subject'), mail.subject ?? ''],
  ];
  return lines.filter(([, value]) => value !== '');
}

function usesCid(mail: Email, cid: string): boolean {
  return htmlOfMail(mail)?.includes(`cid:${cid}`) === true;
}

function repliedTo(mail: Email, { introduction }: QuoteWords): Pick<Draft, 'html' | 'text'> {
  const html = htmlOfMail(mail) ?? htmlOf(textOfMail(mail).trimEnd());
  return {
    html: `<div>${escaped(introduction)}</div><blockquote type="cite">${html}</blockquote>`,
    text: `${introduction}\n${quoted(textOfMail(mail))}\n`,
  };
}

function forwarded(mail: Email, { header, forwarded: said }: QuoteWords): Pick<Draft, 'html' | 'text'> {
  const html = htmlOfMail(mail) ?? htmlOf(textOfMail(mail).trimEnd());
  const line = `---------- ${said} ----------`;
  const lines = header.map(([label, value]) => `<div>${escaped(`${label}: ${value}`)}</div>`).join('');
  return {
    html: `<div>${escaped(line)}</div>${lines}<div><br></div>${html}`,
    text: [line, ...header.map(([label, value]) => `${label}: ${value}`), '', textOfMail(mail)].join('\n'),
  };
}
