/** What is said around a quoted mail in the writer's language, and its text where it has only HTML. */
import { longTime } from '../../i18n/dates.ts';
import { words } from '../../i18n/language.ts';
import { quiet } from '../clean-html.ts';
import { calledName, type Email } from '../email.ts';
import { headerLines, htmlOfMail, type QuoteWords, textOfMail } from './answer.ts';
import { textOfDom } from './dom-text.ts';

export function quoteWords(mail: Email): QuoteWords {
  const text = words();
  const date = longTime(mail.sentAt ?? mail.receivedAt);
  const who = (mail.from ?? []).map(calledName).join(', ') || text.noSender;
  const label = { from: text.from, to: text.to, cc: text.cc, date: text.date, subject: text.subject };
  return {
    introduction: text.someoneWrote(date, who),
    header: headerLines(mail, (name) => label[name], date),
    forwarded: text.forwardedMail,
  };
}

/** Its HTML read as text stands in for plain text that it does not have. */
export function withPlainText(mail: Email): Email {
  const html = htmlOfMail(mail);
  if (html === null || textOfMail(mail).trim() !== '') return mail;
  const partId = 'from-html';
  const part = {
    partId,
    blobId: null,
    size: 0,
    name: null,
    type: 'text/plain',
    disposition: null,
    cid: null,
  };
  const value = { value: plainOf(html), isTruncated: false };
  return { ...mail, textBody: [part], bodyValues: { ...mail.bodyValues, [partId]: value } };
}

/** Read in a document of its own, which loads nothing; styles say nothing and would be refused by the page's policy. */
function plainOf(html: string): string {
  const bare = quiet(html)
    .replace(/<[a-z][^<>]*>/gi, (tag) => tag.replace(/([\s"'/])style\s*=/gi, '$1data-off='))
    .replace(/(<\/?)style\b/gi, '$1title');
  return textOfDom(new DOMParser().parseFromString(bare, 'text/html').body);
}
