/** Mails that were submitted by JMAP, and when something last became of each. `submissions-queries.ts` answers. */
import { approvalEvents } from '../services/domain/approval-events.ts';
import { deliveryEvents } from '../services/domain/delivery-events.ts';
import { idOf, type LoggedEvent } from '../services/domain/event.ts';
import type { Uuid } from '../services/domain/values.ts';
import { personalText, personalTexts } from './personal-text.ts';
import { type RowApplier, tablePart, tableProjection, type Write } from './table-projection.ts';

/** `created` and `changed` are positions in the log: what clients know is told by them. */
const schema = `
  CREATE TABLE submissions (
    message TEXT PRIMARY KEY, account TEXT NOT NULL, email TEXT NOT NULL, identity TEXT NOT NULL, thread TEXT NOT NULL,
    sent_at INTEGER NOT NULL, sender TEXT NOT NULL, recipients TEXT NOT NULL, ordinals TEXT NOT NULL,
    created INTEGER NOT NULL, changed INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX submissions_of_account ON submissions (account, changed);
`;

function writeSubmitted(event: LoggedEvent, write: Write): void {
  const { stream, at, position, data } = event;
  write(
    'INSERT INTO submissions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    idOf(stream),
    data['account'] as Uuid,
    data['email'] as Uuid,
    data['identity'] as Uuid,
    data['thread'] as Uuid,
    at,
    personalText(event, 'sender'),
    JSON.stringify(personalTexts(event, 'recipients')),
    JSON.stringify(data['ordinals']),
    position,
    position,
  );
}

const noteChange: RowApplier = ({ data, position }, write) => {
  write('UPDATE submissions SET changed = ? WHERE message = ?', position, data['message'] as Uuid);
};

export const submissions = tableProjection({
  name: 'submissions',
  version: 2,
  schema,
  opens: ['EmailSubmitted'],
  appliers: {
    EmailSubmitted: writeSubmitted,
    ...Object.fromEntries(
      [...Object.keys(deliveryEvents), ...Object.keys(approvalEvents)].map((type) => [type, noteChange]),
    ),
  },
  digestParts: [tablePart('submissions', 'message')],
});
