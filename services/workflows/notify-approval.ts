/**
 * Reaction: whoever decides is told by mail that something waits, and the sender what became of it, each in their own
 * language. A notice's id follows from its cause and its reader, so that a repeat tells nobody twice.
 */
import { createHash } from 'node:crypto';
import type { ApprovalList, ApprovalRow } from '../../projections/approvals-queries.ts';
import type { Reviewers } from '../approvals/reviewers.ts';
import type { Dispatcher } from '../dispatch.ts';
import { account, type GrantedRole, type Language } from '../domain/account.ts';
import { idOf, type LoggedEvent } from '../domain/event.ts';
import { sealedText } from '../domain/fact.ts';
import { type Uuid, uuidV7 } from '../domain/values.ts';
import type { Intake } from '../intake.ts';
import { approvalNotice } from '../mail/approval-notice.ts';
import type { NoticeKind } from '../mail/approval-notice-texts.ts';
import type { Reaction } from './reaction-runner.ts';
import { fileServerMail } from './server-mail.ts';

export interface NotifyParts {
  readonly approvals: Pick<ApprovalList, 'one'>;
  /** Waits until the projection has what is at `position`; false after `maxWaitMs`. */
  readonly reached: (position: number, maxWaitMs: number) => Promise<boolean>;
  readonly dispatcher: Pick<Dispatcher, 'load'>;
  readonly reviewers: Pick<Reviewers, 'isAway'>;
  readonly holdersOf: (role: GrantedRole) => readonly Uuid[];
  /** First event of a stream, with its key loaded. */
  first(stream: string): Promise<LoggedEvent | null>;
  readonly intake: Intake;
  readonly hostname: string;
  /** Where the reader has chosen none. */
  readonly language: Language;
  /** Opens the desk with that approval. */
  readonly deskUrl: (approval: Uuid) => string;
}

const patienceMs = 5000;

export class NotifyApproval implements Reaction {
  readonly name = 'notify-approval';
  readonly types: ReadonlySet<string> = new Set([
    'ApprovalRequested',
    'ReviewerReminded',
    'ReviewerReplaced',
    'ApprovalDecided',
    'ApprovalLapsed',
  ]);
  readonly opens = false;
  readonly #parts: NotifyParts;

  constructor(parts: NotifyParts) {
    this.#parts = parts;
  }

  async handle(events: readonly LoggedEvent[]): Promise<void> {
    for (const event of events) await this.#notify(event);
  }

  async #notify(event: LoggedEvent): Promise<void> {
    const { approvals, reached } = this.#parts;
    if (!(await reached(event.position, patienceMs))) throw new Error('notices wait for the approvals');
    const row = approvals.one(idOf(event.stream));
    if (!row) return;
    const kind = kindOf(event);
    if (kind === 'asked' || kind === 'reminded') {
      // What has been decided meanwhile needs nobody any more.
      if (row.state === 'waiting')
        for (const decider of await this.#deciders(row)) await this.#send(event, row, kind, decider);
      if (event.type === 'ApprovalRequested' && row.submitter !== null)
        await this.#send(event, row, 'held', row.submitter);
    } else if (row.submitter !== null) await this.#send(event, row, kind, row.submitter);
  }

  async #deciders({ reviewer, reviewerRole, deputy, submitter }: ApprovalRow): Promise<readonly Uuid[]> {
    const { holdersOf, reviewers } = this.#parts;
    const byRole = reviewerRole === null ? [] : holdersOf(reviewerRole);
    const isAway = deputy !== null && (await reviewers.isAway(reviewer, Date.now()));
    const all = [...(reviewer === null ? byRole : [reviewer]), ...(isAway ? [deputy] : [])];
    return all.filter((each) => each !== submitter);
  }

  async #send(event: LoggedEvent, row: ApprovalRow, kind: NoticeKind, reader: Uuid): Promise<void> {
    const { dispatcher, first, intake, hostname, language, deskUrl } = this.#parts;
    const { state } = await dispatcher.load(account, reader);
    const accepted = await first(`message-${row.message}`);
    if (state.status !== 'active' || state.address === null || !accepted) return;
    const message = noticeId(event, reader);
    const isDecider = kind === 'asked' || kind === 'reminded';
    const decider = row.decidedBy ?? row.reviewer;
    const octets = approvalNotice({
      kind,
      language: state.language ?? language,
      message,
      hostname,
      to: state.address,
      atMs: event.at,
      mailFrom: sealedText(accepted.personal, 'returnPath') ?? '',
      mailSubject: sealedText(accepted.personal, 'subject') ?? '',
      mailMessageId: isDecider ? '' : (sealedText(accepted.personal, 'messageId') ?? ''),
      rules: row.reasons,
      deadlineMs: row.deadlineMs,
      onDeadline: row.onDeadline,
      decider: decider === null ? '' : ((await dispatcher.load(account, decider)).state.address ?? ''),
      comment: isDecider || kind === 'held' ? '' : row.comment,
      link: isDecider ? deskUrl(row.approval) : null,
    });
    await fileServerMail(intake, hostname, {
      message,
      octets,
      recipients: [{ account: reader, address: state.address }],
    });
  }
}

function kindOf({ type, data }: LoggedEvent): NoticeKind {
  if (type === 'ApprovalRequested' || type === 'ReviewerReplaced') return 'asked';
  if (type === 'ReviewerReminded') return 'reminded';
  if (type === 'ApprovalLapsed') return data['outcome'] === 'deliver' ? 'lapsedReleased' : 'lapsedReturned';
  return data['decision'] === 'release' ? 'released' : 'returned';
}

function noticeId({ id, at }: LoggedEvent, reader: Uuid): Uuid {
  return uuidV7(at, createHash('sha256').update(`notice ${id} ${reader}`).digest());
}
