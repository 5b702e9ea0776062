/**
 * Stream `supervision-<uuid>`: one mail that rules put before one supervisor, and the review of it. Its id follows from
 * the message and the supervisor, so that whoever asks for the copy twice makes one. It names the message and holds no
 * octets: what is supervised is what was sent, with its envelope, and no rule ever copies a copy.
 */
import { createHash } from 'node:crypto';
import { type Decision, drafterOf, type FactOf } from './fact.ts';
import { refuse } from './refusals.ts';
import { type ReviewOutcome, supervisionEvents } from './supervision-events.ts';
import { type Uuid, uuidV8 } from './values.ts';

/** What is known of a copy when the mail is taken over. */
export interface SupervisedCopy {
  readonly supervisor: Uuid;
  readonly people: readonly Uuid[];
  readonly copies: readonly { readonly rule: Uuid; readonly version: number; readonly reason: string }[];
  readonly dueAtMs: number | null;
  /** Null where the people may know. */
  readonly sealedBecause: string | null;
}

export type SupervisionCommand =
  | { readonly kind: 'copy'; readonly message: Uuid; readonly copy: SupervisedCopy }
  /** The one before is here no more. */
  | { readonly kind: 'replaceSupervisor'; readonly supervisor: Uuid }
  | {
      readonly kind: 'review';
      readonly by: Uuid;
      readonly outcome: ReviewOutcome;
      readonly note: string;
    };

export interface SupervisionState {
  /** Null before the copy. */
  readonly copy: {
    readonly message: Uuid;
    readonly supervisor: Uuid;
    readonly people: readonly Uuid[];
  } | null;
  /** Null while it waits. */
  readonly outcome: ReviewOutcome | null;
}

const draft = drafterOf(supervisionEvents);

/** Id of the copy of a message for a supervisor. */
export function supervisionId(message: Uuid, supervisor: Uuid): Uuid {
  return uuidV8(createHash('sha256').update(`supervision ${message} ${supervisor}`).digest());
}

function decide({ copy, outcome }: SupervisionState, command: SupervisionCommand): Decision {
  if (command.kind === 'copy') {
    // A repeat after a crash.
    if (copy) return { events: [] };
    const { clear, personal } = copyOf(command.copy);
    return { events: [draft('CopiedForSupervision', { message: command.message, ...clear }, personal)] };
  }
  if (!copy) return refuse('supervisionNotFound');
  const { message } = copy;
  if (command.kind === 'replaceSupervisor') {
    const { supervisor } = command;
    // What has been reviewed meanwhile needs nobody any more.
    if (outcome !== null || supervisor === copy.supervisor) return { events: [] };
    return { events: [draft('SupervisorReplaced', { message, supervisor })] };
  }
  const { by, note } = command;
  if (by !== copy.supervisor) return refuse('notSupervisor');
  if (outcome !== null) return refuse('supervisionReviewed', outcome);
  if (note === '' && command.outcome !== 'inOrder') return refuse('commentMissing');
  return { events: [draft('CopyReviewed', { message, by, outcome: command.outcome }, { note })] };
}

/** A copy as events keep it. */
export function copyOf({ supervisor, people, copies, dueAtMs, sealedBecause }: SupervisedCopy) {
  const clear = {
    supervisor,
    people,
    rules: copies.map(({ rule }) => rule),
    ruleVersions: copies.map(({ version }) => version),
    dueAt: dueAtMs,
    sealed: sealedBecause !== null,
  };
  const personal = {
    reasons: copies.map(({ reason }) => reason),
    sealedBecause: sealedBecause ?? '',
  };
  return { clear, personal };
}

function evolve(state: SupervisionState, { type, data }: FactOf<typeof supervisionEvents>): SupervisionState {
  switch (type) {
    case 'CopiedForSupervision': {
      const { message, supervisor, people } = data;
      return { copy: { message, supervisor, people }, outcome: null };
    }
    case 'SupervisorReplaced':
      return { ...state, copy: state.copy && { ...state.copy, supervisor: data.supervisor } };
    case 'CopyReviewed':
      return { ...state, outcome: data.outcome };
  }
}

export const supervision = {
  category: 'supervision',
  initial: (): SupervisionState => ({ copy: null, outcome: null }),
  decide,
  evolve,
} as const;
