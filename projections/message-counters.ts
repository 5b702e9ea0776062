/**
 * Nothing silent: every recipient of every accepted mail is in exactly one state, counted here. Those that are not
 * at an end stand one by one, so that a check can name what is stuck.
 */
import { idOf } from '../services/domain/event.ts';
import { nilUuid } from '../services/domain/message.ts';
import { ordinalsOf } from '../services/domain/ordinal-ranges.ts';
import type { Uuid } from '../services/domain/values.ts';
import { type RowApplier, tablePart, tableProjection } from './table-projection.ts';

/**
 * `underway` has each recipient who is not at an end: `accepted` and nothing more, `waiting` for somebody's decision, or
 * `queued` or `held` in the queue for elsewhere; `finished` counts those at an end; `accepted` counts all.
 */
const schema = `
  CREATE TABLE underway (
    message TEXT, account TEXT, ordinal INTEGER, state TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (message, account, ordinal)) WITHOUT ROWID;
  CREATE INDEX underway_by_state ON underway (state, at);
  CREATE TABLE finished (state TEXT PRIMARY KEY, recipients INTEGER NOT NULL);
  CREATE TABLE accepted (messages INTEGER NOT NULL, recipients INTEGER NOT NULL);
  INSERT INTO accepted VALUES (0, 0);
  INSERT INTO finished VALUES ('bounced', 0), ('delivered', 0), ('returned', 0);
`;

export const messageCounters = tableProjection({
  name: 'message-counters',
  version: 4,
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
      const held = new Set(ordinalsOf(data['held'] as number[]));
      for (const [i, account] of (data['accounts'] as Uuid[]).entries()) {
        const ordinal = first + i;
        const state = held.has(ordinal) ? 'waiting' : 'accepted';
        write('INSERT INTO underway VALUES (?, ?, ?, ?, ?)', idOf(stream), account, ordinal, state, at);
      }
    },
    RecipientsReleased: ({ stream, at, data }, write) => {
      const release = `UPDATE underway SET state = 'accepted', at = ? WHERE message = ? AND account = ? AND ordinal = ?`;
      const accounts = data['accounts'] as Uuid[];
      for (const [i, ordinal] of ordinalsOf(data['ordinals'] as number[]).entries())
        write(release, at, idOf(stream), accounts[i]!, ordinal);
    },
    RecipientsReturned: ({ stream, data }, write) => {
      let returned = 0;
      for (const ordinal of ordinalsOf(data['ordinals'] as number[]))
        returned += write('DELETE FROM underway WHERE message = ? AND ordinal = ?', idOf(stream), ordinal);
      write(`UPDATE finished SET recipients = recipients + ? WHERE state = 'returned'`, returned);
    },
    DeliveryQueued: intoQueue('queued'),
    DeliveryHeld: intoQueue('held'),
    DeliveryReleased: intoQueue('queued'),
    DeliveryCompleted: outOfQueue('delivered'),
    DeliveryFailed: outOfQueue('bounced'),
    DeliveryExpired: outOfQueue('bounced'),
    DeliveryCancelled: outOfQueue('bounced'),
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

function intoQueue(state: 'queued' | 'held'): RowApplier {
  return ({ data }, write) => {
    const queue = 'UPDATE underway SET state = ? WHERE message = ? AND account = ? AND ordinal = ?';
    write(queue, state, data['message'] as Uuid, nilUuid, data['ordinal'] as number);
  };
}

function outOfQueue(state: 'delivered' | 'bounced'): RowApplier {
  return ({ data }, write) => {
    const leave = 'DELETE FROM underway WHERE message = ? AND account = ? AND ordinal = ?';
    const left = write(leave, data['message'] as Uuid, nilUuid, data['ordinal'] as number);
    write('UPDATE finished SET recipients = recipients + ? WHERE state = ?', left, state);
  };
}
