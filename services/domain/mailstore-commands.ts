/** Every command that a mailstore takes, and the one `decide` that answers them. */
import type { DraftEvent } from './event.ts';
import type { MailboxRole } from './mailstore.ts';
import {
  changeFlags,
  expungeDeleted,
  expungeMessages,
  type Filing,
  type FlagChange,
  fileMessages,
  flagBits,
  transferMessages,
} from './mailstore-messages.ts';
import {
  createMailbox,
  deleteMailbox,
  findMailbox,
  renameInbox,
  renameMailbox,
  subscribeMailbox,
} from './mailstore-naming.ts';
import type { MailstoreState } from './mailstore-state.ts';
import { isRefusal, type Refusal } from './refusals.ts';
import type { UidRanges } from './uid-ranges.ts';
import type { Uuid } from './values.ts';

export type MailstoreCommand =
  | { readonly kind: 'file'; readonly filings: readonly Filing[] }
  | { readonly kind: 'createMailbox'; readonly path: string; readonly role: MailboxRole }
  | { readonly kind: 'renameMailbox'; readonly path: string; readonly newPath: string }
  | { readonly kind: 'deleteMailbox'; readonly path: string }
  | { readonly kind: 'subscribe'; readonly path: string; readonly subscribed: boolean }
  | ({ readonly kind: 'changeFlags' } & FlagChange)
  /** Gives keywords their bits before an APPEND that carries them. */
  | { readonly kind: 'nameKeywords'; readonly names: readonly string[] }
  | { readonly kind: 'copy' | 'move'; readonly from: Uuid; readonly uids: UidRanges; readonly to: Uuid }
  /** Of these (all, when null) the ones with \Deleted. */
  | { readonly kind: 'expungeDeleted'; readonly mailbox: Uuid; readonly uids: UidRanges | null }
  /** Whatever their flags. */
  | { readonly kind: 'expunge'; readonly mailbox: Uuid; readonly uids: UidRanges };

export interface MailstoreDecision {
  readonly events: readonly DraftEvent[];
  /** UIDs that `unchangedSince` left alone. */
  readonly modified: readonly number[];
}

/** `newIds` are fresh UUIDs, at least `mailstoreLimits.maxDepth` of them. */
export function decideMailstore(
  state: MailstoreState,
  command: MailstoreCommand,
  newIds: readonly Uuid[],
  nowMs: number,
): MailstoreDecision | Refusal {
  const decided = decide(state, command, newIds, nowMs);
  if (isRefusal(decided)) return decided;
  return Array.isArray(decided) ? { events: decided, modified: [] } : decided;
}

function decide(
  state: MailstoreState,
  command: MailstoreCommand,
  newIds: readonly Uuid[],
  nowMs: number,
): DraftEvent[] | MailstoreDecision | Refusal {
  switch (command.kind) {
    case 'file':
      return fileMessages(state, command.filings);
    case 'createMailbox':
      return createMailbox(state, command.path, command.role, newIds, nowMs);
    case 'renameMailbox':
      return findMailbox(state, command.path)?.role === 'inbox'
        ? renameInbox(state, command.newPath, newIds, nowMs)
        : renameMailbox(state, command.path, command.newPath, newIds, nowMs);
    case 'deleteMailbox':
      return deleteMailbox(state, command.path);
    case 'subscribe':
      return subscribeMailbox(state, command.path, command.subscribed);
    case 'changeFlags':
      return changeFlags(state, command);
    case 'nameKeywords': {
      const named = flagBits(state.keywords, command.names, true);
      return isRefusal(named) ? named : named.events;
    }
    case 'copy':
    case 'move':
      return transferMessages(state, command.kind, command.from, command.uids, command.to);
    case 'expungeDeleted':
      return expungeDeleted(state, command.mailbox, command.uids);
    case 'expunge':
      return expungeMessages(state, command.mailbox, command.uids);
  }
}
