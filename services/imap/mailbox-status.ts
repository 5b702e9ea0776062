import type { Mailbox } from '../domain/mailstore-state.ts';
import { mailboxText } from './protocol/mailbox-name.ts';
import type { OctetString } from './protocol/octet-string.ts';
import type { StatusItem } from './protocol/status-items.ts';
import type { Session } from './session.ts';

/** `STATUS name (MESSAGES 5 …)` (RFC 9051 §7.3.4). */
export function mailboxStatus(
  session: Session,
  mailbox: Mailbox,
  path: string,
  items: readonly StatusItem[],
): OctetString {
  if (items.includes('HIGHESTMODSEQ')) session.mode.condstore = true;
  const values = items.map((item) => `${item} ${itemValue(session, mailbox, item)}`);
  return `STATUS ${mailboxText(path, session.mode)} (${values.join(' ')})`;
}

function itemValue({ recents, services }: Session, mailbox: Mailbox, item: StatusItem): string | number {
  switch (item) {
    case 'MESSAGES':
      return mailbox.exists;
    case 'UIDNEXT':
      return mailbox.uidNext;
    case 'UIDVALIDITY':
      return mailbox.uidValidity;
    case 'UNSEEN':
      return mailbox.unseen;
    case 'DELETED':
      return mailbox.deleted;
    case 'SIZE':
      return mailbox.sizeOctets;
    case 'RECENT':
      return mailbox.uidNext - recents.firstUnclaimed(mailbox.id, mailbox.uidNext);
    case 'HIGHESTMODSEQ':
      return mailbox.changedModseq;
    case 'APPENDLIMIT':
      return services.settings.maxMessageOctets || 'NIL';
    case 'MAILBOXID':
      return `(${mailbox.id})`;
  }
}
