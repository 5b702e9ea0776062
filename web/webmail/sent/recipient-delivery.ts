/** How far a mail has come with one recipient, as people ask: is it there, on its way, or back? Pure. */

export type Progress = 'delivered' | 'handedOver' | 'underway' | 'delayed' | 'held' | 'failed' | 'cancelled';

export interface RecipientDelivery {
  readonly email: string;
  readonly progress: Progress;
  /** What the other server said last; empty before. */
  readonly reply: string;
  readonly host: string;
  readonly tls: 'none' | 'tls12' | 'tls13' | null;
  readonly certificateValid: boolean | null;
  readonly cipher: string;
  readonly attempts: number;
  /** Of the last thing that became of it; null where only the filing is known. */
  readonly changedAt: string | null;
  readonly nextAttemptAt: string | null;
  /** A copy may have come although nobody knows. */
  readonly mayBeTwice: boolean;
}

interface DetailsObject {
  readonly state: 'waiting' | 'attempting' | 'completed' | 'failed' | 'expired' | 'cancelled' | 'held';
  readonly attempts: number;
  readonly changedAt?: string;
  readonly nextAttemptAt?: string | null;
  readonly unknownOutcomes?: number;
  readonly host?: string;
  readonly reply?: string;
  readonly tls?: RecipientDelivery['tls'];
  readonly certificateValid?: boolean | null;
  readonly cipher?: string;
}

export interface SubmissionObject {
  readonly id: string;
  readonly emailId: string;
  readonly sendAt: string;
  readonly envelope: { readonly rcptTo: readonly { readonly email: string }[] };
  readonly deliveryStatus: Readonly<
    Record<string, { readonly smtpReply: string; readonly delivered: string }>
  >;
  readonly 'muniment:deliveryDetails': Readonly<Record<string, DetailsObject | null>>;
}

export function recipientDelivery(email: string, submission: SubmissionObject): RecipientDelivery {
  const details = submission['muniment:deliveryDetails'][email] ?? null;
  const reply =
    details?.reply ?? (details === null ? '' : (submission.deliveryStatus[email]?.smtpReply ?? ''));
  return {
    email,
    progress: details === null ? 'delivered' : progressOf(details),
    reply: details?.attempts ? reply : '',
    host: details?.host ?? '',
    tls: details?.tls ?? null,
    certificateValid: details?.certificateValid ?? null,
    cipher: details?.cipher ?? '',
    attempts: details?.attempts ?? 0,
    changedAt: details?.changedAt ?? (details === null ? submission.sendAt : null),
    nextAttemptAt: details?.nextAttemptAt ?? null,
    mayBeTwice: (details?.unknownOutcomes ?? 0) > 0,
  };
}

/** Worst first: what one has to do something about. */
const byConcern: readonly Progress[] = [
  'failed',
  'cancelled',
  'held',
  'delayed',
  'underway',
  'handedOver',
  'delivered',
];

/** What a list shows of a mail with several recipients; null where it has none. */
export function worstOf(recipients: readonly RecipientDelivery[]): Progress | null {
  return byConcern.find((progress) => recipients.some((each) => each.progress === progress)) ?? null;
}

function progressOf({ state, attempts }: DetailsObject): Progress {
  switch (state) {
    case 'completed':
      return 'handedOver';
    case 'failed':
    case 'expired':
      return 'failed';
    case 'cancelled':
    case 'held':
      return state;
    default:
      return attempts > 0 && state === 'waiting' ? 'delayed' : 'underway';
  }
}
