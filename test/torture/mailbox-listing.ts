/** Small mails with names, and what a server says of them. */
import { fetchedItems, flagsOf, type ImapReply, numberOf, octetsOf } from '../support/imap-client.ts';
import type { MailboxAnnouncement, ShownMessage } from './mailbox-record.ts';

const tokenField = 'X-Token';

/** Everything that is compared. */
export const listItems = `UID FLAGS MODSEQ BODY.PEEK[HEADER.FIELDS (${tokenField})]`;

/** A small mail with its name in the header. */
export function mailOf(token: string, bodyOctets: number): Buffer {
  const text = 'A line of a mail that is on its way.\r\n'.repeat(Math.ceil(bodyOctets / 38));
  return Buffer.from(
    `From: <peer@peer.example>\r\nSubject: ${token}\r\n${tokenField}: ${token}\r\n\r\n${text}`,
  );
}

/** Reads the answer to SELECT. */
export function announcement({ untagged }: ImapReply): MailboxAnnouncement {
  const said = (code: string): number =>
    Number(new RegExp(`\\[${code} (\\d+)\\]`).exec(untagged.join('\n'))![1]);
  return { uidValidity: said('UIDVALIDITY'), uidNext: said('UIDNEXT'), highestModseq: said('HIGHESTMODSEQ') };
}

/** Reads the answer to FETCH of `listItems`, by UID. */
export function listing({ untagged }: ImapReply): Map<number, ShownMessage> {
  const rows = fetchedItems(untagged).filter((items) => items.has('UID') && items.has('MODSEQ'));
  return new Map(rows.map((items) => [numberOf(items, 'UID'), shownMessage(items)]));
}

function shownMessage(items: Parameters<typeof numberOf>[0]): ShownMessage {
  const field = octetsOf(items, `BODY[HEADER.FIELDS (${tokenField.toUpperCase()})]`).toString();
  return { token: field.trim().split(' ')[1]!, flags: flagsOf(items), modseq: numberOf(items, 'MODSEQ') };
}
