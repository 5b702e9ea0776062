/** Asks a server for what the record is held against. */
import { flagsOf, type ImapClient, numberOf, octetsOf } from '../support/imap-client.ts';
import type { MailboxRecord, ShownMessage } from './mail-record.ts';

const tokenField = 'X-Token';

/** A small mail with its name in the header. */
export function mailOf(token: string, bodyOctets: number): Buffer {
  const text = 'A line of a mail that is on its way.\r\n'.repeat(Math.ceil(bodyOctets / 38));
  return Buffer.from(
    `From: <peer@peer.example>\r\nSubject: ${token}\r\n${tokenField}: ${token}\r\n\r\n${text}`,
  );
}

/** Selects a mailbox and notes what the server announces of it. */
export async function select(client: ImapClient, mailbox: MailboxRecord): Promise<void> {
  const { untagged } = await client.ok(`SELECT "${mailbox.name}"`);
  const said = (code: string): number =>
    Number(new RegExp(`\\[${code} (\\d+)\\]`).exec(untagged.join('\n'))![1]);
  mailbox.announce({
    uidValidity: said('UIDVALIDITY'),
    uidNext: said('UIDNEXT'),
    highestModseq: said('HIGHESTMODSEQ'),
  });
}

/** Everything in the selected mailbox. */
export async function list(client: ImapClient): Promise<Map<number, ShownMessage>> {
  const rows = await client.uidFetch('1:*', `UID FLAGS MODSEQ BODY.PEEK[HEADER.FIELDS (${tokenField})]`);
  return new Map(rows.map((items) => [numberOf(items, 'UID'), shownMessage(items)]));
}

function shownMessage(items: Parameters<typeof numberOf>[0]): ShownMessage {
  const field = octetsOf(items, `BODY[HEADER.FIELDS (${tokenField.toUpperCase()})]`).toString();
  return { token: field.trim().split(' ')[1]!, flags: flagsOf(items), modseq: numberOf(items, 'MODSEQ') };
}
