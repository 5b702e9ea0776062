/**
 * What became of each accepted mail: who it was for, every event about it with its time, where it was filed.
 * `message-trace-queries.ts` answers.
 */

import { approvalEvents } from '../services/domain/approval-events.ts';
import { type Authentication, originVerdict } from '../services/domain/authentication.ts';
import { deliveryEvents } from '../services/domain/delivery-events.ts';
import { idOf, type JsonObject, type LoggedEvent } from '../services/domain/event.ts';
import { nilUuid } from '../services/domain/message.ts';
import { ordinalsOf } from '../services/domain/ordinal-ranges.ts';
import { supervisionEvents } from '../services/domain/supervision-events.ts';
import type { Uuid } from '../services/domain/values.ts';
import { personalText, personalTexts, searchForm } from './personal-text.ts';
import { type Find, type RowApplier, tablePart, tableProjection, type Write } from './table-projection.ts';

/**
 * A mail is named by the position of its `MessageAccepted` inside this file: shorter than its id in every index.
 * `account` of a recipient elsewhere is empty.
 */
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
    mail INTEGER, account TEXT, ordinal INTEGER, address TEXT NOT NULL, address_form TEXT NOT NULL,
    filed_at INTEGER, mailbox TEXT, uid INTEGER, queued_at INTEGER, delivery TEXT, hold TEXT,
    PRIMARY KEY (mail, account, ordinal)) WITHOUT ROWID;
  CREATE INDEX recipients_by_address ON recipients (address_form);
  CREATE TABLE steps (
    mail INTEGER, position INTEGER, at INTEGER NOT NULL, stream TEXT NOT NULL, type TEXT NOT NULL,
    actor TEXT NOT NULL, detail TEXT NOT NULL, PRIMARY KEY (mail, position)) WITHOUT ROWID;
`;

export const messageTrace = tableProjection({
  name: 'message-trace',
  version: 9,
  schema,
  opens: ['MessageAccepted', 'RecipientsResolved', 'MembersPassedOver', 'MailDerived', 'MailSigned'],
  appliers: {
    MessageAccepted: (event, write) => {
      writeMessage(event, write);
      writeStep(event, event.position, { ...originOf(event), ...judgedBy(event) }, write);
    },
    RecipientsResolved: (event, write, find) => {
      const mail = mailOf(idOf(event.stream), find);
      if (mail === null) return;
      writeRecipients(event, mail, write);
      writeStep(event, mail, {}, write);
    },
    MembersPassedOver: writeOwn((event) => ({ ...event.data, addresses: personalTexts(event, 'addresses') })),
    RecipientsHeld: writeOwn(() => ({})),
    MailDerived: writeOwn((event) => ({ ...event.data, texts: personalTexts(event, 'texts') })),
    ChangeOmitted: writeOwn(({ data }) => data),
    NoticeRequired: writeOwn(({ data }) => data),
    RecipientsReleased: writeHoldEnd('released'),
    RecipientsReturned: writeHoldEnd('returned'),
    MailSigned: writeOwn((event) => ({
      octets: event.data['octets']!,
      domain: personalText(event, 'domain'),
    })),
    MessagesFiled: writeFiled,
    ...Object.fromEntries(
      [deliveryEvents, approvalEvents, supervisionEvents].flatMap((events) =>
        Object.keys(events).map((type) => [type, writeAbout]),
      ),
    ),
    DeliveryQueued: writeQueued,
  },
  digestParts: [
    tablePart('messages', 'mail'),
    tablePart('recipients', 'mail, account, ordinal'),
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

/** What was found of where it comes from; nothing of a mail that was not checked. */
function originOf({ data, personal }: LoggedEvent): JsonObject {
  const { spf, dkim, dmarc, arc } = data;
  if (typeof dmarc !== 'string') return {};
  const found = personal?.['authentication'] as unknown as Authentication | null | undefined;
  const verdict = found ? originVerdict(found) : '';
  const origin = { verdict, domain: found?.dmarc.domain ?? '', spf: spf!, dkim: dkim!, dmarc, arc: arc! };
  return { origin };
}

/** Places of a rule's reasons that are kept with the step. */
const maxPlaces = 5;

/** The rules that had something to say, what they said, and what they found; names are empty once erased. */
function judgedBy({ data, personal }: LoggedEvent): JsonObject {
  const rules = (data['rules'] as Uuid[] | undefined) ?? [];
  if (rules.length === 0) return {};
  const judgements = (personal?.['judgements'] as unknown as readonly Judgement[] | undefined) ?? [];
  const versions = data['ruleVersions'] as number[];
  const judged = rules.map((rule, i) => {
    const { name = '', outcome = '', disposition = '', reasons = [] } = judgements[i] ?? {};
    const places = reasons.flatMap((reason) => reason.places.map(({ found }) => found)).slice(0, maxPlaces);
    return { rule, version: versions[i]!, name, outcome, disposition, found: places };
  });
  return { rules: judged };
}

/** As `MessageAccepted` seals it. */
interface Judgement {
  readonly name: string;
  readonly outcome: string;
  readonly disposition: string;
  readonly reasons: readonly { readonly places: readonly { readonly found: string }[] }[];
}

/** Null for a mail whose `MessageAccepted` is not here. */
function mailOf(message: Uuid, find: Find): number | null {
  const row = find('SELECT mail FROM messages WHERE message = ?', message);
  return row === undefined ? null : (row['mail'] as number);
}

function writeRecipients(event: LoggedEvent, mail: number, write: Write): void {
  const addresses = personalTexts(event, 'addresses');
  const first = event.data['firstOrdinal'] as number;
  const held = new Set(ordinalsOf(event.data['held'] as number[]));
  for (const [i, account] of (event.data['accounts'] as Uuid[]).entries()) {
    const address = addresses[i] ?? '';
    write(
      'INSERT INTO recipients VALUES (?, ?, ?, ?, ?, NULL, NULL, NULL, NULL, NULL, ?)',
      mail,
      account === nilUuid ? '' : account,
      first + i,
      address,
      searchForm(address),
      held.has(first + i) ? 'waiting' : null,
    );
  }
}

/** Of an event in the stream of the mail itself. */
function writeOwn(detailOf: (event: LoggedEvent) => JsonObject): RowApplier {
  return (event, write, find) => {
    const mail = mailOf(idOf(event.stream), find);
    if (mail !== null) writeStep(event, mail, detailOf(event), write);
  };
}

function writeHoldEnd(state: 'released' | 'returned'): RowApplier {
  return (event, write, find) => {
    const mail = mailOf(idOf(event.stream), find);
    if (mail === null) return;
    const update = 'UPDATE recipients SET hold = ? WHERE mail = ? AND ordinal = ?';
    for (const ordinal of ordinalsOf(event.data['ordinals'] as number[])) write(update, state, mail, ordinal);
    writeStep(event, mail, {}, write);
  };
}

function writeFiled(event: LoggedEvent, write: Write, find: Find): void {
  const { data, stream, at } = event;
  const account = idOf(stream);
  const mailbox = data['mailbox'] as Uuid;
  const firstUid = data['firstUid'] as number;
  for (const [i, message] of (data['messages'] as Uuid[]).entries()) {
    const mail = mailOf(message, find);
    if (mail === null) continue;
    const uid = firstUid + i;
    const file = 'UPDATE recipients SET filed_at = ?, mailbox = ?, uid = ? WHERE mail = ? AND account = ?';
    write(file, at, mailbox, uid, mail, account);
    writeStep(event, mail, { mailbox, uid }, write);
  }
}

function writeQueued(event: LoggedEvent, write: Write, find: Find): void {
  const { data, stream, at } = event;
  const ordinal = data['ordinal'] as number;
  const mail = mailOf(data['message'] as Uuid, find);
  if (mail === null) return;
  const queue = `UPDATE recipients SET queued_at = ?, delivery = ? WHERE mail = ? AND account = '' AND ordinal = ?`;
  write(queue, at, idOf(stream), mail, ordinal);
  writeStep(event, mail, { ordinal }, write);
}

/** The clear part says all that a list of steps needs; what a peer answered or a reviewer said is in their own lists. */
function writeAbout(event: LoggedEvent, write: Write, find: Find): void {
  const { message, ...detail } = event.data;
  const mail = mailOf(message as Uuid, find);
  if (mail !== null) writeStep(event, mail, detail, write);
}

function writeStep(event: LoggedEvent, mail: number, detail: JsonObject, write: Write): void {
  const { position, at, stream, type, actor } = event;
  const insert = 'INSERT INTO steps VALUES (?, ?, ?, ?, ?, ?, ?)';
  write(insert, mail, position, at, stream, type, actor, JSON.stringify(detail));
}
