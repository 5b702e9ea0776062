/**
 * What becomes of recipients for whom a mail was held, in the stream of the message: they get it or they do not, once.
 * Both follow from the end of the approval (`workflows/carry-out-approval.ts`).
 */
import type { DraftEvent } from './event.ts';
import { type Aggregate, type Decision, drafterOf, type FactOf } from './fact.ts';
import { maxRecipientsPerEvent } from './message.ts';
import { messageEvents } from './message-events.ts';
import { ordinalsOf, rangesOf } from './ordinal-ranges.ts';
import { refuse } from './refusals.ts';
import type { Uuid } from './values.ts';

export type HeldMessageCommand =
  | { readonly kind: 'release'; readonly nowMs: number }
  | { readonly kind: 'return'; readonly because: 'returned' | 'lapsed' | 'withdrawn' | 'deleted' };

interface HeldRecipient {
  readonly ordinal: number;
  readonly account: Uuid;
  /** Null once the message's key is destroyed. */
  readonly address: string | null;
}

interface Filing {
  readonly mailbox: Uuid | null;
  readonly sizeOctets: number;
  readonly thread: Uuid;
  readonly flags: number;
}

export interface HeldMessageState {
  readonly recipients: readonly HeldRecipient[];
  /** Null where nobody is held. */
  readonly filing: Filing | null;
  readonly hasEnded: boolean;
}

const draft = drafterOf(messageEvents);

function decide({ recipients, filing, hasEnded }: HeldMessageState, command: HeldMessageCommand): Decision {
  if (filing === null || recipients.length === 0) return refuse('approvalNotFound');
  // A repeat after a crash.
  if (hasEnded) return { events: [] };
  if (command.kind === 'return') {
    const ordinals = rangesOf(recipients.map(({ ordinal }) => ordinal));
    return { events: [draft('RecipientsReturned', { ordinals, because: command.because })] };
  }
  const events: DraftEvent[] = [];
  for (let first = 0; first < recipients.length; first += maxRecipientsPerEvent) {
    const group = recipients.slice(first, first + maxRecipientsPerEvent);
    events.push(released(group, filing, command.nowMs));
  }
  return { events };
}

function released(group: readonly HeldRecipient[], filing: Filing, internalDate: number): DraftEvent {
  const ordinals = rangesOf(group.map(({ ordinal }) => ordinal));
  const accounts = group.map(({ account }) => account);
  // Erased meanwhile: there is nobody left to write to.
  const addresses = group.flatMap(({ address }) => address ?? []);
  return draft('RecipientsReleased', { ordinals, accounts, ...filing, internalDate }, { addresses });
}

function evolve(
  state: HeldMessageState,
  { type, data, personal }: FactOf<typeof messageEvents>,
): HeldMessageState {
  switch (type) {
    case 'RecipientsResolved': {
      if (data.held.length === 0) return state;
      const { mailbox, sizeOctets, thread, flags, firstOrdinal, accounts } = data;
      const addresses = (personal?.addresses ?? []) as readonly string[];
      const held = ordinalsOf(data.held).map((ordinal) => ({
        ordinal,
        account: accounts[ordinal - firstOrdinal]!,
        address: addresses[ordinal - firstOrdinal] ?? null,
      }));
      const filing = { mailbox, sizeOctets, thread, flags };
      return { ...state, filing, recipients: [...state.recipients, ...held] };
    }
    case 'RecipientsReleased':
    case 'RecipientsReturned':
      return { ...state, hasEnded: true };
    default:
      return state;
  }
}

export const heldMessage: Aggregate<HeldMessageState, HeldMessageCommand> = {
  category: 'message',
  initial: () => ({ recipients: [], filing: null, hasEnded: false }),
  decide,
  evolve,
};
