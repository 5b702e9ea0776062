/**
 * Mail that supervisors are to review: what waits for whom since when, and what came of it. `supervision-queries.ts`
 * answers.
 */
import { idOf, type LoggedEvent } from '../services/domain/event.ts';
import type { supervisionEvents } from '../services/domain/supervision-events.ts';
import type { Uuid } from '../services/domain/values.ts';
import { personalText, personalTexts } from './personal-text.ts';
import { type RowApplier, tablePart, tableProjection, type Write } from './table-projection.ts';

/** `reviewed_at` is null while it waits. */
const schema = `
  CREATE TABLE supervised (
    supervision TEXT PRIMARY KEY, position INTEGER NOT NULL, message TEXT NOT NULL, supervisor TEXT NOT NULL,
    rules TEXT NOT NULL, rule_versions TEXT NOT NULL, reasons TEXT NOT NULL, copied_at INTEGER NOT NULL,
    due_at INTEGER, sealed INTEGER NOT NULL, sealed_because TEXT NOT NULL,
    reviewed_at INTEGER, reviewed_by TEXT, outcome TEXT, note TEXT NOT NULL) WITHOUT ROWID;
  CREATE INDEX supervised_by_supervisor ON supervised (supervisor, position);
  CREATE INDEX supervised_by_position ON supervised (position);
  CREATE INDEX supervised_of_message ON supervised (message);
  CREATE INDEX supervised_waiting ON supervised (supervisor, due_at) WHERE reviewed_at IS NULL;
  CREATE TABLE supervised_people (
    person TEXT, position INTEGER, supervision TEXT, PRIMARY KEY (person, position, supervision)) WITHOUT ROWID;
  CREATE INDEX supervised_people_by_copy ON supervised_people (supervision);
  CREATE TABLE supervision_changes (supervisor TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
`;

/** Whoever supervises it now has another list from here on. */
function noteChange({ stream, position }: LoggedEvent, write: Write): void {
  write(
    'INSERT OR REPLACE INTO supervision_changes SELECT supervisor, ? FROM supervised WHERE supervision = ?',
    position,
    idOf(stream),
  );
}

function writeCopied(event: LoggedEvent, write: Write): void {
  const { stream, at, position, data } = event;
  const supervision = idOf(stream);
  write(
    `INSERT INTO supervised VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL, '')`,
    supervision,
    position,
    data['message'] as Uuid,
    data['supervisor'] as Uuid,
    JSON.stringify(data['rules']),
    JSON.stringify(data['ruleVersions']),
    JSON.stringify(personalTexts(event, 'reasons')),
    at,
    data['dueAt'] as number | null,
    data['sealed'] ? 1 : 0,
    personalText(event, 'sealedBecause'),
  );
  for (const person of data['people'] as readonly Uuid[])
    write('INSERT INTO supervised_people VALUES (?, ?, ?)', person, position, supervision);
  noteChange(event, write);
}

const appliers: Readonly<Record<keyof typeof supervisionEvents, RowApplier>> = {
  CopiedForSupervision: writeCopied,
  SupervisorReplaced: (event, write) => {
    noteChange(event, write);
    const replace = 'UPDATE supervised SET supervisor = ? WHERE supervision = ?';
    write(replace, event.data['supervisor'] as Uuid, idOf(event.stream));
    noteChange(event, write);
  },
  CopyReviewed: (event, write) => {
    const { by, outcome } = event.data;
    write(
      'UPDATE supervised SET reviewed_at = ?, reviewed_by = ?, outcome = ?, note = ? WHERE supervision = ?',
      event.at,
      by as Uuid,
      outcome as string,
      personalText(event, 'note'),
      idOf(event.stream),
    );
    noteChange(event, write);
  },
};

export const supervisionList = tableProjection({
  name: 'supervision',
  version: 2,
  schema,
  opens: ['CopiedForSupervision', 'CopyReviewed'],
  appliers,
  digestParts: [
    tablePart('supervised', 'supervision'),
    tablePart('supervised_people', 'person, position, supervision'),
    tablePart('supervision_changes', 'supervisor'),
  ],
});
