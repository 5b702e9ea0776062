/**
 * Mail that rules hold: what waits and for whom, what is due when, and the log of each. `approvals-queries.ts` answers.
 */
import type { approvalEvents } from '../services/domain/approval-events.ts';
import { idOf, type LoggedEvent } from '../services/domain/event.ts';
import type { Uuid } from '../services/domain/values.ts';
import { personalText, personalTexts } from './personal-text.ts';
import { type RowApplier, tablePart, tableProjection, type Write } from './table-projection.ts';

/** `remind_at` and `due_at` are null once they mean nothing any more. */
const schema = `
  CREATE TABLE approvals (
    approval TEXT PRIMARY KEY, message TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, state TEXT NOT NULL,
    octets TEXT NOT NULL, ordinals TEXT NOT NULL, submitter TEXT, reviewer TEXT, reviewer_role TEXT, deputy TEXT,
    rules TEXT NOT NULL, rule_versions TEXT NOT NULL, reasons TEXT NOT NULL, requested_at INTEGER NOT NULL,
    remind_at INTEGER, due_at INTEGER, deadline INTEGER, on_deadline TEXT NOT NULL, resubmits TEXT,
    ended_at INTEGER, ended_by TEXT, decided_by TEXT, decided_as TEXT, comment TEXT NOT NULL) WITHOUT ROWID;
  CREATE INDEX approvals_waiting ON approvals (reviewer) WHERE state = 'waiting';
  CREATE INDEX approvals_due ON approvals (due_at) WHERE due_at IS NOT NULL;
  CREATE INDEX approvals_to_remind ON approvals (remind_at) WHERE remind_at IS NOT NULL;
  CREATE INDEX approvals_resubmitting ON approvals (resubmits) WHERE resubmits IS NOT NULL;
  CREATE INDEX approvals_of_submitter ON approvals (submitter, requested_at);
  CREATE TABLE approval_steps (
    approval TEXT, position INTEGER, at INTEGER NOT NULL, type TEXT NOT NULL, actor TEXT NOT NULL, person TEXT,
    detail TEXT NOT NULL, comment TEXT NOT NULL, PRIMARY KEY (approval, position)) WITHOUT ROWID;
  CREATE INDEX approval_steps_by_person ON approval_steps (person, position);
`;

function writeRequested(event: LoggedEvent, write: Write): void {
  const { stream, at, data } = event;
  const { rules, ruleVersions, ordinals } = data;
  write(
    `INSERT INTO approvals VALUES (?, ?, ?, 'waiting', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL, NULL, '')`,
    idOf(stream),
    data['message'] as Uuid,
    data['kind'] as string,
    data['octets'] as string,
    JSON.stringify(ordinals),
    data['submitter'] as Uuid | null,
    data['reviewer'] as Uuid | null,
    data['reviewerRole'] as string | null,
    data['deputy'] as Uuid | null,
    JSON.stringify(rules),
    JSON.stringify(ruleVersions),
    JSON.stringify(personalTexts(event, 'reasons')),
    at,
    data['remindAt'] as number | null,
    data['dueAt'] as number | null,
    data['dueAt'] as number | null,
    data['onDeadline'] as string,
    data['resubmits'] as Uuid | null,
  );
}

interface End {
  readonly state: 'released' | 'returned' | 'withdrawn';
  readonly endedBy: 'decision' | 'deadline' | 'sender';
  readonly decidedBy: Uuid | null;
  readonly decidedAs: string | null;
}

function writeEnd(event: LoggedEvent, { state, endedBy, decidedBy, decidedAs }: End, write: Write): void {
  write(
    `UPDATE approvals SET state = ?, ended_at = ?, ended_by = ?, decided_by = ?, decided_as = ?, comment = ?,
       remind_at = NULL, due_at = NULL WHERE approval = ?`,
    state,
    event.at,
    endedBy,
    decidedBy,
    decidedAs,
    personalText(event, 'comment'),
    idOf(event.stream),
  );
}

const appliers: Readonly<Record<keyof typeof approvalEvents, RowApplier>> = {
  ApprovalRequested: writeRequested,
  ReviewerReminded: ({ stream, data }, write) => {
    const remind = 'UPDATE approvals SET remind_at = ? WHERE approval = ?';
    write(remind, data['remindAt'] as number | null, idOf(stream));
  },
  ReviewerReplaced: ({ stream, data }, write) => {
    write(
      'UPDATE approvals SET reviewer = ?, reviewer_role = ?, deputy = ? WHERE approval = ?',
      data['reviewer'] as Uuid | null,
      data['reviewerRole'] as string | null,
      data['deputy'] as Uuid | null,
      idOf(stream),
    );
  },
  ApprovalDecided: (event, write) => {
    const { decision, by, decidedAs } = event.data as { decision: string; by: Uuid; decidedAs: string };
    const state = decision === 'release' ? 'released' : 'returned';
    writeEnd(event, { state, endedBy: 'decision', decidedBy: by, decidedAs }, write);
  },
  ApprovalLapsed: (event, write) => {
    const state = event.data['outcome'] === 'deliver' ? 'released' : 'returned';
    writeEnd(event, { state, endedBy: 'deadline', decidedBy: null, decidedAs: null }, write);
  },
  ApprovalWithdrawn: (event, write) => {
    writeEnd(event, { state: 'withdrawn', endedBy: 'sender', decidedBy: null, decidedAs: null }, write);
  },
};

/** Whoever acted or is asked to. */
function personOf({ data }: LoggedEvent): Uuid | null {
  return ((data['by'] ?? data['reviewer']) as Uuid | null | undefined) ?? null;
}

function withStep(apply: RowApplier): RowApplier {
  return (event, write, find) => {
    apply(event, write, find);
    const { stream, position, at, type, actor, data } = event;
    const { decision, decidedAs, outcome, because, kind } = data;
    write(
      'INSERT INTO approval_steps VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      idOf(stream),
      position,
      at,
      type,
      actor,
      personOf(event),
      JSON.stringify({ decision, decidedAs, outcome, because, kind }),
      personalText(event, 'comment') || personalText(event, 'reason'),
    );
  };
}

export const approvals = tableProjection({
  name: 'approvals',
  version: 2,
  schema,
  opens: ['ApprovalRequested', 'ReviewerReplaced', 'ApprovalDecided'],
  appliers: Object.fromEntries(Object.entries(appliers).map(([type, apply]) => [type, withStep(apply)])),
  digestParts: [tablePart('approvals', 'approval'), tablePart('approval_steps', 'approval, position')],
});
