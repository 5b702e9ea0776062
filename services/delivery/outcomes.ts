/** From what a peer did to what the log says of it. Pure. */
import type { AttemptReply, DeliveryCommand } from '../domain/delivery.ts';
import { classifyReply } from './bounce-class.ts';
import type { PeerReply } from './peer-reply.ts';
import type { Route } from './routes.ts';
import type { SentOctets } from './sent-octets.ts';
import type { Security } from './smtp-client.ts';
import type { ConnectFailure, RecipientOutcome } from './smtp-failures.ts';

export interface OutcomeContext {
  /** Next hop as people see it; empty where none was reached. */
  readonly host: string;
  readonly security: Security;
  readonly nowMs: number;
  /** Where the attempt has to be repeated. */
  readonly nextAttemptAt: number;
  /** Some recipients of the transaction were taken. */
  readonly someTaken: boolean;
  /** What the transaction brought as far as it came. */
  readonly sent: SentOctets;
}

/** Of one recipient of a transaction. */
export function commandOf(outcome: RecipientOutcome, context: OutcomeContext): DeliveryCommand {
  const { host, security, nowMs, nextAttemptAt, someTaken, sent } = context;
  const { reply } = outcome;
  if (outcome.kind === 'taken') return { kind: 'complete', host, ...security, ...sent, reply: reply.text };
  if (outcome.kind === 'lost') {
    if (outcome.mayBeTaken) return { kind: 'noteUnknownOutcome', because: 'connection', nextAttemptAt };
    return { kind: 'defer', nextAttemptAt, ...attemptReply(host, 'network', reply) };
  }
  const refused = attemptReply(host, classifyReply(reply.code, reply.text), reply);
  if (reply.isPermanent) return { kind: 'fail', ...refused };
  // RFC 5321 §4.5.3.1.10: what was too many for one transaction goes into the next one at once.
  const isRest = refused.class === 'tooManyRecipients' && someTaken;
  return { kind: 'defer', nextAttemptAt: isRest ? nowMs : nextAttemptAt, ...refused };
}

/** Of every recipient, where no session came about. A host that says 5xx to everybody may be mended (RFC 5321 §4.2.1). */
export function commandAfterConnect(
  failure: ConnectFailure,
  host: string,
  nextAttemptAt: number,
): DeliveryCommand {
  const classes = {
    unreachable: 'portUnreachable',
    broken: 'network',
    tls: 'tlsOrOther',
    refused: classifyReply(failure.reply.code, failure.reply.text),
  } as const;
  return { kind: 'defer', nextAttemptAt, ...attemptReply(host, classes[failure.kind], failure.reply) };
}

/** Of every recipient, where there is no way to the destination. */
export function commandWithoutRoute(
  route: Extract<Route, { kind: 'none' }>,
  nextAttemptAt: number,
): DeliveryCommand {
  const reply = { host: '', class: route.class, code: 0, reply: route.text };
  return route.isPermanent ? { kind: 'fail', ...reply } : { kind: 'defer', nextAttemptAt, ...reply };
}

function attemptReply(
  host: string,
  bounceClass: AttemptReply['class'],
  { code, text }: PeerReply,
): AttemptReply {
  return { host, class: bounceClass, code, reply: text };
}
