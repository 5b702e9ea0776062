/**
 * Nothing silent: every recipient of every accepted mail is in exactly one state, counted here. Those that are not
 * at an end stand one by one, so that a check can name what is stuck.
 */
import { idOf } from '../services/domain/event.ts';
import { nilUuid } from '../services/domain/message.ts';
import type { Uuid } from '../services/domain/values.ts';
import { tablePart, tableProjection } from './table-projection.ts';

/**
 * `underway` has each recipient who is not at an end: `accepted` and nothing more, or `queued` for sending on;
 * `finished` counts those at an end; `accepted` counts all.
 */
const schema = `
  CREATE TABLE underway (
    message TEXT, account TEXT, ordinal INTEGER, state TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (message, account, ordinal)) WITHOUT ROWID;
  CREATE INDEX underway_by_state ON underway (state, at);
  CREATE TABLE finished (state TEXT PRIMARY KEY, recipients INTEGER NOT NULL);
  CREATE TABLE accepted (messages INTEGER NOT NULL, recipients INTEGER NOT NULL);
  INSERT INTO accepted VALUES (0, 0);
  INSERT INTO finished VALUES ('delivered', 0);
`;

export const messageCounters = tableProjection({
  name: 'message-counters',
  version: 2,
  schema,
  opens: [],
  appliers: {
    MessageAccepted: ({ data }, write) => {
      write(
        'UPDATE accepted SET messages = messages + 1, recipients = recipients + ?',
        data['recipients'] as number,
      );
    },
    RecipientsResolved: ({ stream, at, data }, write) => {
      const first = data['firstOrdinal'] as number;
      for (const [i, account] of (data['accounts'] as Uuid[]).entries()) {
        write(`INSERT INTO underway VALUES (?, ?, ?, 'accepted', ?)`, idOf(stream), account, first + i, at);
      }
    },
    DeliveryQueued: ({ data }, write) => {
      const { message, ordinal } = data;
      const queue = `UPDATE underway SET state = 'queued' WHERE message = ? AND account = ? AND ordinal = ?`;
      write(queue, message as Uuid, nilUuid, ordinal as number);
    },
    MessagesFiled: ({ stream, data }, write) => {
      let filed = 0;
      for (const message of data['messages'] as Uuid[]) {
        filed += write('DELETE FROM underway WHERE message = ? AND account = ?', message, idOf(stream));
      }
      write(`UPDATE finished SET recipients = recipients + ? WHERE state = 'delivered'`, filed);
    },
  },
  digestParts: [
    tablePart('underway', 'message, account, ordinal'),
    tablePart('finished', 'state'),
    tablePart('accepted', 'messages'),
  ],
});
