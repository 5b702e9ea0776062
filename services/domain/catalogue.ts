/** Every event there is, by stream category: what readers, documents and checks go by. */
import { accountEvents } from './account-events.ts';
import { approvalEvents } from './approval-events.ts';
import { deliveryEvents } from './delivery-events.ts';
import { domainEvents } from './domain.ts';
import type { EventType } from './event-type.ts';
import { ledgerEvents } from './ledger.ts';
import { mailstoreEvents } from './mailstore.ts';
import { messageEvents } from './message-events.ts';
import { organisationEvents } from './organisation.ts';
import { ruleEvents } from './rule.ts';
import { sessionEvents } from './session.ts';
import { supervisionEvents } from './supervision-events.ts';

export type EventTypes = Readonly<Record<string, EventType>>;

export interface Category {
  /** The text before the dash in the names of its streams. */
  readonly name: string;
  /** What a stream of it is about, for `docs/events.md`. */
  readonly means: string;
  readonly events: EventTypes;
}

export const catalogue: readonly Category[] = [
  {
    name: 'organisation',
    means: 'Which domain names belong here, and the departments.',
    events: organisationEvents,
  },
  { name: 'domain', means: 'Who has which address in one domain.', events: domainEvents },
  {
    name: 'account',
    means: 'Who somebody is, how they prove it and what they may do.',
    events: accountEvents,
  },
  { name: 'mailstore', means: "One account's mailboxes and what is filed in them.", events: mailstoreEvents },
  { name: 'message', means: 'One accepted mail and its verdict.', events: messageEvents },
  {
    name: 'approval',
    means: 'One mail that waits for somebody to decide on it.',
    events: approvalEvents,
  },
  {
    name: 'supervision',
    means: 'One mail that a supervisor is to review.',
    events: supervisionEvents,
  },
  {
    name: 'delivery',
    means: 'One recipient elsewhere of one accepted mail.',
    events: deliveryEvents,
  },
  { name: 'rule', means: 'One rule through its versions.', events: ruleEvents },
  {
    name: 'session',
    means: 'What one login did, and what peers without a login were refused.',
    events: sessionEvents,
  },
  {
    name: 'ledger',
    means: 'The opening of the log, its signed heads and its restores.',
    events: ledgerEvents,
  },
];

const eventsOf = new Map<string, EventTypes>(catalogue.map(({ name, events }) => [name, events]));

/** The declaration of an event type; undefined where the category has none of that name. */
export function eventTypeOf(category: string, type: string): EventType | undefined {
  return eventsOf.get(category)?.[type];
}
