/**
 * What became of each accepted mail: who it was for, every event about it with its time, where it was filed.
 * `message-trace-queries.ts` answers.
 */
import { idOf, type JsonObject, type LoggedEvent } from '../services/domain/event.ts';
import { nilUuid } from '../services/domain/message.ts';
import type { Uuid } from '../services/domain/values.ts';
import { personalText, personalTexts, searchForm } from './personal-text.ts';
import { tablePart, tableProjection, type Write } from './table-projection.ts';

/** A mail is named by the position of its `MessageAccepted` inside this file: shorter than its id in every index. */
const schema = `
  CREATE TABLE messages (
    mail INTEGER PRIMARY KEY, message TEXT NOT NULL UNIQUE, accepted_at INTEGER NOT NULL, source TEXT NOT NULL,
    submitter TEXT, octets INTEGER NOT NULL, thread TEXT NOT NULL, recipients INTEGER NOT NULL,
    return_path TEXT NOT NULL, subject TEXT NOT NULL, message_id TEXT NOT NULL,
    header_from TEXT NOT NULL, header_to TEXT NOT NULL, peer TEXT NOT NULL, helo TEXT NOT NULL,
    sender_form TEXT NOT NULL, subject_form TEXT NOT NULL);
  CREATE INDEX messages_by_message_id ON messages (message_id);
  CREATE INDEX messages_by_sender ON messages (sender_form);
  CREATE INDEX messages_by_subject ON messages (subject_form);
  CREATE TABLE recipients (
    mail INTEGER, ordinal INTEGER, account TEXT, address TEXT NOT NULL, address_form TEXT NOT NULL,
    filed_at INTEGER, mailbox TEXT, uid INTEGER, queued_at INTEGER, delivery TEXT, PRIMARY KEY (mail, ordinal)) WITHOUT ROWID;
  CREATE INDEX recipients_by_address ON recipients (address_form);
  CREATE INDEX recipients_by_account ON recipients (mail, account);
  CREATE TABLE steps (
    mail INTEGER, position INTEGER, at INTEGER NOT NULL, stream TEXT NOT NULL, type TEXT NOT NULL,
    actor TEXT NOT NULL, detail TEXT NOT NULL, PRIMARY KEY (mail, position)) WITHOUT ROWID;
`;

export const messageTrace = tableProjection({
  name: 'message-trace',
  version: 2,
  schema,
  opens: ['MessageAccepted', 'RecipientsResolved'],
  appliers: {
    MessageAccepted: (event, write) => {
      writeMessage(event, write);
      writeStep(event, idOf(event.stream), {}, write);
    },
    RecipientsResolved: (event, write) => {
      writeRecipients(event, write);
      writeStep(event, idOf(event.stream), {}, write);
    },
    MessagesFiled: writeFiled,
    DeliveryQueued: writeQueued,
  },
  digestParts: [
    tablePart('messages', 'mail'),
    tablePart('recipients', 'mail, ordinal'),
    tablePart('steps', 'mail, position'),
  ],
});

function writeMessage(event: LoggedEvent, write: Write): void {
  const { data } = event;
  const returnPath = personalText(event, 'returnPath');
  const subject = personalText(event, 'subject');
  write(
    'INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    event.position,
    idOf(event.stream),
    event.at,
    data['source'] as string,
    data['submitter'] as Uuid | null,
    (data['blobOctets'] as number) + (data['traceOctets'] as number),
    data['thread'] as Uuid,
    data['recipients'] as number,
    returnPath,
    subject,
    personalText(event, 'messageId'),
    personalTexts(event, 'from').join(', '),
    personalTexts(event, 'to').join(', '),
    personalText(event, 'peer'),
    personalText(event, 'helo'),
    searchForm(returnPath),
    searchForm(subject),
  );
}

function writeRecipients(event: LoggedEvent, write: Write): void {
  const addresses = personalTexts(event, 'addresses');
  const first = event.data['firstOrdinal'] as number;
  for (const [i, account] of (event.data['accounts'] as Uuid[]).entries()) {
    const address = addresses[i] ?? '';
    write(
      `INSERT INTO recipients SELECT mail, ?, ?, ?, ?, NULL, NULL, NULL, NULL, NULL FROM messages WHERE message = ?`,
      first + i,
      account === nilUuid ? null : account,
      address,
      searchForm(address),
      idOf(event.stream),
    );
  }
}

function writeFiled(event: LoggedEvent, write: Write): void {
  const { data, stream, at } = event;
  const account = idOf(stream);
  const mailbox = data['mailbox'] as Uuid;
  const firstUid = data['firstUid'] as number;
  for (const [i, message] of (data['messages'] as Uuid[]).entries()) {
    write(
      `UPDATE recipients SET filed_at = ?, mailbox = ?, uid = ?
       WHERE mail = (SELECT mail FROM messages WHERE message = ?) AND account = ?`,
      at,
      mailbox,
      firstUid + i,
      message,
      account,
    );
    writeStep(event, message, { mailbox, uid: firstUid + i }, write);
  }
}

function writeQueued(event: LoggedEvent, write: Write): void {
  const { data, stream, at } = event;
  const message = data['message'] as Uuid;
  const ordinal = data['ordinal'] as number;
  write(
    `UPDATE recipients SET queued_at = ?, delivery = ?
     WHERE mail = (SELECT mail FROM messages WHERE message = ?) AND ordinal = ?`,
    at,
    idOf(stream),
    message,
    ordinal,
  );
  writeStep(event, message, { ordinal }, write);
}

function writeStep(event: LoggedEvent, message: Uuid, detail: JsonObject, write: Write): void {
  const { position, at, stream, type, actor } = event;
  write(
    'INSERT INTO steps SELECT mail, ?, ?, ?, ?, ?, ? FROM messages WHERE message = ?',
    position,
    at,
    stream,
    type,
    actor,
    JSON.stringify(detail),
    message,
  );
}
