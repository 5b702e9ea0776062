/**
 * Stream `delivery-<uuid>`: one recipient elsewhere of one accepted mail. Its id follows from the message and the
 * recipient's ordinal, so that whoever asks for it twice gets it once, and an erasure finds it.
 */
import { createHash } from 'node:crypto';
import { type BounceClass, deliveryEvents } from './delivery-events.ts';
import type { DraftEvent } from './event.ts';
import { type Aggregate, type Decision, drafterOf, type FactOf, sealedText } from './fact.ts';
import { refuse } from './refusals.ts';
import { type Uuid, uuidV8 } from './values.ts';

/** How an attempt went, as far as the next hop or the way to it has said. */
export interface AttemptReply {
  /** Name and address of the next hop; empty where none was reached. */
  readonly host: string;
  readonly class: BounceClass;
  /** Reply code of RFC 5321 §4.2, or 0. */
  readonly code: number;
  readonly reply: string;
}

export type DeliveryTls = 'none' | 'tls12' | 'tls13';

export interface Handover {
  readonly host: string;
  readonly tls: DeliveryTls;
  readonly certificateValid: boolean;
  readonly cipher: string;
  /** Of what was sent, before dot-stuffing. */
  readonly octets: number;
  /** Hex. */
  readonly sha256: string;
  readonly reply: string;
}

export type DeliveryCommand =
  | { readonly kind: 'startAttempt'; readonly host: string }
  | ({ readonly kind: 'complete' } & Handover)
  /** Expires instead where the next attempt would come too late. */
  | ({ readonly kind: 'defer'; readonly nextAttemptAt: number } & AttemptReply)
  | ({ readonly kind: 'fail' } & AttemptReply)
  | {
      readonly kind: 'noteUnknownOutcome';
      readonly because: 'crash' | 'connection';
      readonly nextAttemptAt: number;
    }
  | { readonly kind: 'retry' | 'hold' | 'release' | 'cancel'; readonly reason: string }
  | { readonly kind: 'redirect'; readonly recipient: string; readonly reason: string };

export interface DeliveryState {
  status: 'absent' | 'waiting' | 'attempting' | 'completed' | 'failed' | 'expired' | 'cancelled';
  /** No attempt begins, whatever the status. */
  held: boolean;
  message: Uuid;
  ordinal: number;
  /** Sealed under the delivery's own key; null once that is destroyed. */
  recipient: string | null;
  /** Attempts so far, the running one among them. */
  attempts: number;
  expiresAt: number;
}

const draft = drafterOf(deliveryEvents);
const unchanged: Decision = { events: [] };

/** Id of the delivery of a message to its recipient of that ordinal. */
export function deliveryId(message: Uuid, ordinal: number): Uuid {
  return uuidV8(createHash('sha256').update(`delivery ${message} ${ordinal}`).digest());
}

export function queueDelivery(
  message: Uuid,
  ordinal: number,
  sizeOctets: number,
  expiresAt: number,
  recipient: string,
): DraftEvent {
  return draft('DeliveryQueued', { message, ordinal, sizeOctets, expiresAt }, { recipient });
}

function decide(state: DeliveryState, command: DeliveryCommand): Decision {
  if (state.status === 'absent') return refuse('deliveryNotFound');
  if (state.status !== 'waiting' && state.status !== 'attempting') return refuse('deliveryEnded');
  switch (command.kind) {
    case 'startAttempt':
    case 'complete':
    case 'defer':
    case 'fail':
    case 'noteUnknownOutcome':
      return decideAttempt(state, command);
    default:
      return decideRequest(state, command);
  }
}

type AttemptCommand = Extract<
  DeliveryCommand,
  { kind: 'startAttempt' | 'complete' | 'defer' | 'fail' | 'noteUnknownOutcome' }
>;

function decideAttempt(state: DeliveryState, command: AttemptCommand): Decision {
  const { message, ordinal, attempts: attempt } = state;
  const underway = state.status === 'attempting';
  switch (command.kind) {
    case 'startAttempt':
      if (underway) return refuse('deliveryUnderway');
      if (state.held) return refuse('deliveryHeld');
      return {
        events: [draft('AttemptStarted', { message, ordinal, attempt: attempt + 1 }, { host: command.host })],
      };
    case 'complete': {
      // Also behind an unknown outcome: that the next hop has it is a fact, whoever learns it late.
      const { tls, certificateValid, octets, host, cipher, sha256, reply } = command;
      const clear = { message, ordinal, attempt, octets, tls, certificateValid };
      return { events: [draft('DeliveryCompleted', clear, { host, cipher, sha256, reply })] };
    }
    case 'noteUnknownOutcome': {
      if (!underway) return unchanged;
      const { because, nextAttemptAt } = command;
      return { events: [draft('OutcomeUnknown', { message, ordinal, attempt, because, nextAttemptAt })] };
    }
    case 'defer':
    case 'fail':
      return { events: [failedAttempt(state, command)] };
  }
}

/** An attempt that found no way to a next hop was never started; it counts all the same. */
function failedAttempt(
  state: DeliveryState,
  command: Extract<AttemptCommand, { kind: 'defer' | 'fail' }>,
): DraftEvent {
  const { message, ordinal } = state;
  const attempt = state.status === 'attempting' ? state.attempts : state.attempts + 1;
  const clear = { message, ordinal, attempt, class: command.class, code: command.code };
  const personal = { host: command.host, reply: command.reply };
  if (command.kind === 'fail') return draft('DeliveryFailed', clear, personal);
  const { nextAttemptAt } = command;
  if (nextAttemptAt > state.expiresAt) return draft('DeliveryExpired', clear, personal);
  return draft('DeliveryDeferred', { ...clear, nextAttemptAt }, personal);
}

/** What people ask for. Holding is possible at any time; the rest would race with an attempt that is being made. */
function decideRequest(state: DeliveryState, command: Exclude<DeliveryCommand, AttemptCommand>): Decision {
  const { kind, reason } = command;
  const of = { message: state.message, ordinal: state.ordinal };
  if (kind === 'hold') return state.held ? unchanged : { events: [draft('DeliveryHeld', of, { reason })] };
  if (kind === 'release')
    return state.held ? { events: [draft('DeliveryReleased', of, { reason })] } : unchanged;
  if (state.status === 'attempting') return refuse('deliveryUnderway');
  if (kind === 'retry') {
    return state.held ? refuse('deliveryHeld') : { events: [draft('RetryRequested', of, { reason })] };
  }
  if (command.kind !== 'redirect') return { events: [draft('DeliveryCancelled', of, { reason })] };
  const { recipient } = command;
  return { events: [draft('DeliveryRedirected', of, { recipient, reason })] };
}

type DeliveryFact = FactOf<typeof deliveryEvents>;

function evolve(state: DeliveryState, { type, data, personal }: DeliveryFact): DeliveryState {
  switch (type) {
    case 'DeliveryQueued':
      state.status = 'waiting';
      state.message = data.message;
      state.ordinal = data.ordinal;
      state.expiresAt = data.expiresAt;
      state.recipient = sealedText(personal, 'recipient');
      break;
    case 'AttemptStarted':
      state.status = 'attempting';
      state.attempts = data.attempt;
      break;
    case 'DeliveryDeferred':
    case 'OutcomeUnknown':
      state.status = 'waiting';
      state.attempts = data.attempt;
      break;
    case 'DeliveryRedirected':
      state.recipient = sealedText(personal, 'recipient');
      break;
    case 'DeliveryHeld':
      state.held = true;
      break;
    case 'DeliveryReleased':
      state.held = false;
      break;
    case 'RetryRequested':
      break;
    default:
      state.status = endOf[type];
  }
  return state;
}

const endOf = {
  DeliveryCompleted: 'completed',
  DeliveryFailed: 'failed',
  DeliveryExpired: 'expired',
  DeliveryCancelled: 'cancelled',
} as const;

export const delivery: Aggregate<DeliveryState, DeliveryCommand> = {
  category: 'delivery',
  initial: (): DeliveryState => ({
    status: 'absent',
    held: false,
    message: '',
    ordinal: 0,
    recipient: null,
    attempts: 0,
    expiresAt: 0,
  }),
  decide,
  evolve,
};
