/**
 * The queue of mail for elsewhere: each delivery with what became of it, and when the next attempt is due.
 * `deliveries-queries.ts` answers.
 */
import { parseAddress } from '../services/domain/address.ts';
import { idOf, type LoggedEvent } from '../services/domain/event.ts';
import { goingOn } from '../services/domain/going-on.ts';
import { nilUuid } from '../services/domain/message.ts';
import type { Uuid } from '../services/domain/values.ts';
import { personalText } from './personal-text.ts';
import { type Find, type RowApplier, tablePart, tableProjection, type Write } from './table-projection.ts';

/**
 * `due_at` is null while no attempt may begin: one is under way, the delivery is held or at its end, or others of its
 * envelope are not queued yet (`envelopes` counts them down), so that one transaction carries them together.
 */
const schema = `
  CREATE TABLE deliveries (
    delivery TEXT PRIMARY KEY, message TEXT NOT NULL, ordinal INTEGER NOT NULL, recipient TEXT NOT NULL,
    domain TEXT NOT NULL, state TEXT NOT NULL, held INTEGER NOT NULL, due_at INTEGER, queued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL, changed_at INTEGER NOT NULL, attempts INTEGER NOT NULL, unknown_outcomes INTEGER NOT NULL,
    class TEXT, code INTEGER, host TEXT NOT NULL, reply TEXT NOT NULL, tls TEXT, certificate_valid INTEGER,
    cipher TEXT NOT NULL, reason TEXT NOT NULL) WITHOUT ROWID;
  CREATE INDEX deliveries_by_message ON deliveries (message, ordinal);
  CREATE INDEX deliveries_by_domain ON deliveries (domain, due_at, message, ordinal) WHERE due_at IS NOT NULL;
  CREATE INDEX deliveries_by_due ON deliveries (due_at, message, ordinal) WHERE due_at IS NOT NULL;
  CREATE INDEX deliveries_underway ON deliveries (state, queued_at) WHERE state IN ('waiting', 'attempting');
  CREATE TABLE envelopes (message TEXT PRIMARY KEY, missing INTEGER NOT NULL) WITHOUT ROWID;
`;

export const deliveries = tableProjection({
  name: 'deliveries',
  version: 2,
  schema,
  opens: [
    'DeliveryQueued',
    'DeliveryCompleted',
    'DeliveryDeferred',
    'DeliveryFailed',
    'DeliveryExpired',
    'DeliveryHeld',
    'DeliveryReleased',
    'DeliveryRedirected',
    'DeliveryCancelled',
    'RetryRequested',
  ],
  appliers: {
    RecipientsResolved: expectEnvelope,
    RecipientsReleased: expectEnvelope,
    DeliveryQueued: writeQueued,
    AttemptStarted: ({ stream, at, data }, write) => {
      const start = `UPDATE deliveries SET state = 'attempting', due_at = NULL, attempts = ?, changed_at = ? WHERE delivery = ?`;
      write(start, data['attempt'] as number, at, idOf(stream));
    },
    DeliveryCompleted: writeCompleted,
    DeliveryDeferred: (event, write) => {
      writeReply(event, 'waiting', write);
      writeDue(event, event.data['nextAttemptAt'] as number, write);
    },
    OutcomeUnknown: (event, write) => {
      const unknown = `UPDATE deliveries SET state = 'waiting', unknown_outcomes = unknown_outcomes + 1, changed_at = ? WHERE delivery = ?`;
      write(unknown, event.at, idOf(event.stream));
      writeDue(event, event.data['nextAttemptAt'] as number, write);
    },
    DeliveryFailed: (event, write) => writeReply(event, 'failed', write),
    DeliveryExpired: (event, write) => writeReply(event, 'expired', write),
    RetryRequested: asked((event, write) => writeDue(event, event.at, write)),
    DeliveryHeld: asked((event, write) => {
      write('UPDATE deliveries SET held = 1, due_at = NULL WHERE delivery = ?', idOf(event.stream));
    }),
    DeliveryReleased: asked((event, write) => {
      const release = `UPDATE deliveries SET held = 0, due_at = iif(state = 'waiting', ?, NULL) WHERE delivery = ?`;
      write(release, event.at, idOf(event.stream));
    }),
    DeliveryRedirected: asked((event, write) => {
      const recipient = personalText(event, 'recipient');
      const redirect = 'UPDATE deliveries SET recipient = ?, domain = ? WHERE delivery = ?';
      write(redirect, recipient, domainOf(recipient), idOf(event.stream));
      writeDue(event, event.at, write);
    }),
    DeliveryCancelled: asked((event, write) => {
      write(
        `UPDATE deliveries SET state = 'cancelled', due_at = NULL WHERE delivery = ?`,
        idOf(event.stream),
      );
    }),
  },
  digestParts: [tablePart('deliveries', 'delivery'), tablePart('envelopes', 'message')],
});

/** How many deliveries of the message are still to be queued. */
function expectEnvelope(event: LoggedEvent, write: Write): void {
  const remotes = goingOn(event).filter(({ account }) => account === nilUuid).length;
  if (remotes === 0) return;
  const expect = `INSERT INTO envelopes VALUES (?, ?) ON CONFLICT DO UPDATE SET missing = missing + excluded.missing`;
  write(expect, idOf(event.stream), remotes);
}

function writeQueued(event: LoggedEvent, write: Write, find: Find): void {
  const { stream, at, data } = event;
  const recipient = personalText(event, 'recipient');
  const message = data['message'] as Uuid;
  const insert = `INSERT INTO deliveries VALUES (?, ?, ?, ?, ?, 'waiting', 0, NULL, ?, ?, ?, 0, 0, NULL, NULL, '', '', NULL, NULL, '', '')`;
  const { ordinal, expiresAt } = data as { ordinal: number; expiresAt: number };
  write(insert, idOf(stream), message, ordinal, recipient, domainOf(recipient), at, expiresAt, at);
  write('UPDATE envelopes SET missing = missing - 1 WHERE message = ?', message);
  const row = find('SELECT missing FROM envelopes WHERE message = ?', message);
  if (row !== undefined && (row['missing'] as number) > 0) return;
  write('DELETE FROM envelopes WHERE message = ?', message);
  const whole = `UPDATE deliveries SET due_at = queued_at WHERE message = ? AND state = 'waiting' AND held = 0 AND attempts = 0 AND domain <> ''`;
  write(whole, message);
}

function writeCompleted(event: LoggedEvent, write: Write): void {
  const { stream, at, data } = event;
  const complete = `UPDATE deliveries SET state = 'completed', due_at = NULL, class = NULL, code = 250, host = ?, reply = ?,
    tls = ?, certificate_valid = ?, cipher = ?, changed_at = ? WHERE delivery = ?`;
  const [host, reply, cipher] = ['host', 'reply', 'cipher'].map((member) => personalText(event, member));
  const isValid = data['certificateValid'] === true ? 1 : 0;
  write(complete, host!, reply!, data['tls'] as string, isValid, cipher!, at, idOf(stream));
}

function writeReply(event: LoggedEvent, state: string, write: Write): void {
  const { stream, at, data } = event;
  const { attempt, code } = data as { attempt: number; code: number };
  write(
    `UPDATE deliveries SET state = ?, due_at = NULL, attempts = ?, class = ?, code = ?, host = ?, reply = ?, changed_at = ?
     WHERE delivery = ?`,
    state,
    attempt,
    data['class'] as string,
    code,
    personalText(event, 'host'),
    personalText(event, 'reply'),
    at,
    idOf(stream),
  );
}

/** A held one is due when it is released; one without a readable address never is. */
function writeDue({ stream }: LoggedEvent, dueAt: number, write: Write): void {
  const due = `UPDATE deliveries SET due_at = iif(held = 0 AND domain <> '', ?, NULL) WHERE delivery = ?`;
  write(due, dueAt, idOf(stream));
}

/** What somebody asked for: the reason is kept with the row. */
function asked(apply: (event: LoggedEvent, write: Write) => void): RowApplier {
  return (event, write) => {
    const note = 'UPDATE deliveries SET reason = ?, changed_at = ? WHERE delivery = ?';
    write(note, personalText(event, 'reason'), event.at, idOf(event.stream));
    apply(event, write);
  };
}

function domainOf(recipient: string): string {
  return parseAddress(recipient)?.domain ?? '';
}
