/** Accesses in words, for the console and for webmail: what was seen, why, and by which door. Pure. */
import type { Answered } from '../api/calls.ts';
import type { readersEn } from '../i18n/readers/en.ts';

export type Access = Answered<'GET /api/accesses'>['items'][number];
export type ReaderWords = typeof readersEn;

/** What was seen or done; of records that belong to no mail, null. */
export function whatText({ kind, items, count, query, message }: Access, say: ReaderWords): string | null {
  switch (kind) {
    case 'opened':
      return say.accessOpened;
    case 'read':
      return `${say.accessRead(count)} (${itemsText(items, say)})`;
    case 'searched':
      return say.accessSearched(query, count);
    case 'acted':
      return say.accessActed;
    default:
      return message === null ? listText(items, say) : mailText(items, say);
  }
}

/** Empty where nothing asked for it. */
export function whyText({ rules, reason }: Access, say: ReaderWords): string {
  if (reason !== '') return say.because(reason);
  return rules.length === 0 ? '' : say.askedByRule(rules.join(' · '));
}

export function doorText({ protocol, peer }: Access, say: ReaderWords): string {
  if (protocol === null) return '';
  return say.byDoor(protocol === 'http' ? say.doorHttp : protocol.toUpperCase(), peer ?? '');
}

function mailText(items: string, say: ReaderWords): string {
  const texts: Readonly<Record<string, string>> = {
    openMail: say.shownOpenMail,
    proveMail: say.shownProveMail,
    superviseMail: say.shownSupervised,
    reviewMail: say.shownHeld,
    readApprovals: say.shownLog,
  };
  return texts[items] ?? say.shownTraceMail;
}

function listText(items: string, say: ReaderWords): string | null {
  const texts: Readonly<Record<string, string>> = {
    superviseMail: say.shownSupervisedList,
    readSupervision: say.shownSupervisedList,
    reviewMail: say.shownHeldList,
    readApprovals: say.shownLog,
  };
  return texts[items] ?? null;
}

function itemsText(items: string, say: ReaderWords): string {
  const texts: Readonly<Record<string, string>> = {
    body: say.itemsBody,
    headers: say.itemsHeaders,
    envelope: say.itemsEnvelope,
  };
  return texts[items] ?? say.itemsOther;
}
